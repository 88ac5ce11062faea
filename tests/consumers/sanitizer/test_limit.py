"""When the sanitizer takes a stream of rejections for a bad release."""

from __future__ import annotations

from pathlib import Path

import pytest

from consumers.sanitizer.limit import RejectionLimit
from headrace.errors import Fatal, Reason

BAD = Reason.TOO_LONG


def test_an_accepted_record_begins_the_count_anew(tmp_path: Path) -> None:
    limit = RejectionLimit(tmp_path / "stopped", 3)
    for _ in range(5):
        limit.take([BAD, None, BAD])
        limit.take([BAD])
        limit.commit()
    with pytest.raises(Fatal, match="rejected_in_a_row"):
        limit.take([BAD])


def test_what_comes_again_after_an_abort_counts_once(tmp_path: Path) -> None:
    limit = RejectionLimit(tmp_path / "stopped", 3)
    for _ in range(5):
        limit.take([BAD, BAD])
        limit.rewind()


def test_it_stops_at_once_after_a_restart_until_a_record_is_accepted(tmp_path: Path) -> None:
    with pytest.raises(Fatal):
        RejectionLimit(tmp_path / "stopped", 2).take([BAD, BAD])
    with pytest.raises(Fatal):
        RejectionLimit(tmp_path / "stopped", 2).take([BAD])
    mended = RejectionLimit(tmp_path / "stopped", 2)
    mended.take([None])
    mended.commit()
    RejectionLimit(tmp_path / "stopped", 2).take([BAD])


def test_zero_allows_any_number(tmp_path: Path) -> None:
    RejectionLimit(tmp_path / "stopped", 0).take([BAD] * 100_000)
