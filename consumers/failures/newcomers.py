"""A new failure that looks like a known one: parts of a group in which, against all chance, nothing is known.

Were a group's fresh members one failure with its exemplars, every neighbourhood in it would hold some of both. A
community of fresh members that holds fewer exemplars than chance allows is a failure of its own, and takes with it the
fresh members that resemble it more than they resemble the exemplars.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from consumers.failures.communities import communities
from consumers.failures.partition import NOISE, Labels, Vectors, attached, neighbour_graph, neighbours

LEAST_KNOWN = 8
"""Exemplars in a group, below which their absence from a part of it says nothing."""
LEAST_NEW = 8
"""Fresh members of a part that may be a failure of its own."""
MOST_KNOWN_SHARE = 0.15
"""Of a part's members that may be exemplars: a few are always misplaced."""
CHANCE = 1e-3
"""Of so few exemplars in a part, had they and the fresh members the same place: a window has some thirty parts."""
NEIGHBOURS = 8
"""Of each member in the graph of its group, which is smaller than a window's."""
RESOLUTION = 1.0
"""Modularity's own: the parts are to be as large as they can be told apart."""

Mask = NDArray[np.bool_]


def parted(vectors: Vectors, groups: Labels, is_known: Mask) -> Labels:
    """`groups`, in which fresh members that are no part of what is known in their group form a group of their own."""
    result = groups.copy()
    for group in np.unique(groups[is_known & (groups != NOISE)]):
        rows = np.flatnonzero(groups == group)
        known = is_known[rows]
        if known.sum() >= LEAST_KNOWN and (~known).sum() >= LEAST_NEW:
            result[rows[_new(vectors[rows], known)]] = result.max() + 1
    return result


def _new(vectors: Vectors, known: Mask) -> Mask:
    """Which members of one group are a new failure: none, mostly."""
    part_of = communities(neighbour_graph(*neighbours(vectors, NEIGHBOURS)), RESOLUTION)
    sizes, exemplars = np.bincount(part_of), np.bincount(part_of, weights=known)
    lacking = _at_most(exemplars, known, sizes) <= CHANCE
    apart = lacking & (sizes - exemplars >= LEAST_NEW) & (exemplars <= MOST_KNOWN_SHARE * sizes)
    sides = np.where(known, 0, np.where(apart[part_of], 1, NOISE))
    return attached(vectors, sides) == 1 if apart.any() else np.zeros(len(known), np.bool_)


def _at_most(exemplars: NDArray[Any], known: Mask, sizes: NDArray[Any]) -> NDArray[np.float64]:
    """Chance of so few exemplars in parts of these sizes, drawn at random (hypergeometric)."""
    total, marked = len(known), int(known.sum())
    counts, drawn = np.arange(marked + 1), sizes[:, None]
    rest = drawn - counts
    possible = (rest >= 0) & (rest <= total - marked) & (counts <= exemplars[:, None])
    ways = _log_choices(marked, counts) + _log_choices(total - marked, np.clip(rest, 0, total - marked))
    chances = np.exp(ways - _log_choices(total, drawn))
    return np.asarray(np.where(possible, chances, 0.0).sum(axis=1))


def _log_choices(total: int, chosen: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(-np.log1p(total) - betaln(total - chosen + 1, chosen + 1))
