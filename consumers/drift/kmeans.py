"""k-means for some thousand short vectors: what drift needs of it, without the 70 MB that scikit-learn takes.

Seeds are drawn by k-means++ (Arthur and Vassilvitskii, 2007), always the same for the same rows; then Lloyd's rounds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Labels = NDArray[np.intp]


def kmeans(rows: Vectors, count: int, rounds: int) -> tuple[Vectors, Labels]:
    """Centres, at most `count` of them, and the nearest one's number for each row.

    >>> centres, labels = kmeans(np.float32([[0, 0], [0, 1], [9, 9], [9, 8]]), count=2, rounds=10)
    >>> bool(labels[0] == labels[1] != labels[2] == labels[3])
    True
    """
    centres = _seeds(rows, count)
    labels = nearest_centre(rows, centres)
    for _ in range(rounds - 1):
        centres = _means(rows, labels, centres)
        before, labels = labels, nearest_centre(rows, centres)
        if np.array_equal(before, labels):
            break
    return centres, labels


def nearest_centre(rows: Vectors, centres: Vectors) -> Labels:
    """The number of the centre that is nearest to each row."""
    return np.asarray(np.argmin((centres**2).sum(axis=1) - 2 * (rows @ centres.T), axis=1))


def _seeds(rows: Vectors, count: int) -> Vectors:
    """Rows far from each other: each drawn with the square of its distance to those before as its chance."""
    dice = np.random.default_rng(0)
    squares = (rows**2).sum(axis=1)
    chosen = [int(dice.integers(len(rows)))]
    distances = np.full(len(rows), np.inf)
    while len(chosen) < count:
        last = chosen[-1]
        distances = np.minimum(distances, np.maximum(squares - 2 * (rows @ rows[last]) + squares[last], 0))
        distances[last] = 0
        reached = np.cumsum(distances)
        if not reached[-1]:
            break
        chosen.append(int(np.searchsorted(reached, dice.random() * reached[-1], side="right")))
    return rows[chosen]


def _means(rows: Vectors, labels: Labels, centres: Vectors) -> Vectors:
    """The mean of each centre's rows; a centre without any stays."""
    order = np.argsort(labels, kind="stable")
    used, starts, sizes = np.unique(labels[order], return_index=True, return_counts=True)
    means = centres.copy()
    means[used] = np.add.reduceat(rows[order], starts) / sizes[:, None]
    return means
