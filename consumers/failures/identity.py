"""Which group of this window is which failure of the last: the names that stay.

Each known cluster lends the window its exemplars; they are grouped together with the window's failures, and where
most of them fall is where the cluster lives now. Whose exemplars two communities hold, and how many among how many
fresh members, says whether they are one failure (`prior`). A cluster is not merged or split on one window's word: what
cannot be told apart (or falls apart) has to do so in `PATIENCE` windows in a row. Until then members of a shared
group go to the cluster whose exemplars they resemble most, and a part goes by the whole's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from consumers.failures.merging import Matrix
from consumers.failures.partition import NOISE, Labels, Vectors, attached

PATIENCE = 5
"""Windows in a row before a merge or a split is believed."""
HOME_SHARE = 0.3
"""Of a cluster's exemplars that its group has to hold: below it, the cluster did not occur."""
PART_SHARE = 0.2
"""Of a cluster's exemplars in another group from which that group is a part of it, not something new."""
TRUST = 0.3
"""By how much more alike than they look two communities are whose members the past shares out alike: a failure
that was one is not divided by one window's sample of it."""
DOUBT = 0.4
"""By how much less alike those are of which at most one is known, or each as another cluster."""
SURE_SIZE = 8
"""Members of a community from which it is no chance that it holds no exemplar, were it part of a known cluster."""


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


def prior(fine: Labels, cluster_of: Labels) -> Matrix:
    """How much more alike than they look communities are, for whose exemplars they hold.

    From 1 + TRUST where two hold each cluster's exemplars, and fresh members, in equal shares to 1 - DOUBT where at
    most half of their shares agree: parts of one failure do the former, and a new one beside a known one the latter.
    """
    kinds = np.unique(np.append(cluster_of, NOISE))
    held = np.zeros((fine.max() + 1, len(kinds)))
    np.add.at(held, fine, (cluster_of[:, None] == kinds).astype(np.float64))
    shares = held / held.sum(axis=1, keepdims=True)
    agreed = np.stack([np.clip(2 * np.minimum(one, shares).sum(axis=1) - 1, 0, 1) for one in shares])
    known = shares[:, 0] < 1
    sure = known | (held.sum(axis=1) >= SURE_SIZE)
    factors = 1 - DOUBT + (TRUST + DOUBT) * agreed
    return np.where((known[:, None] & sure) | (sure[:, None] & known), factors, 1.0)


def told_apart(vectors: Vectors, exemplars: Vectors, cluster_of: Sequence[int]) -> Labels:
    """For each row the cluster whose exemplars it resembles most; NOISE where it resembles none."""
    labels = np.concatenate([np.asarray(cluster_of, np.int64), np.full(len(vectors), NOISE)])
    return attached(np.vstack([exemplars, vectors]), labels)[len(exemplars) :]


def _shares(groups: Labels) -> dict[int, float]:
    names, counts = np.unique(groups[groups != NOISE], return_counts=True)
    return {int(name): float(count) / len(groups) for name, count in zip(names, counts, strict=True)}
