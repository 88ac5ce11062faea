"""Do the rows of the current sample keep to themselves? Schilling's test on the nearest neighbours of both together.

Were both samples from one place, a row's neighbours would be current ones as often as rows are. New topics lie
together, however near the old ones they are, and so do topics that grew. The graph of neighbours knows nothing of the
labels: mean and variance of the count of current neighbours of current rows follow from it for any permutation of them.

M. F. Schilling, "Multivariate two-sample tests based on nearest neighbors", 1986.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from consumers.drift.tails import SMALLEST
from consumers.largest import largest

NEIGHBOURS = 5
"""Of each row: as many as there are queries of a small new topic among some hundred."""
SAME = 0.9999
"""Cosine from which two queries are the same one: a repeated query is not its own neighbour."""
BLOCK = 256
"""Rows of similarities in memory at once, and their order: 30 MB at 10,000 vectors."""


def neighbours_p_value(reference: NDArray[np.float32], current: NDArray[np.float32]) -> float:
    """One-sided p-value of current rows' having more current neighbours than chance; rows have length 1.

    >>> rows = np.random.default_rng(0).standard_normal((400, 8)).astype(np.float32)
    >>> rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    >>> neighbours_p_value(rows[:300], rows[300:]) > 0.05
    True
    >>> neighbours_p_value(rows[rows[:, 0] < 0], rows[rows[:, 0] > 0]) < 0.001
    True
    """
    both = np.vstack([reference, current])
    order = np.random.default_rng(0).permutation(len(both))
    is_current = order >= len(reference)
    near = _nearest(both[order], min(NEIGHBOURS, len(both) - 1))
    count = int(is_current[near][is_current].sum())
    mean, variance = _moments(near, len(current))
    return max(float(ndtr((mean - count + 0.5) / np.sqrt(max(variance, 1e-12)))), SMALLEST)


def _nearest(rows: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Places of the nearest others of each row that are not the same; the order of rows breaks ties."""
    near = np.empty((len(rows), count), np.int64)
    for first in range(0, len(rows), BLOCK):
        similar = rows[first : first + BLOCK] @ rows.T
        similar[similar > SAME] = -1.0
        places = np.arange(len(similar))
        similar[places, first + places] = -2.0
        near[first : first + BLOCK] = largest(similar, count)[0]
    return near


def _moments(near: NDArray[np.int64], chosen: int) -> tuple[float, float]:
    """Mean and variance of the edges within `chosen` rows drawn at random, in the graph of each row's neighbours.

    Two edges may be the same or each other's reverse (two rows), share one row (three), or none (four).
    """
    total, edges = len(near), near.size
    two, three, four = np.cumprod([(chosen - k) / (total - k) for k in range(4)])[1:]
    pairs = np.repeat(np.arange(total), near.shape[1]) * total + near.ravel()
    mutual = int(np.isin(near.ravel() * total + pairs // total, pairs).sum())
    degrees = near.shape[1] + np.bincount(near.ravel(), minlength=total)
    touching = float((degrees.astype(float) ** 2).sum()) - 2 * edges - 2 * mutual
    apart = float(edges) ** 2 - edges - mutual - touching
    mean = edges * two
    return mean, (edges + mutual) * two + touching * three + apart * four - mean**2
