"""Many sentence vectors as few: what a full-tier router keeps of its examples.

Few, so that a decision is quick whatever the training set's size; and means of several examples, so that a router
does not carry single users' queries about.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

from headrace.router.neighbours import Neighbours
from headrace.router.tfidf import Floats

SHARE = 3
"""Examples for each prototype; 3 are as good as all of them."""
AT_MOST = 3000
"""Prototypes: half a millisecond of each decision at 384 dimensions."""
ROUNDS = 20
"""Of k-means over batches of 2,048; a handful would cost a thousandth of accuracy."""


def prototypes(vectors: Floats, agent: NDArray[np.int64], seed: int = 0) -> Neighbours:
    """Unit means of nearby vectors of the same agent; each agent gets as many as its share of the examples."""
    many = min(len(vectors) // SHARE, AT_MOST)
    parts = []
    for number in np.unique(agent):
        mine = vectors[agent == number]
        parts.append((number, _means(mine, max(1, len(mine) * many // len(vectors)), seed)))
    owners = np.concatenate([np.full(len(means), number, np.int64) for number, means in parts])
    return Neighbours(np.concatenate([means for _, means in parts]), owners)


def _means(vectors: Floats, count: int, seed: int) -> Floats:
    found = MiniBatchKMeans(count, n_init=1, max_iter=ROUNDS, batch_size=2048, random_state=seed).fit(vectors)
    means = found.cluster_centers_.astype(np.float32)
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), np.float32)
