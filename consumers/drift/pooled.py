"""Two samples of one number, merged: sorted values and how many of each sample lie at or below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

SCORE_CELLS = 1024
"""Rank scores are worked out for at most so many cells of equal mass: finer changes no third digit."""


@dataclass(frozen=True)
class Weighted:
    """Numbers in rising order and how often each occurs: a sample's values, or the buckets of a digest."""

    values: Floats
    counts: Counts | Floats | None = None
    """None where each value stands for itself; fractions where interactions are worth less than one each."""

    @property
    def size(self) -> float:
        return float(len(self.values) if self.counts is None else self.counts.sum())


Sample = Weighted | ArrayLike


@dataclass(frozen=True)
class Pooled:
    """Two samples on one axis, the reference first."""

    values: Floats
    """The distinct values of both, rising."""
    below_reference: Counts | Floats
    """How many of the reference are at most each value."""
    below_current: Counts | Floats

    @property
    def reference_size(self) -> float:
        return float(self.below_reference[-1]) if len(self.values) else 0.0

    @property
    def current_size(self) -> float:
        return float(self.below_current[-1]) if len(self.values) else 0.0

    def cells(self, most: int = SCORE_CELLS) -> Pooled:
        """The same with at most about `most` distinct values, neighbours merged into cells of equal mass."""
        if len(self.values) <= most:
            return self
        total = self.below_reference + self.below_current
        edges = np.searchsorted(total, np.linspace(0, total[-1], most + 1)[1:])
        chosen = np.unique(edges)
        return Pooled(self.values[chosen], self.below_reference[chosen], self.below_current[chosen])


def weighted(sample: Sample) -> Weighted:
    """The sample sorted, without its missing values (NaN, None).

    >>> weighted([3.0, float("nan"), 1.0]).values.tolist()
    [1.0, 3.0]
    """
    if isinstance(sample, Weighted):
        return sample
    values = np.asarray(sample, dtype=np.float64).ravel()
    values = np.sort(values)
    missing = len(values) and np.isnan(values[-1])
    return Weighted(values[: np.searchsorted(values, np.nan)] if missing else values)


def pool(reference: Sample, current: Sample) -> Pooled:
    """Both samples on one axis.

    >>> both = pool([1, 2, 2], [2, 5])
    >>> both.values.tolist(), both.below_reference.tolist(), both.below_current.tolist()
    ([1.0, 2.0, 5.0], [1, 3, 3], [0, 1, 2])
    """
    first, second = weighted(reference), weighted(current)
    values = np.concatenate([first.values, second.values])
    if not len(values):
        return Pooled(values, np.zeros(0, np.int64), np.zeros(0, np.int64))
    order = np.argsort(values, kind="stable")
    values = values[order]
    last = np.append(np.flatnonzero(values[1:] != values[:-1]), len(values) - 1)
    is_current = order >= len(first.values)
    if first.counts is None and second.counts is None:
        below_current = np.cumsum(is_current)[last]
        return Pooled(values[last], last + 1 - below_current, below_current)
    counts = np.concatenate([_counts(first), _counts(second)])[order]
    below_current = np.cumsum(np.where(is_current, counts, 0))[last]
    return Pooled(values[last], np.cumsum(counts)[last] - below_current, below_current)


def _counts(sample: Weighted) -> Any:
    return np.ones(len(sample.values), np.int64) if sample.counts is None else sample.counts
