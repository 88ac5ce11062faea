"""How much a failing interaction matters: by the cluster of failures that it is one of, where windows keep clusters.

A row belongs to the cluster whose middle it is nearest to, if one of the cluster's known members is no nearer. It
weighs by the cluster's severity times its growth, and more than any failure that is alone. Where the store knows no
active cluster, each interaction's own severity stands: an error or correction 1, a rating of two stars 0.5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.live import LiveStore

Floats = NDArray[np.float32]

ALONE = 0.5
"""Of its own severity that a failure in no cluster keeps; members of clusters have at least so much."""
GROWTH = (0.5, 2.0)
"""Between these the latest window's new members, relative to the windows' before, count."""

_ROWS = """
    SELECT tenant, cluster_id, status, size, coalesce(severity, 0.0) AS severity, coalesce(examples, []) AS examples
    FROM clusters
    QUALIFY row_number() OVER (PARTITION BY tenant, cluster_id, timestamp ORDER BY revision DESC) = 1
    ORDER BY timestamp
"""


class FailureCluster(NamedTuple):
    """An active cluster, as the store knows it."""

    weight: float
    """Severity (0 to 1) times growth, at most 1."""
    members: frozenset[str]
    """Ids of some of its members."""


def active_clusters(store: LiveStore) -> list[FailureCluster]:
    """What windows last said of each cluster that is not resolved."""
    windows: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in store.rows(_ROWS):
        windows[row["tenant"], row["cluster_id"]].append(row)
    return [_cluster(rows) for rows in windows.values() if rows[-1]["status"] == "active" and rows[-1]["examples"]]


def growth(sizes: Sequence[int]) -> float:
    """New members in the latest window, relative to the mean of those before; 1 for a cluster of one window.

    >>> growth([10, 20, 50]), growth([10, 20, 21]), growth([7])
    (2.0, 0.5, 1.0)
    """
    if len(sizes) == 1:
        return 1.0
    before = sizes[-2] / (len(sizes) - 1)
    return float(np.clip((sizes[-1] - sizes[-2]) / max(before, 1.0), *GROWTH))


def weighed(own: Floats, ids: Sequence[str], vectors: Floats, clusters: Sequence[FailureCluster]) -> Floats:
    """The severity of each row, 0 to 1, from its own and its cluster's; `vectors` are of length one."""
    is_member = np.array([[id_ in cluster.members for id_ in ids] for cluster in clusters], bool).reshape(-1, len(ids))
    there = [place for place, row in enumerate(is_member) if row.any()]
    if not there:
        return own
    is_member = is_member[there]
    middles = np.array([_middle(vectors[row]) for row in is_member])
    similarity = vectors @ middles.T
    bounds = np.array([similarity[row, place].min() for place, row in enumerate(is_member)])
    nearest = np.where(is_member.any(axis=0), is_member.argmax(axis=0), similarity.argmax(axis=1))
    is_near = similarity[np.arange(len(ids)), nearest] >= bounds[nearest]
    weights = np.array([clusters[place].weight for place in there])[nearest]
    belongs = is_member.any(axis=0) | (is_near & (own > 0))
    return np.where(belongs, ALONE + (1 - ALONE) * weights, ALONE * own).astype(np.float32)


def _cluster(windows: Sequence[Mapping[str, Any]]) -> FailureCluster:
    latest = windows[-1]
    weight = latest["severity"] / 100 * growth([row["size"] for row in windows])
    return FailureCluster(min(weight, 1.0), frozenset(latest["examples"]))


def _middle(vectors: Floats) -> Floats:
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)
