"""The order in which a strategy would have a pool labelled: pure, seeded, and the same in whatever order rows stand.

Before anything is computed, rows are put into an order of their own (by uncertainty, then by key), so that
the same rows give the same sums, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.selection.clusters import Vectors, far_apart, k_means, squared_distances
from analytics.selection.pool import Pool, Reason, Strategy

Rows = NDArray[np.int64]

CANDIDATES_EACH = 20
"""Rows for each place, the most uncertain ones, of which the hybrid chooses: with 60 it chose too many that the model
was half sure of, with 12 too many of one kind (benchmarks/selection.py)."""
CONSIDERED_EACH = 60
"""Rows for each place that `diversity` and `failure` choose of: what they look for is rarer than uncertainty."""
NEARBY = 0.05
"""Squared distance from the middle of a part that counts for little beside a row's weight."""


@dataclass(frozen=True)
class Ranking:
    """Rows, most worth a label first, all for one reason; `share` is what part of the candidates each speaks for."""

    rows: Rows
    kind: Reason
    share: NDArray[np.float32] | None = None


def rank(pool: Pool, budget: int, strategy: Strategy, seed: int) -> Ranking:
    """The unlabelled rows that matter to the strategy, best first."""
    return _STRATEGIES[strategy](pool, budget, np.random.default_rng(seed))


def by_key(pool: Pool, rows: Rows) -> Rows:
    """Rows in an order drawn evenly from all orders."""
    return rows[np.argsort(pool.keys[rows], kind="stable")]


def most_uncertain(pool: Pool, rows: Rows, count: int | None = None) -> Rows:
    """The most uncertain first, at most `count`."""
    values = pool.uncertainty[rows]
    if count is not None and count < len(rows):
        bound = np.partition(values, len(rows) - count)[len(rows) - count]
        rows = rows[values >= bound]
        values = pool.uncertainty[rows]
    return rows[np.lexsort((pool.keys[rows], -values))][:count]


def _random(pool: Pool, _budget: int, _random: np.random.Generator) -> Ranking:
    return Ranking(by_key(pool, pool.unlabelled), "random")


def _uncertainty(pool: Pool, _budget: int, _random: np.random.Generator) -> Ranking:
    return Ranking(most_uncertain(pool, pool.unlabelled), "uncertain")


def _hybrid(pool: Pool, budget: int, random: np.random.Generator) -> Ranking:
    rows = most_uncertain(pool, pool.unlabelled, CANDIDATES_EACH * budget)
    return _of_each_part(pool, rows, pool.uncertainty[rows], budget, random, "uncertain and typical")


def _diversity(pool: Pool, budget: int, random: np.random.Generator) -> Ranking:
    rows = by_key(pool, pool.unlabelled)[: CONSIDERED_EACH * budget]
    weights = np.ones(len(rows), np.float32)
    return _of_each_part(pool, rows, weights, budget, random, "unlike what is labelled", _labelled(pool))


def _failure(pool: Pool, budget: int, random: np.random.Generator) -> Ranking:
    if pool.severity is None:
        return Ranking(np.empty(0, np.int64), "failure")
    failed = pool.unlabelled[pool.severity[pool.unlabelled] > 0.0]
    order = np.lexsort((pool.keys[failed], -pool.severity[failed]))
    rows = failed[order][: CONSIDERED_EACH * budget]
    return _of_each_part(pool, rows, pool.severity[rows], budget, random, "failure")


def _of_each_part(
    pool: Pool,
    rows: Rows,
    weights: NDArray[np.float32],
    budget: int,
    random: np.random.Generator,
    kind: Reason,
    seen: Vectors | None = None,
) -> Ranking:
    """Candidates cut into as many parts as may be labelled: of each the row that is heavy and near its middle,
    the heaviest part first; then the second of each, and so on."""
    if not len(rows):
        return Ranking(rows, kind)
    vectors = pool.embeddings[rows]
    centres = vectors[far_apart(vectors, weights, budget, random, seen)]
    centres, part = k_means(vectors, weights, centres)
    distances = np.take_along_axis(squared_distances(vectors, centres), part[:, None], axis=1)[:, 0]
    mass = np.bincount(part, weights, minlength=len(centres))
    place = _place_in_part(part, weights / (NEARBY + distances))
    order = np.lexsort((np.arange(len(rows)), -mass[part], place))
    return Ranking(rows[order], kind, (mass[part] / mass.sum()).astype(np.float32)[order])


def _place_in_part(part: NDArray[np.int64], scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """0 for the best row of its part, 1 for the next one …"""
    order = np.lexsort((-scores, part))
    starts = np.searchsorted(part[order], part[order], side="left")
    place = np.empty(len(part), np.int64)
    place[order] = np.arange(len(part)) - starts
    return place


def _labelled(pool: Pool) -> Vectors | None:
    vectors = pool.embeddings[pool.is_labelled]
    return vectors if len(vectors) else None


_STRATEGIES: dict[Strategy, Callable[[Pool, int, np.random.Generator], Ranking]] = {
    "uncertainty": _uncertainty,
    "diversity": _diversity,
    "failure": _failure,
    "hybrid": _hybrid,
    "random": _random,
}
