"""Fine communities of vectors joined into failures: average linkage in as few dimensions as there are failures.

K groups differ along K - 1 directions; along the others members of one group differ from each other, which hides
what they have in common. So vectors are centred and reduced to their first principal components, whose number follows
the number of groups: 16 to begin with, 8 or 32 where that finds few or many. Where there are few groups, the
mean is mostly the groups themselves, and measured from it even the halves of one look apart: so two groups are one
as well where, measured from zero, they are nearly as alike as each is to itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

USUAL_DIMENSIONS = 16
FEW_GROUPS, DIMENSIONS_OF_FEW = 10, 8
MANY_GROUPS, DIMENSIONS_OF_MANY = 20, 32
LIKENESS = 0.5
"""Mean cosine between two groups, in the reduced space, from which they are one."""
PLAIN_RATIO = 0.8
"""Mean cosine of the vectors themselves, over the geometric mean of the cosines within, from which they are one."""
PLAIN_RATIO_OF_FEW = 0.65
"""The same, where there are at most FEW_GROUPS."""

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]
Matrix = NDArray[np.float64]


def merged(vectors: Vectors, fine: Labels, min_size: int, factors: Matrix | float = 1.0) -> Labels:
    """The group of each row; `fine` is its community, numbered from 0. Smaller groups than `min_size` do not count.

    `factors` multiply the likeness of each two communities.
    """
    plain = _plain_ratio(vectors, fine)
    components = _components(vectors, DIMENSIONS_OF_MANY)
    groups = _joined(components[:, :USUAL_DIMENSIONS], fine, plain / PLAIN_RATIO, factors)
    count = int((np.bincount(groups) >= min_size).sum())
    if count <= FEW_GROUPS:
        return _joined(components[:, :DIMENSIONS_OF_FEW], fine, plain / PLAIN_RATIO_OF_FEW, factors)
    return _joined(components, fine, plain / PLAIN_RATIO, factors) if count > MANY_GROUPS else groups


def _joined(components: Matrix, fine: Labels, plain: Matrix, factors: Matrix | float) -> Labels:
    lengths = np.linalg.norm(components, axis=1, keepdims=True)
    means = _means(components / np.maximum(lengths, 1e-9), fine)
    return _linked(np.maximum(means @ means.T / LIKENESS, plain) * factors, np.bincount(fine).astype(np.float64))[fine]


def _components(vectors: Vectors, count: int) -> Matrix:
    """The first principal components of each row, from the eigenvectors of the covariance."""
    centred = (vectors - vectors.mean(axis=0)).astype(np.float64)
    _, directions = np.linalg.eigh(centred.T @ centred)
    components: Matrix = centred @ directions[:, ::-1][:, :count]
    return components


def _plain_ratio(vectors: Vectors, fine: Labels) -> Matrix:
    """Mean cosine between communities over the geometric mean of the two within."""
    sizes, means = np.bincount(fine), _means(vectors.astype(np.float64), fine)
    between = means @ means.T
    within = np.where(sizes > 1, (np.diag(between) * sizes - 1) / np.maximum(sizes - 1, 1), 1.0)
    scale = np.sqrt(np.maximum(within, 0.01))
    ratio: Matrix = between / scale[:, None] / scale
    return ratio


def _means(rows: Matrix, fine: Labels) -> Matrix:
    sizes = np.bincount(fine)
    means = np.zeros((len(sizes), rows.shape[1]))
    np.add.at(means, fine, rows)
    return means / sizes[:, None]


def _linked(likeness: Matrix, sizes: Matrix) -> Labels:
    """The group of each community after joining the two most alike, again and again, while they are at least 1."""
    likeness, sizes = likeness.copy(), sizes.copy()
    np.fill_diagonal(likeness, -np.inf)
    group = np.arange(len(sizes))
    while True:
        one, other = sorted(np.unravel_index(likeness.argmax(), likeness.shape))
        if likeness[one, other] < 1:
            return group
        mean = (sizes[one] * likeness[one] + sizes[other] * likeness[other]) / (sizes[one] + sizes[other])
        likeness[one], likeness[:, one], likeness[one, one] = mean, mean, -np.inf
        likeness[other], likeness[:, other] = -np.inf, -np.inf
        sizes[one] += sizes[other]
        group[group == other] = one
