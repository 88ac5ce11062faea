"""Interactions and feedback of a span of days, as the failure rules read them."""

from __future__ import annotations

from datetime import date

from analytics.live import LiveStore
from consumers.failures.rows import feedback_of, interactions_of
from headrace.events import Feedback, ProductionInteraction

COLUMNS = (
    "interaction_id, timestamp, tenant, session_id, agent_selected, agent_version, user_query, response, latency_ms, "
    "user_feedback_score, routing_confidence, retrieval, hallucination_score, error"
)


def read(store: LiveStore, first: date, last: date | None) -> tuple[list[ProductionInteraction], list[Feedback]]:
    """What happened from `first` to `last` (UTC, included), and all that was said about it since."""
    days = f"day >= DATE '{first}'" + (f" AND day <= DATE '{last}'" if last else "")
    interactions = store.query(f"SELECT {COLUMNS} FROM interactions WHERE {days} ORDER BY interaction_id").read_all()
    feedback = store.query(
        "SELECT feedback_id, interaction_id, timestamp, tenant, name, score, label, correct_agent, source, "
        f"agent_selected FROM current_feedback WHERE interaction_id IS NOT NULL AND timestamp >= TIMESTAMP '{first}'"
    ).read_all()
    return interactions_of(interactions), feedback_of(feedback)
