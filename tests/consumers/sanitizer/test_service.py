"""The sanitizer's loop in this process, on a real broker."""

from __future__ import annotations

import pytest

from consumers.sanitizer import service
from headrace.ids import KeyRing
from headrace.settings import Settings
from tests.support.sanitized import assert_nothing_wrong, fill_raw, lag

pytestmark = pytest.mark.broker


def test_a_batch_that_takes_too_long_is_committed_in_parts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no time at all a transaction holds one slice; each record still has its one outcome, in order."""
    monkeypatch.setattr(service, "OPEN_AT_MOST_S", 0.0)
    fill_raw(settings, 600)
    loop = service.Loop(settings, KeyRing.from_environment())
    loop.start()
    try:
        while lag(settings):
            loop.turn()
    finally:
        loop.close()
    assert_nothing_wrong(settings)
