"""Where each failing interaction of a window belongs, and what that says about the clusters: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from consumers.failures.identity import PATIENCE, match, prior, told_apart
from consumers.failures.newcomers import parted
from consumers.failures.partition import NOISE, Labels, Vectors, partition
from consumers.failures.state import Cluster, Failing, unpacked
from headrace.errors import ConfigError

ID_DIGITS = 12
"""Hexadecimal: among 10,000 clusters two share a name with a chance of 2e-7."""


@dataclass
class Assignment:
    """The window's answer, by cluster ids."""

    homes: list[str | None]
    """The cluster of each member, in the members' order; None for one without a cluster."""
    born: list[str] = field(default_factory=list)
    split: dict[str, str] = field(default_factory=dict)
    """New clusters, and the one that each was a part of."""
    merged: dict[str, list[str]] = field(default_factory=dict)
    """Clusters, and those that they took in."""
    together: dict[str, dict[str, int]] = field(default_factory=dict)
    """For clusters that were seen: how many windows in a row each other one could not be told from it."""
    divided: dict[str, int] = field(default_factory=dict)
    """For clusters that were seen: how many windows in a row they fell into two."""


def assign(known: Sequence[Cluster], members: Sequence[Failing], tenant: str, min_size: int) -> Assignment:
    """Groups members together with the known clusters' exemplars. `members` are sorted by id.

    Raises ConfigError where vectors have different lengths: another embedder made them.
    """
    vectors, cluster_of = _rows(known, members)
    groups = partition(vectors, min_size, lambda rows, fine: prior(fine, cluster_of[rows]))
    groups = parted(vectors, groups, cluster_of != NOISE)
    return _Assigner(known, members, tenant, min_size, vectors, groups, cluster_of).run()


def cluster_id(tenant: str, first_member: str) -> str:
    """The name of the cluster that this interaction is the first member of.

    >>> cluster_id("default", "018bcfe5-6800-7000-8000-000000000000")
    'fc-98fea2cfa064'
    """
    digest = hashlib.sha256("\0".join((tenant, first_member)).encode())
    return f"fc-{digest.hexdigest()[:ID_DIGITS]}"


def _rows(known: Sequence[Cluster], members: Sequence[Failing]) -> tuple[Vectors, Labels]:
    exemplars = [(place, one.vector) for place, cluster in enumerate(known) for one in cluster.exemplars]
    packed = [vector for _, vector in exemplars] + [member.vector for member in members]
    if len(lengths := {len(vector) for vector in packed}) > 1:
        raise ConfigError(
            f"vectors of {sorted(lengths)} dimensions: failures are clustered with one embedder; to change it, "
            "begin with an empty state"
        )
    cluster_of = np.array([place for place, _ in exemplars] + [NOISE] * len(members), np.int64)
    return unpacked(packed), cluster_of


class _Assigner:
    """The steps of `assign`, over what they share."""

    def __init__(
        self,
        known: Sequence[Cluster],
        members: Sequence[Failing],
        tenant: str,
        min_size: int,
        vectors: Vectors,
        groups: Labels,
        cluster_of: Labels,
    ) -> None:
        self._known, self._members, self._tenant, self._min_size = known, members, tenant, min_size
        self._vectors, self._groups, self._cluster_of = vectors, groups, cluster_of
        self._first = len(cluster_of) - len(members)
        self._result = Assignment([None] * len(members))

    def run(self) -> Assignment:
        found = match(self._groups, self._cluster_of)
        for owners in found.owner.values():
            for place in owners:
                self._result.together[self._known[place].cluster_id] = {}
                self._result.divided[self._known[place].cluster_id] = 0
        for group, owners in found.owner.items():
            rows = np.flatnonzero(self._groups == group)
            rows = rows[rows >= self._first]
            if len(owners) == 1:
                self._put(rows, self._known[owners[0]].cluster_id)
            elif owners:
                self._shared(rows, owners)
            elif group in found.part_of:
                self._part(rows, self._known[found.part_of[group]])
            elif len(rows) >= self._min_size:
                self._born(rows)
        return self._result

    def _put(self, rows: Labels, home: str) -> None:
        for row in rows:
            self._result.homes[row - self._first] = home

    def _born(self, rows: Labels) -> str:
        name = cluster_id(self._tenant, self._members[rows[0] - self._first].interaction_id)
        self._put(rows, name)
        self._result.born.append(name)
        return name

    def _part(self, rows: Labels, whole: Cluster) -> None:
        """A part goes by the whole's name until it has been apart often enough."""
        windows = whole.divided + 1
        self._result.divided[whole.cluster_id] = windows
        if windows < PATIENCE or len(rows) < self._min_size:
            self._put(rows, whole.cluster_id)
            return
        self._result.divided[whole.cluster_id] = 0
        part = self._born(rows)
        self._result.born.remove(part)
        self._result.split[part] = whole.cluster_id

    def _shared(self, rows: Labels, owners: list[int]) -> None:
        """Clusters in one group are told apart by their exemplars until they have been one often enough."""
        names = [self._known[place].cluster_id for place in owners]
        for (one, place), (other, _) in pairwise(zip(names, owners, strict=True)):
            self._result.together[one][other] = self._known[place].together.get(other, 0) + 1
        if all(self._result.together[one][other] >= PATIENCE for one, other in pairwise(names)):
            self._result.merged[names[0]] = names[1:]
            self._put(rows, names[0])
            return
        exemplars = np.flatnonzero(np.isin(self._cluster_of, owners))
        nearest = told_apart(self._vectors[rows], self._vectors[exemplars], self._cluster_of[exemplars].tolist())
        for row, place in zip(rows, nearest, strict=True):
            self._put(np.array([row]), self._known[place].cluster_id if place != NOISE else names[0])
