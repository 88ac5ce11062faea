"""Communities of a weighted graph: Louvain's method, in a fixed order so that equal graphs give equal answers.

Blondel et al., "Fast unfolding of communities in large networks", 2008. Each node moves to the neighbouring
community where modularity gains most, until none moves; the communities become the nodes of a smaller graph, and so on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

MAX_SWEEPS = 20
"""Over all nodes of one level: usually 3 to 8 are enough; a few nodes may swing for ever."""
MIN_GAIN = 1e-12
"""Smaller gains are rounding."""


def communities(graph: csr_array, resolution: float) -> NDArray[np.int64]:
    """The community of each node, numbered from 0; `graph` is symmetric with weights >= 0.

    >>> import numpy as np
    >>> pairs = np.kron(np.eye(2), np.ones((3, 3))) - np.eye(6)
    >>> communities(csr_array(pairs), 1.0)
    array([0, 0, 0, 1, 1, 1])
    """
    found = np.arange(graph.shape[0])
    while True:
        members = _moved(graph, resolution)
        names, coarse = np.unique(members, return_inverse=True)
        if len(names) == graph.shape[0]:
            return found
        found = coarse[found]
        folding = csr_array((np.ones(len(coarse)), (np.arange(len(coarse)), coarse)))
        graph = csr_array(folding.T @ graph @ folding)


def _moved(graph: csr_array, resolution: float) -> list[int]:
    """The community of each node after the moves of one level; plain lists, for numpy's scalars are slow."""
    starts, targets, weights = graph.indptr.tolist(), graph.indices.tolist(), graph.data.tolist()
    degrees: list[float] = graph.sum(axis=1).tolist()
    total = sum(degrees) or 1.0
    home = list(range(len(degrees)))
    inside = degrees.copy()
    for _ in range(MAX_SWEEPS):
        moved = False
        for node, degree in enumerate(degrees):
            near: dict[int, float] = {}
            for edge in range(starts[node], starts[node + 1]):
                if (other := targets[edge]) != node:
                    near[home[other]] = near.get(home[other], 0.0) + weights[edge]
            old = home[node]
            inside[old] -= degree
            share = resolution * degree / total
            best, gain = old, near.get(old, 0.0) - share * inside[old]
            for candidate, weight in near.items():
                if weight - share * inside[candidate] > gain + MIN_GAIN:
                    best, gain = candidate, weight - share * inside[candidate]
            inside[best] += degree
            home[node] = best
            moved |= best != old
        if not moved:
            break
    return home
