"""Interactions and feedback of a span of days, as the failure rules read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from analytics.export import slices
from analytics.live import LiveStore
from analytics.printing import plain_rows
from consumers.failures.rows import feedback_of, interactions_of
from consumers.lake.tables import FEEDBACK, INTERACTIONS, Table
from headrace.events import Feedback, ProductionInteraction

READ = {
    INTERACTIONS: "interaction_id, timestamp, tenant, session_id, agent_selected, agent_version, user_query, response, "
    "latency_ms, user_feedback_score, routing_confidence, retrieval, hallucination_score, error",
    FEEDBACK: "feedback_id, interaction_id, timestamp, tenant, name, score, label, correct_agent, source, "
    "agent_selected",
}


def read(
    store: LiveStore, first: date, last: date | None, most_rows: int
) -> tuple[list[ProductionInteraction], list[Feedback]]:
    """What happened from `first` to `last` (UTC, included), and all that was said about it since.

    No statement asks for more than `most_rows` rows.
    """
    interactions = interactions_of(_rows(store, INTERACTIONS, first, last, most_rows))
    feedback = feedback_of(row for row in _rows(store, FEEDBACK, first, None, most_rows) if row["interaction_id"])
    return sorted(interactions, key=lambda event: event.interaction_id), feedback


def _rows(store: LiveStore, table: Table, first: date, last: date | None, most_rows: int) -> Iterator[dict[str, Any]]:
    for part in slices(store, table, first, last, most_rows):
        for batch in store.query(f"SELECT {READ[table]} FROM {table.name} WHERE {part.condition}"):
            yield from plain_rows(batch)
