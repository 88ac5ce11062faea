"""Batch refinement: a cluster that holds several dense parts is divided into them.

The stream groups by static vectors; with sentence vectors of the same members, DBSCAN looks inside each cluster.
It never joins clusters, and drops nobody: those between the parts go to the nearest.
"""

from __future__ import annotations

import numpy as np
from sklearn.cluster import DBSCAN

from consumers.failures.partition import NOISE, Labels, Vectors

EPS = 0.35
"""Cosine distance of neighbours: the setting at which scattered failures form no cluster."""


def refine(vectors: Vectors, labels: Labels, min_size: int = 5, eps: float = EPS) -> Labels:
    """`labels` with clusters divided into their dense parts; the largest part keeps the number.

    >>> rows = np.repeat(np.eye(2, dtype=np.float32), 6, axis=0)
    >>> refine(rows, np.zeros(12, np.int64)).tolist()
    [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    """
    refined = labels.copy()
    for group in np.unique(labels[labels != NOISE]):
        rows = np.flatnonzero(labels == group)
        parts = _parts(vectors[rows], min_size, eps)
        for number in range(1, parts.max() + 1):
            refined[rows[parts == number]] = refined.max() + 1
    return refined


def _parts(vectors: Vectors, min_size: int, eps: float) -> Labels:
    """The part of each row, the largest numbered 0; all 0 where there is one part or none."""
    found = DBSCAN(eps=eps, min_samples=min_size, metric="cosine").fit_predict(vectors)
    sizes = np.bincount(found[found != NOISE]) if (found != NOISE).any() else np.zeros(0)
    large = np.flatnonzero(sizes >= min_size)
    if len(large) < 2:
        return np.zeros(len(vectors), np.int64)
    large = large[np.argsort(-sizes[large], kind="stable")]
    middles = np.stack([vectors[found == part].mean(axis=0) for part in large])
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    nearest: Labels = (vectors @ middles.T).argmax(axis=1)
    for number, part in enumerate(large):
        nearest[found == part] = number
    return nearest
