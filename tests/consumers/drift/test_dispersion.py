"""Sessions whose turns are alike alarm no more often than independent turns, and what moves is still found."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from consumers.drift.dispersion import added, dispersion, mix_excess, mix_parts, number_excess, number_parts, thinned
from consumers.drift.frame import frame
from consumers.drift.monitor import Monitor, run_length
from consumers.drift.pooled import Weighted
from tests.consumers.drift.support import AGENT_SHARES, AGENTS, least, most

SESSIONS, WINDOWS = 200, 10
RUN_LENGTH = run_length(60, 0.1)
Mix = dict[str, int]


def turns(rng: np.random.Generator, sessions: int) -> NDArray[np.int64]:
    """Turns of each session, 2.6 on the average."""
    return rng.choice([1, 2, 3, 4, 5], sessions, p=[0.2, 0.3, 0.27, 0.16, 0.07])


def window(rng: np.random.Generator, shift: float = 0.0) -> Mix:
    """Agents of a window's turns; a session stays with its agent."""
    shares = np.array(AGENT_SHARES) * (1 - shift)
    shares[5] += shift
    counts = np.bincount(rng.choice(len(AGENTS), SESSIONS, p=shares), turns(rng, SESSIONS), len(AGENTS))
    return dict(zip(AGENTS, counts.astype(int).tolist(), strict=True))


def reference(rng: np.random.Generator) -> tuple[Mix, float]:
    windows = [window(rng) for _ in range(WINDOWS)]
    whole = {agent: sum(one[agent] for one in windows) for agent in AGENTS}
    return whole, dispersion([mix_excess(whole, added(map(mix_parts, windows)))])


def alarms(rng: np.random.Generator, trials: int, shift: float) -> int:
    found = 0
    for _ in range(trials):
        whole, factor = reference(rng)
        signals = frame({"agent": thinned(whole, factor)}, {"agent": thinned(window(rng, shift), factor)})
        found += signals[0].alarm
    return found


def told(rng: np.random.Generator, trials: int, batches: int, shift: float) -> int:
    """Streams of so many batches in which the monitor alarms."""
    found = 0
    for _ in range(trials):
        whole, factor = reference(rng)
        monitor = Monitor({"agent": thinned(whole, factor)}, RUN_LENGTH)
        found += any(monitor.update({"agent": thinned(window(rng, shift), factor)}).alarm for _ in range(batches))
    return found


def test_frames_of_sessions_alarm_as_rarely_as_they_say() -> None:
    assert alarms(np.random.default_rng(1), 300, shift=0.0) <= most(0.05, 300)


def test_a_tenth_of_the_sessions_that_go_to_another_agent_is_still_found() -> None:
    assert alarms(np.random.default_rng(2), 60, shift=0.1) >= least(0.9, 60)


@pytest.mark.slow
def test_one_quiet_stream_of_sessions_in_ten_alarms_within_sixty_batches() -> None:
    assert told(np.random.default_rng(3), trials=60, batches=60, shift=0.0) <= most(0.1, 60)


def test_the_monitor_tells_a_shift_of_sessions_in_two_batches() -> None:
    assert told(np.random.default_rng(4), trials=24, batches=2, shift=0.1) >= 12


def test_a_number_that_a_session_shares_is_worth_one_value_a_session() -> None:
    rng = np.random.default_rng(5)
    drawn = [np.repeat(rng.lognormal(7, 0.5, SESSIONS), 3) for _ in range(60)]
    parts = added(number_parts("latency_ms", len(values), float(values.sum())) for values in drawn)
    every = np.concatenate(drawn)
    excess = number_excess("latency_ms", len(every), float(every.sum()), float((every**2).sum()), parts)
    assert 2.0 < dispersion([excess]) < 4.0


def test_independent_windows_lose_next_to_nothing() -> None:
    rng = np.random.default_rng(6)
    drawn = rng.multinomial(500, AGENT_SHARES, size=60)
    windows = [dict(zip(AGENTS, counts.tolist(), strict=True)) for counts in drawn]
    whole = dict(zip(AGENTS, drawn.sum(axis=0).tolist(), strict=True))
    assert dispersion([mix_excess(whole, added(map(mix_parts, windows)))]) < 1.2


def test_a_thinned_number_drifts_where_so_few_sessions_would_show_it() -> None:
    values = np.arange(1.0, 101.0)
    before, after = Weighted(values, np.full(100, 10)), Weighted(values * 1.1, np.full(100, 3))
    whole = frame({"x": before}, {"x": after})[0].comparison.p_value
    assert frame({"x": thinned(before, 3.0)}, {"x": thinned(after, 3.0)})[0].comparison.p_value > whole
