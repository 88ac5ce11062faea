"""What a monitor keeps of a batch: sums and counts against a fixed reference, which windows add up exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from consumers.drift.categorical import Categories, counted
from consumers.drift.embedding import CLUSTER_AXES, COARSE, LEAST_VECTORS, MOST_REFERENCE, Vectors, nearest, unit_rows
from consumers.drift.kmeans import kmeans, nearest_centre
from consumers.drift.mixes import chi_square, each
from consumers.drift.numeric import LEAST_SIZE
from consumers.drift.pooled import Floats, Sample, Weighted, pool, weighted
from consumers.drift.ranks import normal_scores
from consumers.drift.saddlepoint import Sums, beyond
from consumers.drift.tails import SMALLEST, two_sided

LOCATION_SHARE = 0.75
"""Of a number's error; the scale has the rest."""
GROWTH_SHARE, FALL_SHARE = 0.6, 0.1
"""Of a mix's error, for the category that grew most and the one that shrank most; chi-square has the rest. One
category's growth is taken from all others, so it is growth that is told by one."""
CONTINUITY = 0.35
"""Part of a count by which tails are widened: some windows are short, and their counts few and coarse."""
LEAST_EXPECTED = 5.0
"""Of a category in a window, for chi-square: as far out as monitors alarm its law is off with fewer."""
DOUBTED = 1e-3
"""p-value by three moments below which it is worked out from the whole distribution of the scores."""
NEW = "(new)"
"""All categories that the reference does not have, together: a stream of new names stays one question."""


class Found(NamedTuple):
    """What several windows say of one signal, one entry each."""

    p_values: Floats
    moved: list[str]
    z: Floats


class Watched(Protocol):
    """One signal, as the reference has it."""

    def sums(self, batch: Any) -> Floats:
        """What is kept of the batch's values: adds up over batches."""
        ...

    def found(self, windows: Floats) -> Found:
        """What the sums of several windows (rows) say."""
        ...


class WatchedNumber:
    """The number of values and the sums of their normal scores, which the reference's own distribution gives."""

    def __init__(self, reference: Sample) -> None:
        cells = pool(reference, []).cells()
        self._size = max(1, cells.reference_size)
        self._edges = cells.values
        self._scores, self._masses = normal_scores(cells)
        self._skewness: Floats = self._masses @ self._scores**3

    def sums(self, batch: Sample) -> Floats:
        sample = weighted(batch)
        cells = np.minimum(np.searchsorted(self._edges, sample.values), len(self._edges) - 1)
        counts = np.ones(len(cells)) if sample.counts is None else sample.counts
        return np.append(float(sample.size), counts @ self._scores[cells])

    def found(self, windows: Floats) -> Found:
        n = np.maximum(windows[:, :1], 1)
        z = windows[:, 1:] / n / np.sqrt(1 / n + 1 / self._size)
        if not z.shape[1]:
            return _nothing(len(windows))
        shares = np.array([LOCATION_SHARE, 1 - LOCATION_SHARE])[: z.shape[1]]
        p_values = two_sided(z, self._skewness / np.sqrt(n))
        for column, scores in enumerate(self._scores.T):
            if (far := p_values[:, column] < DOUBTED).any():
                sums = Sums(scores, self._masses, n[far, 0], self._size)
                p_values[far, column] = beyond(z[far, column], sums)
        return _smallest(p_values / shares, ["location", "scale"], z)


