"""Have the queries drifted? One test on their vectors for a mix that shifts and for topics that are new.

Four views, each blind where another sees. *Mean*: Hotelling's test on leading principal components, for large topics
that grow. *Clusters*: chi-square over clusters of both samples pooled, coarse and fine, for small ones. *Novelty*:
distances to the nearest reference vectors, for what nobody asked before. *Neighbours*: whether the current sample's
rows are each other's nearest, for new topics near old ones. Axes and clusters come from both samples
together, without regard to which row is whose, so the labels stay exchangeable and the levels hold; Cauchy's
combination makes one p-value of the views, dependent as they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh
from scipy.special import chdtrc, ndtr

from consumers.drift.categorical import categorical
from consumers.drift.kmeans import Labels, kmeans
from consumers.drift.neighbours import SAME, neighbours_p_value
from consumers.drift.numeric import NOTHING, Comparison
from consumers.drift.pooled import Floats
from consumers.drift.tails import SMALLEST
from consumers.largest import largest

Vectors = NDArray[np.float32]

COARSE, FINE = 25, 100
"""Clusters: as many as the domains, and as the topics, of a system of agents; fewer in small samples."""
ROWS_PER_CLUSTER = 20
CLUSTER_AXES = 32
MEAN_AXES = 16
"""Leading principal components, of those of the clusters: more find no further mix shift, and cost power."""
NEIGHBOURS = 3
"""Nearest reference vectors whose mean distance says how new a query is."""
NO_VARIANCE = 1e-10
"""Along an axis of unit rows: below it is what single precision adds to equal ones."""
DECIMALS = 5
"""Of a distance: the same query asked in both samples is equally new in both, whatever single precision adds."""
SHARES = {"novelty": 0.25, "neighbours": 0.3, "mean": 0.2, "clusters": 0.2, "fine clusters": 0.05}
"""How the error is divided: the first two tell new topics, all but novelty what shifts."""
LEAST_VECTORS = 30
MOST_REFERENCE, MOST_CURRENT, MOST_HELD_OUT = 5_000, 5_000, 2_500
"""Rows that are looked at: a comparison then takes a second, and the power is that of the smaller sample anyway."""


class VectorComparison(Comparison, frozen=True, kw_only=True):
    """What a comparison of vectors found; `statistic` is the cosine distance of the two means."""

    views: dict[str, float]
    """p-value of each view."""
    newest: list[int]
    """Rows of the current sample, those furthest from the reference first."""
    grown: list[int]
    """Rows of the current sample in the cluster that grew most, the most central first."""
    grown_shares: tuple[float, float]
    """That cluster's share of the reference and of the current sample."""


class _Rows(NamedTuple):
    vectors: Vectors
    rows: NDArray[np.int64]


def embedding(reference: ArrayLike, current: ArrayLike, *_: object) -> Comparison:
    """Compares two samples of vectors (one a row, of any length; cosine is what counts).

    Rows with missing values or of length 0 are left out.
    """
    first, second = _unit(reference, MOST_REFERENCE), _unit(current, MOST_CURRENT)
    if min(len(first.rows), len(second.rows)) < LEAST_VECTORS:
        return NOTHING
    axes, spread = _principal(first.vectors, second.vectors)
    coarse, fine = (_clusters(axes, count) for count in (COARSE, FINE))
    cut = len(first.rows)
    novelty, newness = _novelty(first.vectors, second.vectors)
    views = {
        "novelty": novelty,
        "neighbours": neighbours_p_value(first.vectors, second.vectors),
        "mean": _mean_shift(axes[:, :MEAN_AXES], spread[:MEAN_AXES], cut),
        "clusters": _mix_shift(coarse, cut),
        "fine clusters": _mix_shift(fine, cut),
    }
    grown, shares = _grown(fine, axes, cut)
    p_value = cauchy(np.array([views[name] for name in SHARES]), np.array(list(SHARES.values())))
    return VectorComparison(
        statistic=_centroid_distance(first.vectors, second.vectors),
        p_value=p_value,
        method="vectors",
        distance_p_value=p_value,
        views=views,
        newest=second.rows[np.argsort(-newness, kind="stable")].tolist(),
        grown=second.rows[grown].tolist(),
        grown_shares=shares,
    )


def cauchy(p_values: Floats, shares: Floats) -> float:
    """Liu and Xie's combination: valid in the tail under any dependence, and near the best single view.

    >>> round(cauchy(np.array([0.01, 0.01]), np.array([0.5, 0.5])), 4)
    0.01
    """
    p = np.clip(p_values, 1e-15, 1 - 1e-4)
    mean = float(shares @ np.tan((0.5 - p) * np.pi))
    return float(np.clip(0.5 - np.arctan(mean) / np.pi if mean < 1e6 else 1 / (mean * np.pi), SMALLEST, 1.0))


