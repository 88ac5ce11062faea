"""The nearest known vectors of a query: how near they are, and whom they speak for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

VOTERS = 10
"""Neighbours that vote; from 5 to 20 accuracy is the same to a thousandth."""
NEAREST = 5
"""Neighbours whose mean similarity tells how well known a query's neighbourhood is."""
VOTE_SCALE = np.float32(0.05)
"""Of cosine similarity: a neighbour that is so much farther has 1/e of the vote."""


@dataclass(frozen=True)
class Neighbours:
    """Unit vectors of known queries, or means of a few of them, and the agent of each."""

    vectors: Floats
    agent: NDArray[np.int64]

    def look(self, queries: Floats, agents: int) -> tuple[Doubles, Doubles]:
        """For each query the share of the vote that each agent gets, and the similarity of its neighbourhood."""
        similarity = queries @ self.vectors.T
        count = min(VOTERS, similarity.shape[1])
        nearest = np.argpartition(-similarity, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(similarity, nearest, axis=1)
        weight = np.exp((near - near.max(axis=1, keepdims=True)) / VOTE_SCALE)
        weight /= weight.sum(axis=1, keepdims=True)
        place = np.arange(len(queries))[:, None] * agents + self.agent[nearest]
        votes = np.bincount(place.ravel(), weight.ravel(), len(queries) * agents).reshape(len(queries), agents)
        return votes.astype(np.float64), np.sort(near, axis=1)[:, -NEAREST:].mean(axis=1, dtype=np.float64)