class WatchedMix:
    """Counts by category, in the reference's order and then those it does not have."""

    def __init__(self, reference: Categories) -> None:
        counts = {str(name): count for name, count in counted(reference).items()}
        self._names = [*(name for name in counts if name != NEW), NEW]
        self._place = {name: place for place, name in enumerate(self._names)}
        self._reference = np.array([counts.get(name, 0) for name in self._names], float)

    def sums(self, batch: Categories) -> Floats:
        counts = np.zeros(len(self._names))
        for name, count in counted(batch).items():
            counts[self._place.get(str(name), -1)] += count
        return counts

    def found(self, windows: Floats) -> Found:
        if not self._reference.sum() or not windows.sum():
            return _nothing(len(windows))
        windows = np.where(windows.sum(axis=1, keepdims=True) > 0, windows, self._reference)
        z, more, less = each(self._reference, windows, CONTINUITY)
        known = max(1, len(self._names) - 1)
        overall = chi_square(self._reference, windows, LEAST_EXPECTED)[1] / (1 - GROWTH_SHARE - FALL_SHARE)
        p_values = np.column_stack([known * more / GROWTH_SHARE, known * less / FALL_SHARE])
        single = _smallest(p_values, self._names * 2, np.column_stack([z, z]))
        return Found(np.minimum(np.minimum(single.p_values, overall), 1.0), single.moved, single.z)


class WatchedVectors:
    """Counts by cluster of the reference, and sums of how new the vectors are."""

    def __init__(self, reference: ArrayLike) -> None:
        self._bank: Vectors = unit_rows(reference, MOST_REFERENCE)
        self._centre = self._bank.mean(axis=0)
        _, axes = np.linalg.eigh(np.cov(self._bank.T))
        self._axes = axes[:, ::-1][:, :CLUSTER_AXES].astype(np.float32)
        count = max(2, min(COARSE, len(self._bank) // LEAST_VECTORS))
        self._clusters, labels = kmeans(self._projected(self._bank), count, rounds=20)
        self._mix = WatchedMix(labels.astype(str))
        self._novelty = WatchedNumber(nearest(self._bank, self._bank))
        self._split = len(self._novelty.sums([]))

    def sums(self, batch: ArrayLike) -> Floats:
        vectors = unit_rows(batch, MOST_REFERENCE)
        if not len(vectors):
            return np.concatenate([self._novelty.sums([]), self._mix.sums({})])
        newness = self._novelty.sums(nearest(vectors, self._bank))
        return np.concatenate([newness, self._mix.sums(self._labels(vectors))])

    def found(self, windows: Floats) -> Found:
        new, mixed = self._novelty.found(windows[:, : self._split]), self._mix.found(windows[:, self._split :])
        is_new = new.p_values <= mixed.p_values
        moved = [
            f"novelty {a}" if fresh else f"cluster {b}"
            for fresh, a, b in zip(is_new, new.moved, mixed.moved, strict=True)
        ]
        p_values = np.minimum(2 * np.minimum(new.p_values, mixed.p_values), 1.0)
        return Found(p_values, moved, np.where(is_new, new.z, mixed.z))

    def _projected(self, vectors: Vectors) -> Vectors:
        projected: Vectors = (vectors - self._centre) @ self._axes
        return projected

    def _labels(self, vectors: Vectors) -> NDArray[Any]:
        return nearest_centre(self._projected(vectors), self._clusters).astype(str)


def watched(reference: Any) -> Watched | None:
    """The signal's kind, as `consumers.drift.frame` sees it; None where the reference holds too little to watch it."""
    if isinstance(reference, Mapping):
        return WatchedMix(reference)
    values = None if isinstance(reference, Weighted) else np.asarray(reference)
    if values is None or (values.ndim < 2 and values.dtype.kind not in "OUSb"):
        return WatchedNumber(reference) if weighted(reference).size >= LEAST_SIZE else None
    if values.ndim == 1:
        return WatchedMix(values)
    return WatchedVectors(values) if len(unit_rows(values, MOST_REFERENCE)) >= LEAST_VECTORS else None


def _smallest(p_values: Floats, names: list[str], z: Floats) -> Found:
    chosen = np.argmin(p_values, axis=1)
    rows = np.arange(len(p_values))
    p = np.clip(p_values[rows, chosen], SMALLEST, 1.0)
    return Found(p, [names[place] for place in chosen], z[rows, chosen])


def _nothing(windows: int) -> Found:
    return Found(np.ones(windows), [""] * windows, np.zeros(windows))
