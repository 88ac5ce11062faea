"""The monitor keeps its contract on quiet streams, is quick on others, and survives a restart."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from consumers.drift.monitor import Monitor, State, run_length
from tests.consumers.drift.support import AGENT_SHARES, AGENTS, SIGNALS, most

BATCH = 100
RUN_LENGTH = run_length(60, 0.1)


def agents(rng: np.random.Generator, size: int, shift: float = 0.0) -> dict[str, dict[str, int]]:
    shares = np.array(AGENT_SHARES) * (1 - shift)
    shares[5] += shift
    return {"agent": dict(zip(AGENTS, rng.multinomial(size, shares).tolist(), strict=True))}


@pytest.mark.slow
def test_one_quiet_stream_in_ten_alarms_within_sixty_batches() -> None:
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(40):
        monitor = Monitor(agents(rng, 5_000), RUN_LENGTH)
        alarms += any(monitor.update(agents(rng, BATCH)).alarm for _ in range(60))
    assert alarms <= most(0.1, 40)


@pytest.mark.slow
def test_so_does_one_of_small_batches_with_rare_errors_and_costs_that_are_mostly_nothing() -> None:
    rng = np.random.default_rng(2)
    watched = {name: SIGNALS[name] for name in ("error", "tool_cost", "agent", "rating")}
    alarms = 0
    for _ in range(40):
        monitor = Monitor({name: signal(rng, 5_000) for name, signal in watched.items()}, RUN_LENGTH)
        batches = ({name: signal(rng, 30) for name, signal in watched.items()} for _ in range(60))
        alarms += any(monitor.update(batch).alarm for batch in batches)
    assert alarms <= most(0.1, 40)


@pytest.mark.parametrize(("shift", "batches"), [(0.05, 7), (0.1, 2), (0.2, 1), (0.4, 1)])
def test_half_of_the_shifts_are_told_within(shift: float, batches: int) -> None:
    rng = np.random.default_rng(2)
    told = 0
    for _ in range(24):
        monitor = Monitor(agents(rng, 5_000), RUN_LENGTH)
        for _ in range(5):
            monitor.update(agents(rng, BATCH))
        told += any(monitor.update(agents(rng, BATCH, shift)).alarm for _ in range(batches))
    assert told >= 12


def test_the_alarm_names_the_agent_that_grew() -> None:
    rng = np.random.default_rng(3)
    monitor = Monitor(agents(rng, 5_000), RUN_LENGTH)
    verdict = monitor.update(agents(rng, BATCH, 0.4))
    assert verdict.alarm
    assert (verdict.evidence[0].signal, verdict.evidence[0].moved) == ("agent", AGENTS[5])


def test_numbers_and_vectors_are_watched_beside_the_mix() -> None:
    rng = np.random.default_rng(4)
    centres = rng.standard_normal((6, 32)).astype(np.float32) * 3

    def batch(size: int, topics: int, slower: float = 1.0) -> dict[str, Any]:
        vectors = centres[rng.integers(0, topics, size)] + rng.standard_normal((size, 32)).astype(np.float32)
        return {"latency_ms": slower * SIGNALS["latency_ms"](rng, size), "queries": vectors, **agents(rng, size)}

    for changed, signal in ((batch(BATCH, 5, slower=1.8), "latency_ms"), (batch(BATCH, 6), "queries")):
        monitor = Monitor(batch(2_000, 5), RUN_LENGTH)
        assert not monitor.update(batch(BATCH, 5)).alarm
        verdict = monitor.update(changed)
        assert verdict.alarm
        assert verdict.evidence[0].signal == signal


def test_a_restart_changes_nothing() -> None:
    rng = np.random.default_rng(5)
    reference, batches = agents(rng, 5_000), [agents(rng, BATCH, 0.03) for _ in range(12)]
    through = Monitor(reference, RUN_LENGTH)
    stopped = Monitor(reference, RUN_LENGTH)
    for batch in batches:
        state = msgspec.msgpack.decode(msgspec.msgpack.encode(stopped.state), type=State)
        stopped = Monitor(reference, RUN_LENGTH, state)
        assert stopped.update(batch) == through.update(batch)


def test_a_batch_without_a_signal_says_nothing_of_it() -> None:
    monitor = Monitor({"rating": [1.0, 2, 3, 4, 5] * 100, "agent": {"a": 500}}, RUN_LENGTH)
    assert not any(monitor.update({"agent": {"a": 50}}).alarm for _ in range(5))


def test_a_signal_that_the_reference_hardly_has_is_not_watched() -> None:
    reference = {"rating": [float("nan")] * 50, "queries": np.zeros((40, 8)), "agent": {"a": 500, "b": 500}}
    verdict = Monitor(reference, RUN_LENGTH).update({"rating": [5.0] * 50, "agent": {"a": 25, "b": 25}})
    assert [evidence.signal for evidence in verdict.evidence] == ["agent"]
