"""Which group of this window is which failure of the last: the names that stay.

Each known cluster lends the window its exemplars; they are grouped together with the window's failures, and where
most of them fall is where the cluster lives now. A cluster is not merged or split on one window's word: what
cannot be told apart (or falls apart) has to do so in `PATIENCE` windows in a row. Until then members of a shared
group go to the cluster whose exemplars they resemble most, and a part goes by the whole's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from consumers.failures.partition import NOISE, Labels, Vectors, attached

PATIENCE = 3
"""Windows in a row before a merge or a split is believed."""
HOME_SHARE = 0.3
"""Of a cluster's exemplars that its group has to hold: below it, the cluster did not occur."""
PART_SHARE = 0.2
"""Of a cluster's exemplars in another group from which that group is a part of it, not something new."""


class Match(NamedTuple):
    """What became of the groups. Clusters are named by their place among the known ones."""

    owner: dict[int, list[int]]
    """The clusters that live in each group: none where it is new, several where they cannot be told apart."""
    part_of: dict[int, int]
    """Groups without an owner that hold a good part of a cluster."""


def match(groups: Labels, cluster_of: Labels) -> Match:
    """Finds each cluster's group; `cluster_of` names the cluster of an exemplar, NOISE for other rows."""
    owner: dict[int, list[int]] = {int(group): [] for group in np.unique(groups) if group != NOISE}
    shares = {
        int(cluster): _shares(groups[cluster_of == cluster]) for cluster in np.unique(cluster_of) if cluster != NOISE
    }
    for cluster, share in shares.items():
        home = max(share, key=lambda group: (share[group], -group), default=NOISE)
        if home != NOISE and share[home] >= HOME_SHARE:
            owner[home].append(cluster)
    part_of = {}
    for group in (group for group, owners in owner.items() if not owners):
        parts = {cluster: share.get(group, 0.0) for cluster, share in shares.items()}
        whole = max(parts, key=lambda cluster: (parts[cluster], -cluster), default=NOISE)
        if whole != NOISE and parts[whole] >= PART_SHARE:
            part_of[group] = whole
    return Match(owner, part_of)


def told_apart(vectors: Vectors, exemplars: Vectors, cluster_of: Sequence[int]) -> Labels:
    """For each row the cluster whose exemplars it resembles most; NOISE where it resembles none."""
    labels = np.concatenate([np.asarray(cluster_of, np.int64), np.full(len(vectors), NOISE)])
    return attached(np.vstack([exemplars, vectors]), labels)[len(exemplars) :]


def _shares(groups: Labels) -> dict[int, float]:
    names, counts = np.unique(groups[groups != NOISE], return_counts=True)
    return {int(name): float(count) / len(groups) for name, count in zip(names, counts, strict=True)}
