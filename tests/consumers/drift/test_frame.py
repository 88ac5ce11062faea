"""All signals together alarm on at most one quiet frame in twenty, and find one signal that moved."""

from __future__ import annotations

import numpy as np
import pytest

from consumers.drift.frame import frame
from tests.consumers.drift.support import SIGNALS, draw, least, most


@pytest.mark.slow
@pytest.mark.parametrize(("size", "trials"), [(100, 50), (500, 50), (5_000, 15)])
def test_a_quiet_frame_rarely_alarms(size: int, trials: int) -> None:
    rng = np.random.default_rng(size)
    alarms = sum(any(signal.alarm for signal in frame(draw(rng, 5_000), draw(rng, size))) for _ in range(trials))
    assert alarms <= most(0.05, trials)


@pytest.mark.parametrize(("factor", "power"), [(1.15, 0.6), (1.25, 0.95)])
def test_one_slower_signal_among_thirteen_is_found(factor: float, power: float) -> None:
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(25):
        slower = {**draw(rng, 500), "latency_ms": factor * SIGNALS["latency_ms"](rng, 500)}
        found += next(s.alarm for s in frame(draw(rng, 5_000), slower) if s.name == "latency_ms")
    assert found >= least(power, 25)


def test_a_category_that_grows_is_found() -> None:
    rng = np.random.default_rng(8)
    current = draw(rng, 500)
    current["agent"][:50] = "agent-9"
    assert [signal.name for signal in frame(draw(rng, 5_000), current) if signal.alarm] == ["agent"]
