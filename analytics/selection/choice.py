"""The choice itself: the strategy's order, walked from the top, past what would be labelled twice.

One row of a session, no near-duplicate of a row that was chosen or is labelled, a few places for each group
so that none starves, and a random slice: drawn evenly from all that is unlabelled, so that what is measured
on it holds for the traffic as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.selection.pool import Pool, Reason, Selection, Strategy, make_pool
from analytics.selection.ranking import Ranking, Rows, by_key, most_uncertain, rank
from analytics.selection.uncertainty import Measure
from headrace.errors import ConfigError

SAME_TEXT = 0.98
"""Cosine from which two texts count as one: "cancel my order" and "cancel my order!", not "cancel my parcel"."""
GROUP_SHARE = 0.5
"""Of the budget, what is given out in equal parts to groups; the rest goes where it is worth most."""


def select(
    probabilities: NDArray[np.floating],
    embeddings: NDArray[np.floating],
    labelled: ArrayLike = (),
    budget: int = 50,
    *,
    strategy: Strategy = "hybrid",
    measure: Measure = "margin",
    seed: int = 0,
    random_share: float = 0.0,
    ids: ArrayLike | None = None,
    severity: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    sessions: Sequence[Any] | None = None,
) -> Selection:
    """The `budget` rows to label next, best first, and why each.

    `probabilities` is rows × classes, `embeddings` rows × dimensions of length one, `labelled` row numbers or
    a truth value for each row. `ids`, `severity` (0 where nothing failed), `groups` and `sessions` have one
    value for each row. The same rows, seed and options give the same choice in whatever order rows stand.

    Raises ConfigError where arrays differ in length.

    >>> p, x = np.array([[0.9, 0.1], [0.5, 0.5], [0.6, 0.4]]), np.eye(3)
    >>> select(p, x, labelled=[1], budget=1, strategy="uncertainty").indices.tolist()
    [2]
    """
    _check(len(probabilities), embeddings, ids, severity, groups, sessions)
    pool = make_pool(
        probabilities,
        embeddings,
        labelled,
        measure=measure,
        seed=seed,
        ids=ids,
        severity=severity,
        groups=groups,
        sessions=sessions,
    )
    return choose(pool, budget, strategy, seed, random_share)


def choose(
    pool: Pool,
    budget: int,
    strategy: Strategy,
    seed: int = 0,
    random_share: float = 0.0,
    drawn: Rows | None = None,
) -> Selection:
    """As `select`, from a pool; `drawn` are rows in a random order, where the pool itself is no even part of all."""
    choice = _Choice(pool)
    choice.take(by_key(pool, pool.unlabelled) if drawn is None else drawn, round(budget * random_share))
    slice_ = len(choice.rows)
    ranking = rank(pool, budget, strategy, seed)
    if pool.groups is not None:
        _serve_groups(choice, pool.groups, np.concatenate([ranking.rows, _rest(pool, ranking)]), budget - slice_)
    choice.take(ranking.rows, budget - len(choice.rows))
    if len(choice.rows) < budget:
        choice.take(_rest(pool, ranking), budget - len(choice.rows))
    return _explained(pool, choice.rows, ranking, slice_)


class _Choice:
    """Rows chosen so far, and what may not be chosen for their sake."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.rows: list[int] = []
        self._labelled = pool.embeddings[pool.is_labelled]
        self._sessions: set[int] = set()

    def take(self, order: Iterable[int], count: int) -> None:
        """The first `count` rows of the order that repeat nothing."""
        left = count
        for row in order:
            if left <= 0:
                return
            if self._is_new(int(row)):
                self._add(int(row))
                left -= 1

    def _is_new(self, row: int) -> bool:
        sessions, vectors = self._pool.sessions, self._pool.embeddings
        if row in self.rows or (sessions is not None and int(sessions[row]) in self._sessions):
            return False
        return not any(_holds_like(known, vectors[row]) for known in (vectors[self.rows], self._labelled))

    def _add(self, row: int) -> None:
        self.rows.append(row)
        if self._pool.sessions is not None and self._pool.sessions[row] >= 0:
            self._sessions.add(int(self._pool.sessions[row]))


def _holds_like(known: NDArray[np.float32], vector: NDArray[np.float32]) -> bool:
    return len(known) > 0 and float((known @ vector).max()) >= SAME_TEXT


def _rest(pool: Pool, ranking: Ranking) -> Rows:
    """What the ranking left out, the most uncertain first: for groups and budgets that it does not fill."""
    is_left = ~pool.is_labelled
    is_left[ranking.rows] = False
    return most_uncertain(pool, np.flatnonzero(is_left))


def _serve_groups(choice: _Choice, groups: NDArray[np.int64], order: Rows, budget: int) -> None:
    """Each group's best rows, equally many of each; where there are more groups than places, the best groups'."""
    present, first = np.unique(groups[order], return_index=True)
    places = int(budget * GROUP_SHARE) // len(present)
    for group in present[np.argsort(first)][:budget]:
        choice.take(order[groups[order] == group], max(places, 1) - _count(choice.rows, groups, group))


def _count(rows: list[int], groups: NDArray[np.int64], group: int) -> int:
    return int((groups[rows] == group).sum()) if rows else 0


def _explained(pool: Pool, rows: list[int], ranking: Ranking, slice_: int) -> Selection:
    places = {int(row): place for place, row in enumerate(ranking.rows)}
    kinds: list[Reason] = []
    reasons: list[str] = []
    for number, row in enumerate(rows):
        place = places.get(row)
        kind: Reason = "random" if number < slice_ else "uncertain" if place is None else ranking.kind
        kinds.append(kind)
        reasons.append(
            _words(pool, row, kind, None if place is None or ranking.share is None else float(ranking.share[place]))
        )
    return Selection(np.array(rows, np.int64), kinds, reasons)


def _words(pool: Pool, row: int, kind: Reason, share: float | None) -> str:
    unsure = f"the model is {pool.uncertainty[row]:.0%} unsure of it"
    if kind == "random":
        return f"drawn evenly from {pool.open_rows or len(pool.unlabelled):,} unlabelled, for estimates without bias"
    if kind == "failure" and pool.severity is not None:
        return f"a failure of severity {pool.severity[row]:.2f}; {unsure}"
    return unsure if share is None else f"{kind}: {unsure}, and it stands for {share:.1%} of the candidates"


def _check(rows: int, embeddings: NDArray[np.floating], *columns: ArrayLike | None) -> None:
    lengths = [len(embeddings), *(len(np.asarray(column)) for column in columns if column is not None)]
    if any(length != rows for length in lengths):
        raise ConfigError(f"select: {rows} rows of probabilities, but {', '.join(map(str, lengths))} in the others")
