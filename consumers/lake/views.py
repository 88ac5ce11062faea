"""Views for analysts, and the one that audits read; made anew at every start, so they have no migrations."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """One view, and what each of its columns means."""

    name: str
    comment: str
    sql: str
    columns: dict[str, str]


CURRENT_FEEDBACK = View(
    "current_feedback",
    "The latest feedback of each (interaction, name, source, rater).",
    """
    SELECT * FROM feedback
    QUALIFY row_number() OVER (
        PARTITION BY coalesce(external_id, interaction_id::VARCHAR), name, source, rater
        ORDER BY timestamp DESC, feedback_id DESC
    ) = 1
    """,
    {},
)

VIEWS: tuple[View, ...] = (CURRENT_FEEDBACK,)
