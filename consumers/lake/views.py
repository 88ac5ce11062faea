"""Views for analysts, and the one that audits read; made anew at every start, so they need no migrations."""

from __future__ import annotations

from dataclasses import dataclass, field

from consumers.lake.tables import FEEDBACK, INTERACTIONS


@dataclass(frozen=True)
class View:
    """One view, and what each of its columns means."""

    name: str
    comment: str
    sql: str
    columns: dict[str, str] = field(default_factory=dict)


def _words(*names: str) -> dict[str, str]:
    """The tables' own words for columns that a view passes on."""
    said = {c.name: c.comment for table in (FEEDBACK, INTERACTIONS) for c in table.columns}
    return {name: said[name] for name in names}


CURRENT_FEEDBACK = View(
    "current_feedback",
    "The latest feedback of each (interaction, name, source, rater): what is said now.",
    """
    FROM feedback ANTI JOIN superseded USING (feedback_id)
    """,
    {c.name: c.comment for c in FEEDBACK.columns},
)

RATINGS = View(
    "ratings",
    "One row for each interaction that people judged: the mean of their current ratings, and what they corrected.",
    """
    SELECT interaction_id, rating, ratings, rated_at, comment, correction, correct_agent FROM rated
    """,
    {
        "interaction_id": "The interaction; feedback that came before it shows here once it has come.",
        "rating": "Mean of the latest rating of each person, 1 to 5; null where people only corrected.",
        "ratings": "How many people rated.",
        "rated_at": "When the latest rating was given, UTC.",
        "comment": "The latest comment, sanitized.",
        "correction": "The latest correction, sanitized.",
        "correct_agent": "The agent that should have answered, in the latest word on it.",
    },
)

_INTERACTION = tuple(name for name in INTERACTIONS.names if name not in ("findings", "flags", "sanitizer", "policy"))


def _with_feedback(interactions: str) -> str:
    """A relation of interactions, each with what people think of it now."""
    return f"""
    SELECT {", ".join(f"i.{name}" for name in _INTERACTION)},
           coalesce(r.rating, i.user_feedback_score) AS rating,
           coalesce(nullif(r.ratings, 0), CASE WHEN i.user_feedback_score IS NULL THEN 0 ELSE 1 END) AS ratings,
           r.rated_at, r.comment AS feedback_comment, r.correction, r.correct_agent
    FROM {interactions} i LEFT JOIN rated r ON r.interaction_id = i.interaction_id
    """


_WITH_FEEDBACK = {
    **_words(*_INTERACTION),
    "rating": "Mean of the current ratings by people; the rating sent with the interaction where there are none.",
    "ratings": "How many ratings that is.",
    "rated_at": "When the latest rating came as feedback, UTC; null where none did.",
    "feedback_comment": "The latest comment of a rater, sanitized.",
    "correction": "The latest correction, sanitized.",
    "correct_agent": "The agent that should have answered, in the latest word on it.",
}

INTERACTIONS_WITH_FEEDBACK = View(
    "interactions_with_feedback",
    "Each interaction with what people think of it now; feedback may have come before it, with it, or weeks after.",
    _with_feedback("interactions"),
    _WITH_FEEDBACK,
)

NEWEST = 1_000
"""A screenful and what one scrolls to; of so many DuckDB reads the texts of a few row groups only."""

# For `ORDER BY timestamp DESC LIMIT n` DuckDB skips row groups of one table, not below a join: the join comes after.
NEWEST_INTERACTIONS = View(
    "newest_interactions",
    f"The {NEWEST:,} newest interactions, newest first, with what people think of each now: what is going on.",
    _with_feedback(f"(FROM interactions ORDER BY timestamp DESC LIMIT {NEWEST})") + "ORDER BY i.timestamp DESC",
    _WITH_FEEDBACK,
)

AGENT_DAYS = View(
    "agent_days",
    "A day of an agent: how much, how well, how fast, at what price; kept as sums, so a year of it is read at once.",
    """
    SELECT day, tenant, agent_selected, interactions, errors, (rating / nullif(rated, 0))::DOUBLE AS mean_rating, rated,
           latency_p50_ms, latency_p95_ms, TRY_CAST(tokens_in AS BIGINT) AS tokens_in,
           TRY_CAST(tokens_out AS BIGINT) AS tokens_out, cost_usd::DOUBLE AS cost_usd
    FROM agent_day_sums
    """,
    {
        **_words("day", "tenant", "agent_selected"),
        "interactions": "Interactions of that day.",
        "errors": "Of them with an error.",
        "mean_rating": "Mean rating of those that were rated, 1 to 5.",
        "rated": "How many were rated.",
        "latency_p50_ms": "Half of the answers took at most this long, milliseconds, to within 1 %.",
        "latency_p95_ms": "95 % of the answers took at most this long, milliseconds, to within 1 %.",
        "tokens_in": "Tokens sent to language models.",
        "tokens_out": "Tokens they returned.",
        "cost_usd": "Cost, US dollars.",
    },
)

