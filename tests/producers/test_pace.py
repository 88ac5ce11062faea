"""Rates, with a clock that only sleeping moves."""

from __future__ import annotations

import pytest

from producers.pace import CHUNK, paced


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("rate", [3, 80, 5000, 50_000])
def test_no_event_comes_before_its_time_and_none_is_lost(rate: float) -> None:
    clock, seen = Clock(), list[int]()
    for chunk in paced(range(1000), rate, clock, clock.sleep):
        assert clock.now - 100.0 >= len(seen) / rate - 1e-6
        seen += chunk
    assert seen == list(range(1000))


def test_without_a_rate_chunks_are_large_and_nobody_sleeps() -> None:
    clock = Clock()
    assert [len(chunk) for chunk in paced(range(CHUNK + 1), 0, clock, clock.sleep)] == [CHUNK, 1]
    assert clock.now == 100.0
