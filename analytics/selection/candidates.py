"""The part of the store that a selection looks at, narrowed in SQL by what is stored: one pass over a million rows.

Of each agent of each tenant the interactions whose router was least sure, those that failed worst, and some
drawn evenly; nothing that is labelled, or was selected before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics.live import LiveStore
from headrace.privacy import kinds_only

NARROWED = 20_000
"""Interactions to embed in one cycle: a minute and a half with the sentence model, two seconds with the static one."""
FAILED_PER_GROUP = 500
KNOWN = 2_000
"""Of what is labelled or was selected, the latest: what a choice must not repeat. Older ones cost ten seconds of
embedding for each thousand, and traffic has moved on."""
DRAWN = 200
"""Drawn evenly from everything that is open: more than a random slice and its repeats need."""

_OPEN = """
    SELECT i.interaction_id, i.tenant, i.agent_selected,
           coalesce(i.routing_confidence, 0.5) AS confidence,
           hash(i.interaction_id, {seed}) AS draw,
           greatest((i.error IS NOT NULL)::INTEGER, (r.correction IS NOT NULL OR r.correct_agent IS NOT NULL)::INTEGER,
                    coalesce((3.0 - coalesce(r.rating, i.user_feedback_score)) / 2.0, 0.0),
                    coalesce(i.hallucination_score, 0.0)) AS severity
    FROM interactions i LEFT JOIN ratings r ON r.interaction_id = i.interaction_id
    WHERE length(i.user_query) > 0
      AND i.interaction_id NOT IN (SELECT interaction_id FROM labels WHERE interaction_id IS NOT NULL)
      AND (i.external_id IS NULL OR i.external_id NOT IN (SELECT external_id FROM labels WHERE external_id IS NOT NULL))
      {skipped}
"""
_NARROWED = """
    WITH open AS ({open}),
    groups AS (SELECT count(DISTINCT (tenant, agent_selected)) AS n, count(*) AS rows FROM open),
    near AS (
        SELECT unnest(list_concat(min_by(interaction_id, confidence, {uncertain}),
                                  max_by(interaction_id, severity, {failed}))) AS interaction_id
        FROM open GROUP BY tenant, agent_selected),
    drawn AS (SELECT unnest(min_by(interaction_id, draw, {drawn})) AS interaction_id FROM open)
    SELECT i.interaction_id::VARCHAR AS interaction_id, i.tenant, i.agent_selected, i.session_id, i.user_query,
           i.routing_scores, o.confidence, o.severity, o.draw,
           i.interaction_id IN (SELECT interaction_id FROM drawn) AS is_drawn,
           (SELECT rows FROM groups) AS open_rows
    FROM interactions i JOIN open o ON o.interaction_id = i.interaction_id
    WHERE i.interaction_id IN (SELECT interaction_id FROM near)
       OR i.interaction_id IN (SELECT interaction_id FROM drawn)
       {wanted}
    ORDER BY i.interaction_id
"""
_KNOWN = """
    SELECT user_query FROM interactions
    WHERE length(user_query) > 0
      AND (interaction_id IN (SELECT interaction_id FROM labels WHERE interaction_id IS NOT NULL)
           OR external_id IN (SELECT external_id FROM labels WHERE external_id IS NOT NULL){skipped})
    ORDER BY interaction_id DESC LIMIT {most}
"""
_GROUPS = "SELECT count(DISTINCT (tenant, agent_selected)) AS n FROM interactions"


@dataclass(frozen=True)
class Candidates:
    """What a selection chooses from; all columns are parallel, in the order of ids."""

    ids: list[str]
    tenants: list[str]
    agents: list[str]
    sessions: list[str | None]
    texts: list[str]
    scores: list[Mapping[str, float]]
    """The router's score of each agent, as stored; empty where it stored none."""
    confidence: NDArray[np.float32]
    severity: NDArray[np.float32]
    drawn: NDArray[np.int64]
    """Rows drawn evenly from all that is open, in the order of the draw."""
    open_rows: int
    """Interactions that are neither labelled nor selected."""


def read(
    store: LiveStore, skipped: Iterable[str], seed: int, narrowed: int = NARROWED, wanted: Iterable[str] = ()
) -> Candidates:
    """The candidates in the store; `skipped` are ids that were selected before, `wanted` are in if they are open."""
    (row,) = store.rows(_GROUPS)
    return _candidates(store.table(_statement(skipped, seed, narrowed // max(row["n"], 1), wanted)))


def known_texts(store: LiveStore, skipped: Iterable[str], most: int = KNOWN) -> list[str]:
    """What people have labelled or are asked about already (`skipped`), the latest first."""
    before = _listed(skipped)
    also = f" OR interaction_id IN ({before})" if before else ""
    rows = store.rows(_KNOWN.format(skipped=also, most=most))
    return [kinds_only(row["user_query"]) for row in rows]


def _statement(skipped: Iterable[str], seed: int, per_group: int, wanted: Iterable[str]) -> str:
    before, also = _listed(skipped), _listed(wanted)
    return _NARROWED.format(
        open=_OPEN.format(seed=seed, skipped=f"AND i.interaction_id NOT IN ({before})" if before else ""),
        uncertain=max(per_group, 1),
        failed=FAILED_PER_GROUP,
        drawn=DRAWN,
        wanted=f"OR i.interaction_id IN ({also})" if also else "",
    )


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(f"'{id_}'::UUID" for id_ in sorted(ids))


def _candidates(table: pa.Table) -> Candidates:
    columns = {name: table.column(name) for name in table.column_names}
    draws = columns["draw"].to_numpy()
    is_drawn = np.flatnonzero(columns["is_drawn"].to_numpy())
    return Candidates(
        ids=columns["interaction_id"].to_pylist(),
        tenants=columns["tenant"].to_pylist(),
        agents=columns["agent_selected"].to_pylist(),
        sessions=columns["session_id"].to_pylist(),
        texts=[kinds_only(text) for text in columns["user_query"].to_pylist()],
        scores=[msgspec.json.decode(text) if text else {} for text in columns["routing_scores"].to_pylist()],
        confidence=columns["confidence"].to_numpy().astype(np.float32),
        severity=np.clip(columns["severity"].to_numpy().astype(np.float32), 0.0, 1.0),
        drawn=is_drawn[np.argsort(draws[is_drawn])],
        open_rows=int(columns["open_rows"][0].as_py()) if table.num_rows else 0,
    )
