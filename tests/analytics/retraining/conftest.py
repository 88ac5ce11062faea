"""A store from which a router was not learnt yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.settings import Settings
from tests.analytics.retraining.support import TURNS, settings_in, store, turn


@pytest.fixture
def learning(tmp_path: Path) -> Settings:
    settings = settings_in(tmp_path)
    store(settings, map(turn, range(TURNS)))
    return settings