PRODUCER_RANGES = View(
    "producer_ranges",
    "What became of each client's numbered events, as unbroken ranges: derived from the rows, so it cannot differ.",
    """
    WITH numbered AS (
        SELECT producer_id, seq, 'stored' AS outcome FROM interactions
        UNION ALL SELECT producer_id, seq, 'stored' FROM feedback
        UNION ALL SELECT producer_id, seq, 'stored' FROM labels
        UNION ALL SELECT producer_id, seq, 'duplicate' FROM duplicates
        UNION ALL SELECT producer_id, seq, 'duplicate' FROM conflicts
        UNION ALL SELECT producer_id, seq, 'rejected' FROM rejected
        UNION ALL SELECT producer_id, seq, 'erased' FROM erased),
    accepted AS (SELECT DISTINCT producer_id, seq FROM numbered WHERE outcome <> 'rejected'
                 AND (producer_id, seq) IN (SELECT (producer_id, seq) FROM rejected WHERE seq IS NOT NULL)),
    outcomes AS (
        SELECT DISTINCT n.producer_id, n.seq,
               CASE WHEN n.outcome = 'rejected' AND a.seq IS NOT NULL THEN 'superseded' ELSE n.outcome END AS outcome
        FROM numbered n LEFT JOIN accepted a ON a.producer_id = n.producer_id AND a.seq = n.seq
        WHERE n.producer_id IS NOT NULL AND n.seq IS NOT NULL),
    islands AS (
        SELECT producer_id, seq, outcome,
               seq - row_number() OVER (PARTITION BY producer_id, outcome ORDER BY seq) AS island
        FROM outcomes)
    SELECT producer_id, min(seq) AS first_seq, max(seq) AS last_seq, outcome
    FROM islands GROUP BY producer_id, outcome, island
    UNION ALL SELECT producer_id, first_seq, last_seq, outcome FROM seq_archive
    """,
    {
        "producer_id": "The client instance.",
        "first_seq": "First number of the range.",
        "last_seq": "Last number of the range, included.",
        "outcome": "`stored`; `duplicate`: its id was there before; `rejected`; `superseded`: rejected, "
        "later stored by a replay; `erased`.",
    },
)

SELECTIONS = View(
    "selections",
    "One row for each interaction that annotators were asked about, and why.",
    """
    SELECT DISTINCT timestamp, decision_id, (chosen->>'interaction_id')::UUID AS interaction_id,
           chosen->>'kind' AS kind, chosen->>'reason' AS reason, (chosen->>'propensity')::DOUBLE AS propensity
    FROM (SELECT timestamp, decision_id, unnest((decision->'selected')::JSON[]) AS chosen
          FROM decisions WHERE kind = 'selection')
    """,
    {
        "timestamp": "When it was selected, UTC.",
        "decision_id": "The selection's id.",
        "interaction_id": "The interaction.",
        "kind": "What it was selected for: `uncertainty`, `diversity`, `failure`, `random`.",
        "reason": "Why, in words.",
        "propensity": "Of one that was drawn evenly: the chance it had.",
    },
)

SLICE_SCORES = View(
    "slice_scores",
    "How well each trained version did on each slice of later sessions: the backward-transfer matrix, cell by cell.",
    """
    SELECT DISTINCT timestamp, model, version, accepted, score->>'slice' AS slice, (score->>'turns')::BIGINT AS turns,
           (score->>'accuracy')::DOUBLE AS accuracy, (score->>'lower')::DOUBLE AS lower,
           (score->>'upper')::DOUBLE AS upper, (score->>'before')::DOUBLE AS before
    FROM (SELECT timestamp, decision->>'model' AS model, decision->>'version' AS version,
                 (decision->>'accepted')::BOOLEAN AS accepted, unnest((decision->'scores')::JSON[]) AS score
          FROM decisions WHERE kind = 'training_run')
    """,
    {
        "timestamp": "When it was trained, UTC.",
        "model": "`router`.",
        "version": "The version.",
        "accepted": "Whether the gate let it pass.",
        "slice": "`all`, an agent, or a failure cluster that was resolved.",
        "turns": "Turns in the slice.",
        "accuracy": "Share of them that it answered rightly.",
        "lower": "Lower end of the 95 % interval.",
        "upper": "Upper end of the 95 % interval.",
        "before": "Accuracy of the version in use then; null where there was none.",
    },
)

VIEWS: tuple[View, ...] = (
    CURRENT_FEEDBACK,
    RATINGS,
    INTERACTIONS_WITH_FEEDBACK,
    NEWEST_INTERACTIONS,
    AGENT_DAYS,
    PRODUCER_RANGES,
    SELECTIONS,
    SLICE_SCORES,
)
"""In the order in which they build on each other."""
