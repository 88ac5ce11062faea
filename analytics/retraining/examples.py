"""What a router learns from: labels, corrections and ratings of the store, as weighted examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics.asking import Ask
from analytics.labels.agreement import adjudicated
from analytics.labels.book import NONE_OF_THEM
from analytics.labels.task import AGENT, Labelled

Source = Literal["label", "correction", "rating"]

GOOD_RATING = 4.0
"""Stars from which on the agent that answered counts as the right one."""
IMPLICIT_WEIGHT = 0.3
"""Of a good rating, against 1 for a label: the answer pleased, another agent's might have too."""
LEAST_CONFIDENCE = 0.6
"""Of the router in its choice: users rate answers, not routes, and some like what a wrong agent said. Where the router
hesitated, those are many of the good ratings, and a gate that took them for the truth would refuse better routers."""
LEAST_PROPENSITY = 0.1
"""An agent chosen less often than this counts ten times, not more: a few lucky choices must not decide."""

SCHEMA = pa.schema(
    {
        "interaction_id": pa.string(),
        "session_id": pa.string(),
        "user_id": pa.string(),
        "timestamp": pa.timestamp("us"),
        "text": pa.string(),
        "label": pa.string(),
        "weight": pa.float32(),
        "source": pa.string(),
    }
)

_ROWS = """
    SELECT interaction_id::VARCHAR AS interaction_id, coalesce(session_id, interaction_id::VARCHAR) AS session_id,
           user_id, timestamp, user_query AS text, agent_selected, propensity, routing_confidence, rating, correct_agent
    FROM interactions_with_feedback
    WHERE length(user_query) > 0 AND timestamp < TIMESTAMP '{until:%Y-%m-%d %H:%M:%S.%f}'
      AND (rating IS NOT NULL OR correct_agent IS NOT NULL OR interaction_id IN
           (SELECT interaction_id FROM labels WHERE name = '{question}'))
    ORDER BY timestamp, interaction_id
"""
_LABELS = """
    SELECT interaction_id::VARCHAR AS interaction_id, annotator, value, name, timestamp FROM labels
    WHERE name = '{question}' AND interaction_id IS NOT NULL ORDER BY timestamp, label_id
"""


class Target(NamedTuple):
    """What an interaction teaches."""

    label: str
    weight: float
    source: Source


def read(ask: Ask, until: datetime, adjudicator: str | None = None) -> pa.Table:
    """The examples of all interactions before `until` (UTC), the oldest first: a table of SCHEMA."""
    said = [Labelled(**row) for row in ask(_LABELS.format(question=AGENT)).to_pylist()]
    verdicts = {one.interaction_id: one.value for one in adjudicated(said, adjudicator) if one.value}
    rows = ask(_ROWS.format(until=until, question=AGENT)).to_pylist()
    return table(rows, verdicts)


def table(rows: Iterable[Mapping[str, Any]], verdicts: Mapping[str, str]) -> pa.Table:
    """Rows of the store as a table of SCHEMA; those that teach nothing are left out."""
    examples = [
        {name: row.get(name) for name in SCHEMA.names} | taught._asdict()
        for row in rows
        if (taught := target(row, verdicts.get(row["interaction_id"]))) is not None
    ]
    return pa.Table.from_pylist(examples, SCHEMA)


def target(row: Mapping[str, Any], verdict: str | None = None) -> Target | None:
    """What one interaction teaches: an annotator's verdict, else a user's correction, else a good rating; or nothing.

    A rating tells of the chosen agent only, and only where the router was sure of it; it is weighted by the inverse
    of the chance to be chosen (D. Horvitz and D. Thompson, JASA 47, 1952), cut off at 1/LEAST_PROPENSITY.

    >>> target({"agent_selected": "billing", "rating": 5.0, "propensity": 0.5, "correct_agent": None})
    Target(label='billing', weight=0.6, source='rating')
    """
    if verdict == NONE_OF_THEM:
        return None
    if verdict:
        return Target(verdict, 1.0, "label")
    if row.get("correct_agent"):
        return Target(row["correct_agent"], 1.0, "correction")
    sure = row.get("routing_confidence")
    if (row.get("rating") or 0.0) >= GOOD_RATING and (sure is None or sure >= LEAST_CONFIDENCE):
        chance = max(row.get("propensity") or 1.0, LEAST_PROPENSITY)
        return Target(row["agent_selected"], IMPLICIT_WEIGHT / chance, "rating")
    return None


def unknown(found: pa.Table, before: pa.Table) -> int:
    """How many examples of `found` the table `before` does not have, or has with another label or source."""

    def taught(table: pa.Table) -> set[tuple[str, ...]]:
        names = ("interaction_id", "label", "source")
        return set(zip(*(table.column(name).to_pylist() for name in names), strict=True))

    return len(taught(found) - taught(before))


def column(examples: pa.Table, name: str) -> NDArray[np.str_]:
    """A text column as an array."""
    return np.array(examples.column(name).to_pylist(), dtype=np.str_)


def seconds(examples: pa.Table) -> NDArray[np.float64]:
    """When each example was said, seconds since 1970."""
    found: NDArray[np.float64] = examples.column("timestamp").cast(pa.int64()).to_numpy() / 1e6
    return found
