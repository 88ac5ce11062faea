"""Groups of vectors that mean the same, and what belongs to none: one window's work, without memory.

    1. dense    a vector counts where its 4th nearest other is nearer than `FLOOR`: scattered failures have no four
                like them, and are left out before they can distort the rest
    2. near     each dense vector is joined to its 12 nearest; the graph falls into fine communities
    3. merged   communities are joined by average linkage on their main components, see `merging`
    4. attached what was left out joins the group whose three nearest members are nearer than `FLOOR`

`benchmarks/failure_clusters.py` compares it with HDBSCAN, DBSCAN, k-means and average linkage.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from consumers.failures.communities import communities
from consumers.failures.merging import Matrix, merged
from consumers.largest import largest

FLOOR = 0.45
"""Cosine below which texts are strangers: of 300 texts on 300 subjects, fewer than 1 in 100 has its 4th nearest
nearer, with both embedders of Headrace."""
NEIGHBOURS = 12
"""Of each vector in the graph: 8 to 15 give the same groups within the noise."""
RESOLUTION = 3.0
"""Finer than modularity's own 1, so that no community holds two small failures; step 3 joins what is one."""
NEAREST_MEMBERS = 3
"""Of a group that a vector has to resemble to be attached."""
AT_ONCE = 5_000
"""Vectors compared all with all; of more, so many are grouped first and the others attached to them."""
BLOCK = 1_024
"""Rows of similarities in memory at once: 40 MB at 10,000 vectors."""

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]
NOISE = -1


Prior = Callable[[Labels, Labels], Matrix]
"""From the places of rows and their communities: by how much to multiply the likeness of each two communities."""


def partition(vectors: Vectors, min_size: int = 5, prior: Prior | None = None) -> Labels:
    """The group of each row, from 0, or NOISE; rows have length 1. Equal input in equal order gives equal groups."""
    labels = np.full(len(vectors), NOISE)
    left = np.arange(len(vectors))
    while len(left) >= min_size:
        some = left[:: -(-len(left) // AT_ONCE)]
        groups = _grouped(vectors, some, min_size, prior)
        if not (groups != NOISE).any():
            break
        labels[some] = np.where(groups == NOISE, NOISE, groups + labels.max() + 1)
        labels = attached(vectors, labels)
        if len(some) == len(left):
            break
        left = np.flatnonzero(labels == NOISE)
    return labels


def attached(vectors: Vectors, labels: Labels) -> Labels:
    """`labels`, with each NOISE row in the group whose nearest members it resembles, where there is one."""
    members, strangers = np.flatnonzero(labels != NOISE), np.flatnonzero(labels == NOISE)
    if not len(members) or not len(strangers):
        return labels
    members = members[np.argsort(labels[members], kind="stable")]
    starts = np.flatnonzero(np.diff(labels[members], prepend=NOISE))
    names = labels[members[starts]]
    result = labels.copy()
    for first in range(0, len(strangers), BLOCK):
        rows = strangers[first : first + BLOCK]
        nearness = _nearness(vectors[rows] @ vectors[members].T, starts)
        best = nearness.argmax(axis=1)
        near = nearness[np.arange(len(rows)), best] >= FLOOR
        result[rows[near]] = names[best[near]]
    return result


def _nearness(similarities: NDArray[np.float32], starts: Labels) -> NDArray[np.float32]:
    """Of each row to each group: the mean over the nearest members; columns of a group stand together."""
    ends = [*starts[1:], similarities.shape[1]]
    columns = []
    for start, end in zip(starts, ends, strict=True):
        count = min(NEAREST_MEMBERS, end - start)
        group = similarities[:, start:end]
        columns.append(largest(group, count)[1].mean(axis=1))
    return np.stack(columns, axis=1)


def _grouped(every: Vectors, some: Labels, min_size: int, prior: Prior | None) -> Labels:
    vectors = every[some]
    labels = np.full(len(vectors), NOISE)
    nearest, similarities = neighbours(vectors, max(NEIGHBOURS, min_size - 1))
    dense = np.flatnonzero(similarities[:, min_size - 2] >= FLOOR) if len(vectors) >= min_size else labels[:0]
    if len(dense) < min_size:
        return labels
    if len(dense) < len(vectors):
        nearest, similarities = neighbours(vectors[dense], NEIGHBOURS)
    fine = communities(neighbour_graph(nearest[:, :NEIGHBOURS], similarities[:, :NEIGHBOURS]), RESOLUTION)
    factors = prior(some[dense], fine) if prior else 1.0
    labels[dense] = _large_enough(merged(vectors[dense], fine, min_size, factors), min_size)
    return labels


def neighbours(vectors: Vectors, count: int) -> tuple[Labels, NDArray[np.float32]]:
    """The `count` nearest other rows of each, nearest first, and how near they are."""
    count = min(count, len(vectors) - 1)
    nearest = np.empty((len(vectors), count), np.int64)
    values = np.empty((len(vectors), count), np.float32)
    for first in range(0, len(vectors), BLOCK):
        block = vectors[first : first + BLOCK] @ vectors.T
        rows = np.arange(len(block))
        block[rows, first + rows] = -np.inf
        nearest[first : first + BLOCK], values[first : first + BLOCK] = largest(block, count)
    return nearest, values


def neighbour_graph(nearest: Labels, similarities: NDArray[np.float32]) -> csr_array:
    """Symmetric, weighted by the squared similarity: near neighbours decide."""
    rows = np.repeat(np.arange(len(nearest)), nearest.shape[1])
    weights = np.maximum(similarities, 0).astype(np.float64).ravel() ** 2
    directed = csr_array((weights, (rows, nearest.ravel())), shape=(len(nearest), len(nearest)))
    return csr_array(directed.maximum(directed.T))


def _large_enough(labels: Labels, min_size: int) -> Labels:
    """Numbered from 0 in the order of their first members; smaller groups are NOISE."""
    names, first, inverse, counts = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    numbers = np.full(len(names), NOISE)
    large = np.flatnonzero(counts >= min_size)
    numbers[large[np.argsort(first[large])]] = np.arange(len(large))
    return numbers[inverse]
