"""Turns of one session are alike: what a window makes of them, and of agents whose samples are full."""

from __future__ import annotations

import random
from datetime import timedelta

import msgspec

from consumers.digester.partition import PartitionDigester
from consumers.digests.examples import MAX_SAMPLE
from consumers.digests.messages import Source
from consumers.drift.pooled import Weighted
from consumers.windows.comparison import QUERIES, signals_of
from consumers.windows.reports import ALL_AGENTS
from consumers.windows.spread import AGENT
from consumers.windows.state import DictTable, State
from consumers.windows.window import Window, joined
from headrace.events import ProductionInteraction
from headrace.settings import FailureAnalysis
from tests.support.digests import BEGIN, batch, clean_records, embed, interaction

WINDOW_US = 86_400_000_000
TURNS = 3


def session(dice: random.Random, name: str, agent: str, day: int) -> list[ProductionInteraction]:
    """Three turns with one agent."""
    begin = BEGIN + timedelta(days=day, seconds=dice.randrange(80_000))
    return [
        msgspec.structs.replace(
            interaction(dice, f"{name}/{turn}", begin + timedelta(seconds=turn)),
            agent_selected=agent,
            session_id=name,
            latency_ms=100.0 + turn,
        )
        for turn in range(TURNS)
    ]


def days(number: int, sessions: dict[str, int]) -> list[Window]:
    """Days of sessions whose agents are drawn; `sessions` are the weights."""
    dice, state = random.Random(1), State(DictTable(), 0)
    agents = dice.choices(list(sessions), list(sessions.values()), k=sum(sessions.values()) * number)
    made = [e for at, agent in enumerate(agents) for e in session(dice, str(at), agent, at % number)]
    made.sort(key=lambda event: event.timestamp)
    digester = PartitionDigester(Source("topic", 0, WINDOW_US, 1 << 18), 0, FailureAnalysis(), embed)
    digester.take(batch(range(len(made)), clean_records(made)))
    for part in digester.parts():
        state.take(part)
    return [state.window(tenant, start) for tenant, start in state.windows]


def test_a_mix_of_sessions_counts_for_as_many_interactions_as_there_are_sessions() -> None:
    sessions = {f"agent {place}": 20 for place in range(8)}
    reference = joined(days(12, sessions))
    factors = reference.factors
    assert 2.0 < factors[AGENT] < 5.0
    assert factors["latency_ms"] == 1.0
    thin = sum(signals_of(reference, ALL_AGENTS, factors)[AGENT].values())
    assert thin == reference.interactions / factors[AGENT]


def test_joining_step_by_step_tells_the_same_of_the_windows() -> None:
    several = days(4, {"a": 15, "b": 15})
    step = several[0]
    for one in several[1:]:
        step = joined([step, one])
    assert step.factors == joined(several).factors


def test_queries_are_sampled_one_a_session_and_by_the_traffic_of_their_agents() -> None:
    (day,) = days(1, {"large": 4 * MAX_SAMPLE, "small": MAX_SAMPLE // 2})
    assert len(day.sample["small"]) * TURNS == day.of_agent("small").interactions
    rows = len(signals_of(day, ALL_AGENTS, {})[QUERIES])
    assert MAX_SAMPLE < rows < MAX_SAMPLE * 1.3


def test_numbers_are_thinned_like_mixes() -> None:
    (day,) = days(1, {"a": 30})
    latency = signals_of(day, "a", {"latency_ms": 2.0})["latency_ms"]
    assert isinstance(latency, Weighted)
    assert latency.size == 45.0