def nearest(queries: Vectors, bank: Vectors, count: int = NEIGHBOURS) -> Floats:
    """Mean cosine distance of each query to its `count` nearest vectors of the bank that are not the same."""
    similar = queries @ bank.T
    similar[similar > SAME] = -1.0
    closest = largest(similar, min(count, len(bank)))[1]
    distances: Floats = (1.0 - closest.mean(axis=1)).astype(float).round(DECIMALS)
    return distances


def unit_rows(vectors: ArrayLike, most: int) -> Vectors:
    """At most `most` of the vectors, each of length 1; without those of length 0 or with missing values."""
    return _unit(vectors, most).vectors


def _unit(vectors: ArrayLike, most: int) -> _Rows:
    """Rows of length 1 and where they stood; every k-th where there are too many."""
    matrix = np.atleast_2d(np.asarray(vectors, np.float32))
    lengths = np.linalg.norm(matrix, axis=1)
    rows = np.flatnonzero(np.isfinite(lengths) & (lengths > 0))
    if len(rows) > most:
        rows = rows[np.linspace(0, len(rows) - 1, most).astype(int)]
    return _Rows(matrix[rows] / lengths[rows, None], rows)


def _principal(reference: Vectors, current: Vectors) -> tuple[Vectors, Floats]:
    """Both samples on the leading principal axes of them together, the widest first, and the variances there."""
    both = np.vstack([reference, current])
    both -= both.mean(axis=0)
    width = both.shape[1]
    leading = (max(0, width - CLUSTER_AXES), width - 1)
    variances, axes = eigh(both.T @ both / (len(both) - 1), subset_by_index=leading)
    return both @ axes[:, ::-1], variances[::-1].astype(float)


def _mean_shift(axes: Vectors, variances: Floats, cut: int) -> float:
    kept = variances > max(1e-9 * variances[0], NO_VARIANCE)
    if not kept.any():
        return 1.0
    gap = (axes[cut:, kept].mean(axis=0) - axes[:cut, kept].mean(axis=0)).astype(float)
    m, n = cut, len(axes) - cut
    statistic = float((gap**2 / variances[kept]).sum()) * m * n / (m + n)
    return max(float(chdtrc(int(kept.sum()), statistic)), SMALLEST)


def _clusters(axes: Vectors, count: int) -> Labels:
    return kmeans(axes, max(2, min(count, len(axes) // ROWS_PER_CLUSTER)), rounds=10)[1]


def _mix_shift(labels: Labels, cut: int) -> float:
    return categorical(labels[:cut], labels[cut:]).distance_p_value


def _novelty(reference: Vectors, current: Vectors) -> tuple[float, Floats]:
    """One-sided p-value of the current sample's lying further out than the reference does from itself; distances."""
    step = max(1, -(-len(reference) // MOST_HELD_OUT))
    own = nearest(reference[::step], reference)
    distances = nearest(current, reference)
    both = np.concatenate([own, distances])
    scores = -np.log1p(-_middles(both))
    n, m = len(distances), len(own)
    spread = float(scores.std()) or 1.0
    z = (scores[m:].mean() - scores.mean()) / spread * np.sqrt(n * (n + m - 1) / m)
    return max(float(ndtr(-z)), SMALLEST), distances


def _middles(values: Floats) -> Floats:
    """The share of values below each, its own half counted; equal values have equal ones."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    middles: Floats = (np.cumsum(counts) - counts / 2)[places] / len(values)
    return middles


def _grown(labels: Labels, axes: Vectors, cut: int) -> tuple[NDArray[np.int64], tuple[float, float]]:
    """Current rows of the cluster with the greatest excess of them, central ones first; its shares."""
    before = np.bincount(labels[:cut], minlength=labels.max() + 1) / cut
    after = np.bincount(labels[cut:], minlength=len(before)) / (len(labels) - cut)
    grown = int(np.argmax((after - before) / np.sqrt(before + after + 1e-12)))
    rows = np.flatnonzero(labels[cut:] == grown)
    centre = axes[labels == grown].mean(axis=0)
    nearest_first = np.argsort(np.linalg.norm(axes[cut:][rows] - centre, axis=1), kind="stable")
    return rows[nearest_first], (float(before[grown]), float(after[grown]))


def _centroid_distance(reference: Vectors, current: Vectors) -> float:
    first, second = reference.mean(axis=0), current.mean(axis=0)
    return float(max(0.0, 1 - first @ second / (np.linalg.norm(first) * np.linalg.norm(second))))
