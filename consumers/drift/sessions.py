"""Interactions of one session are alike: what a table's rows count for when some of them belong together.

Of each signal the design effect is estimated (Kish): how much more the sum of its ranks, or its counts by category,
varies because whole sessions come and go, than rows of their own would. Rows count for one over it (Rao and Scott), as
the windows' counts do for their dispersion; queries are looked at once a session.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.drift.categorical import counted
from consumers.drift.columns import Columns
from consumers.drift.dispersion import Excess, dispersion, thinned
from consumers.drift.pooled import Floats, Weighted, weighted

Array = NDArray[Any]


def numbered(sessions: Array) -> NDArray[np.int64]:
    """A number for each row, the same for the rows of one session; rows without one are sessions of their own.

    >>> numbered(np.array(["a", None, "a", None], object)).tolist()
    [0, 1, 0, 3]
    """
    first: dict[Any, int] = {}
    return np.array(
        [row if name is None or name != name else first.setdefault(name, row) for row, name in enumerate(sessions)],
        np.int64,
    )


def factor(samples: list[tuple[Array, NDArray[np.int64]]]) -> float:
    """The design effect of one signal, 1 or more, from its values and their sessions in each sample.

    >>> alike = np.repeat([1.0, 5.0, 2.0, 9.0, 4.0] * 20, 3)
    >>> 2.5 < factor([(alike, np.arange(300) // 3)]) < 3.5, factor([(alike, np.arange(300))]) < 1.3
    (True, True)
    """
    return dispersion([_excess(values, sessions) for values, sessions in samples if len(values)])


def counting(values: Array, factor: float) -> Any:
    """A signal's rows as what they count for; vectors stay, they are one of each session already."""
    if factor == 1.0 or values.ndim == 2:
        return values
    if values.dtype.kind == "f":
        known = weighted(values).values
        return thinned(Weighted(known, np.ones(len(known))), factor)
    return thinned(counted(values), factor)


def one_query_each(table: Columns, name: str, sessions: NDArray[np.int64]) -> Columns:
    """The table with each session's first query only; the others are missing."""
    queries = table[name].copy()
    queries[sessions != np.arange(len(sessions))] = np.nan if queries.dtype.kind == "f" else None
    return {**table, name: queries}


def _excess(values: Array, sessions: NDArray[np.int64]) -> Excess:
    """Variance of the sessions' sums over that of as many single rows, and how much that is known by."""
    between = within = 0.0
    groups = 0
    for scores, own in _scores(values, sessions):
        sums = np.bincount(own, scores)
        between += float(sums @ sums)
        within += float(scores @ scores)
        groups = len(np.unique(own))
    freedom = max(groups - 1, 0)
    return Excess(between / within * freedom, freedom) if within else Excess(0.0, 0)


def _scores(values: Array, sessions: NDArray[np.int64]) -> Iterator[tuple[Floats, NDArray[np.int64]]]:
    """Centred ranks of numbers; of a mix, each category's indicator, weighed as chi-square does."""
    if values.dtype.kind == "f":
        known = ~np.isnan(values)
        _, places, counts = np.unique(values[known], return_inverse=True, return_counts=True)
        ranks = (np.cumsum(counts) - counts / 2)[places]
        yield ranks - ranks.mean() if len(ranks) else ranks, sessions[known]
        return
    size = len(values)
    for name, count in counted(values).items():
        share = count / size
        yield ((values == name) - share) / np.sqrt(share), sessions
