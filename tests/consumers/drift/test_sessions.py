"""Tables of sessions whose turns are alike alarm no more often than independent rows, and what moves is found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from consumers.drift.detector import DriftDetector
from tests.consumers.drift.support import AGENT_SHARES, AGENTS, least, most

pytestmark = pytest.mark.slow

TRIALS = 120
BEFORE, AFTER = 700, 200
"""Sessions; 3.5 turns each."""


def table(rng: np.random.Generator, sessions: int, slower: float = 1.0) -> dict[str, Any]:
    """A session stays with its agent, and is quick or slow as a whole."""
    of = np.repeat(np.arange(sessions), rng.integers(1, 7, sessions))
    pace = rng.lognormal(7, 0.7, sessions) * slower
    return {
        "session_id": np.array([f"s{number}" for number in of], object),
        "agent": np.array(AGENTS, object)[rng.choice(len(AGENTS), sessions, p=AGENT_SHARES)[of]],
        "latency_ms": pace[of] * rng.lognormal(0, 0.3, len(of)),
        "language": np.array(["en", "de", "fr"], object)[rng.choice(3, sessions, p=[0.7, 0.2, 0.1])[of]],
        "score": rng.beta(2, 5, len(of)),
    }


def alarms(seed: int, trials: int, left_out: str = "", slower: float = 1.0) -> int:
    rng, detector = np.random.default_rng(seed), DriftDetector(embed=None)
    found = 0
    for _ in range(trials):
        tables = [table(rng, BEFORE), table(rng, AFTER, slower)]
        report = detector.compare(*({n: c for n, c in one.items() if n != left_out} for one in tables))
        found += bool(report.drifted)
    return found


def test_quiet_tables_of_sessions_alarm_as_rarely_as_they_say() -> None:
    assert alarms(1, TRIALS) <= most(0.05, TRIALS)


def test_without_the_sessions_they_alarm_far_more_often() -> None:
    assert alarms(1, 40, left_out="session_id") > most(0.05, 40)


def test_what_moves_is_found_among_sessions() -> None:
    assert alarms(2, 40, slower=1.4) >= least(0.9, 40)


def test_a_question_that_a_session_repeats_is_looked_at_once() -> None:
    seen: list[str] = []

    def embed(texts: Any) -> Any:
        seen.extend(texts)
        return np.random.default_rng(len(texts)).normal(size=(len(texts), 8)).astype(np.float32)

    rows = [("first", "a"), ("again", "a"), ("alone", None), ("other", "b")]
    queries = {
        "user_query": np.array([text for text, _ in rows], object),
        "session_id": np.array([s for _, s in rows], object),
    }
    DriftDetector(embed=embed).compare(queries, queries)
    assert seen == ["first", "alone", "other"] * 2
