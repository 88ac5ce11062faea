"""A record that was in flight at sudden deaths is counted across lives; an orderly end counts nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from consumers.sanitizer.inflight import InFlight


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "s1.in-flight"


def test_deaths_are_counted_by_record(path: Path) -> None:
    InFlight(path).enter({0: (10, 20), 1: (5, 5)})
    second_life = InFlight(path)
    assert [second_life.deaths(0, offset) for offset in (9, 10, 20, 21)] == [0, 1, 1, 0]
    second_life.enter({0: (10, 10)})
    third_life = InFlight(path)
    assert (third_life.deaths(0, 10), third_life.deaths(0, 11), third_life.deaths(1, 5)) == (2, 0, 0)


def test_an_orderly_end_leaves_no_suspect(path: Path) -> None:
    life = InFlight(path)
    life.enter({0: (10, 20)})
    life.clear()
    assert not InFlight(path).has_suspects


def test_a_file_that_cannot_be_read_counts_as_none(path: Path) -> None:
    InFlight(path).enter({0: (10, 20)})
    path.write_bytes(path.read_bytes()[:-5])
    assert not InFlight(path).has_suspects
