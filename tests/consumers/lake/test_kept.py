"""What views read beside the rows is at every instant what the rows say, however they came and went."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from consumers.lake import kept
from consumers.lake.forgetting import forget
from consumers.lake.store import Store
from headrace.events import AnyEvent
from headrace.failpoints import InjectedFault
from headrace.settings import ContinualLearning, Logging, Privacy, Settings
from tests.consumers.lake.support import CLEAN_TOPIC, NOON, REJECTED_TOPIC, batch, feedback, interaction, rows

PEOPLE = ("h1:aaaaaaaa:ada", "h1:aaaaaaaa:bob")
FOREIGN = "h1:k:foreign-{}"
RATINGS = "SELECT interaction_id, rating, ratings, rated_at, comment, correction, correct_agent FROM"

SUMS = "SELECT day, agent_selected, {}::INTEGER, round({}, 6), sum(tokens_in) FROM {} GROUP BY day, agent_selected"
SLOWER = """
    SELECT day FROM agent_days JOIN (
        SELECT day, tenant, agent_selected, quantile_disc(latency_ms, [0.5, 0.95]) AS told
        FROM interactions GROUP BY ALL)
    USING (day, tenant, agent_selected)
    WHERE abs(latency_p50_ms - told[1]) > 1 + told[1] / 100 OR abs(latency_p95_ms - told[2]) > 1 + told[2] / 100"""

Step = tuple[str, Any]


@st.composite
def said(draw: st.DrawFn) -> AnyEvent:
    """An interaction, or feedback on one that may come later or never; one in three has a sender's own id."""
    number, foreign = draw(st.integers(0, 5)), {}
    if number % 3 == 0:
        foreign = {"external_id": FOREIGN.format(number)}
    if draw(st.booleans()):
        score = draw(st.sampled_from([None, 1.0, 5.0]))
        told = {
            "latency_ms": draw(st.sampled_from([0.0, 40.0, 333.3, 9000.0])),
            "cost_usd": draw(st.sampled_from([None, 0.1, 0.7, 1e300])),
            "tokens_in": draw(st.sampled_from([None, 7, 2**40])),
        }
        return interaction(number, user_id=PEOPLE[number % 2], user_feedback_score=score, **told, **foreign)
    if foreign:
        foreign["interaction_id"] = foreign["external_id"]
    return feedback(
        number,
        name=draw(st.sampled_from(["rating", "routing"])),
        score=draw(st.sampled_from([None, 1.0, 2.0, 5.0])),
        comment=draw(st.sampled_from([None, "fine", "wrong"])),
        correct_agent=draw(st.sampled_from([None, "billing", "travel"])),
        rater=draw(st.sampled_from([None, *PEOPLE])),
        source=draw(st.sampled_from(["human", "llm"])),
        timestamp=NOON + timedelta(minutes=draw(st.integers(0, 3000))),
        **foreign,
    )


steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.lists(said(), min_size=1, max_size=5)),
        st.tuples(st.just("die"), st.lists(said(), min_size=1, max_size=5)),
        st.tuples(st.just("reopen"), st.none()),
        st.tuples(st.just("erase"), st.sampled_from(PEOPLE)),
    ),
    max_size=6,
)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(steps)
def test_views_equal_what_the_rows_say(taken: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        own = offline(Path(folder))
        store, offset = opened(own), 0
        for kind, value in taken:
            if kind == "write":
                store.write(batch(value, offset=offset))
                offset += len(value)
            elif kind == "die":
                with patch("consumers.lake.store.failpoint", _die), pytest.raises(InjectedFault):
                    store.write(batch(value, offset=offset))
            else:
                store.__exit__(None)
                if kind == "erase":
                    forget(own, [value])
                store = opened(own)
            assert_kept(store)
        store.__exit__(None)


def test_a_store_that_was_written_without_it_is_worked_out_when_opened(tmp_path: Path) -> None:
    with opened(offline(tmp_path)) as store:
        store.write(batch([interaction(0), feedback(0, score=2.0)]))
        store.connection.execute("DROP TABLE kept")
        store.connection.execute("DELETE FROM rated")
    with opened(offline(tmp_path)) as store:
        assert rows(store, "SELECT rating FROM ratings") == [(2.0,)]


def _die(name: str) -> None:
    raise InjectedFault(name)


def offline(folder: Path) -> Settings:
    learning = ContinualLearning(logging=Logging(storage=folder / "store"), privacy=Privacy(retention_days=100_000))
    return Settings(continual_learning=learning)


def opened(own: Settings) -> Store:
    store = Store(own)
    store.begin(CLEAN_TOPIC, "clean-id", 2)
    store.begin(REJECTED_TOPIC, "rejected-id", 1)
    return store


def assert_kept(store: Store) -> None:
    def ordered(sql: str) -> list[tuple[Any, ...]]:
        return rows(store, f"FROM ({sql}) ORDER BY ALL")

    assert ordered(f"{RATINGS} ratings") == ordered(f"{RATINGS} ({kept.ratings_sql()})")
    assert ordered("SELECT feedback_id FROM current_feedback") == ordered(
        f"SELECT feedback_id FROM feedback EXCEPT ({kept.superseded_sql()})"
    )
    days = "SELECT agent_selected, rated, round(mean_rating, 9) FROM agent_days WHERE rated > 0"
    shown = """SELECT agent_selected, count(rating), round(avg(rating), 9) FROM interactions_with_feedback
               GROUP BY day, agent_selected HAVING count(rating) > 0"""
    assert ordered(days) == ordered(shown)
    assert ordered(SUMS.format("sum(interactions)", "sum(cost_usd)", "agent_days")) == ordered(
        SUMS.format("count(*)", "sum(cost_usd) FILTER (cost_usd < 1e9)", "interactions")
    )
    assert rows(store, SLOWER) == []
