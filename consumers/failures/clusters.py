"""One window's failures into clusters that keep their names: a pure function of the window and the last state.

`update` is given a tenant's failures of a closed window and the state after the window before, and returns who
belongs where, the next state, and what changed. Failures are sorted by id first and a cluster is named after its
first member, so a replay gives the same clusters under the same names. To revise a window, call it again with the
state from before it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import sqrt
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from consumers.failures.assignment import Assignment, assign, cluster_id
from consumers.failures.partition import NOISE, Labels
from consumers.failures.state import (
    MAX_CLUSTERS,
    MAX_EXEMPLARS,
    MAX_NAMES,
    MAX_PENDING,
    MAX_WINDOWS,
    Cluster,
    ClusterState,
    Failing,
    WindowCount,
)

RESOLVED_AFTER = 3
"""Windows with traffic and without a member after which a cluster counts as resolved."""
GROWTH_FACTOR = 2.0
"""Times its mean rate in the windows before, from which a cluster grows."""
GROWTH_DEVIATIONS = 3.0
"""Above that mean, in standard deviations of a Poisson count: chance alone is no growth."""

Kind = Literal["born", "growing", "merged", "split", "resolved", "regressed"]


class Window(NamedTuple):
    """A closed window of one tenant."""

    start: datetime
    interactions: int
    """All of the tenant in this window, failing or not."""


class Change(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Something that happened to a cluster in a window: what alerts are made of."""

    kind: Kind
    cluster_id: str
    start: datetime
    """Of the window."""
    failures: int = 0
    """Members in the window."""
    others: list[str] = []
    """Merged: the clusters that it took in. Split: the one that it came from."""


class Update(NamedTuple):
    """After one window: the cluster of each failing interaction that has one, the state, and the changes."""

    cluster_of: dict[str, str]
    state: ClusterState
    changes: list[Change]


def update(state: ClusterState, window: Window, failures: Iterable[Failing], min_size: int = 5) -> Update:
    """The clusters after `window`. Raises ConfigError for vectors of another length than the state's."""
    by_id = {failure.interaction_id: failure for failure in (*state.pending, *failures)}
    members = [by_id[id_] for id_ in sorted(by_id)]
    return _applied(state, window, members, assign(state.clusters, members, state.tenant, min_size))


def grouped(tenant: str, window: Window, members: Sequence[Failing], groups: Labels) -> Update:
    """The clusters of one bounded set, whose `members`, sorted by id, were grouped already."""
    names: dict[int, str] = {}
    for member, group in zip(members, groups, strict=True):
        if group != NOISE:
            names.setdefault(int(group), cluster_id(tenant, member.interaction_id))
    homes = [names.get(int(group)) for group in groups]
    return _applied(ClusterState(tenant=tenant), window, members, Assignment(homes, list(names.values())))


def _applied(state: ClusterState, window: Window, members: Sequence[Failing], assignment: Assignment) -> Update:
    waiting = {failure.interaction_id for failure in state.pending}
    gained: dict[str, list[Failing]] = defaultdict(list)
    cluster_of: dict[str, str] = {}
    for member, home in zip(members, assignment.homes, strict=True):
        if home is not None:
            gained[home].append(member)
            cluster_of[member.interaction_id] = home
    clusters, changes = _after(state, window, assignment, gained, waiting)
    pending = [member for member in members if member.interaction_id not in cluster_of][-MAX_PENDING:]
    return Update(cluster_of, replace(state, clusters=_bounded(clusters), pending=pending), changes)


def resolve(state: ClusterState, cluster_id: str) -> ClusterState:
    """The state in which somebody says that this failure is fixed: its next members are a regression."""
    return replace(
        state,
        clusters=[replace(c, status="resolved") if c.cluster_id == cluster_id else c for c in state.clusters],
    )


def _after(
    state: ClusterState,
    window: Window,
    assignment: Assignment,
    gained: Mapping[str, Sequence[Failing]],
    waiting: set[str],
) -> tuple[list[Cluster], list[Change]]:
    absorbed = {other: into for into, others in assignment.merged.items() for other in others}
    by_id = {cluster.cluster_id: cluster for cluster in state.clusters}
    clusters, changes = [], []
    for name in (*by_id, *assignment.born, *assignment.split):
        if name in absorbed:
            continue
        members = gained.get(name, ())
        fresh = sum(member.interaction_id not in waiting for member in members)
        before = by_id.get(name) or _new(name, members, assignment.split.get(name))
        for other in assignment.merged.get(name, ()):
            before = _united(before, by_id[other])
        after = _counted(before, window, members, fresh, assignment)
        kinds = _kinds(before, after, window, fresh, assignment)
        others = assignment.merged.get(name) or ([after.split_from] if "split" in kinds and after.split_from else [])
        changes += [
            Change(
                kind=kind,
                cluster_id=name,
                start=window.start,
                failures=fresh,
                others=others if kind in ("merged", "split") else [],
            )
            for kind in kinds
        ]
        clusters.append(replace(after, status=_status(after, kinds)))
    return clusters, changes


def _new(name: str, members: Sequence[Failing], split_from: str | None) -> Cluster:
    times = [member.timestamp for member in members]
    return Cluster(cluster_id=name, first_seen=min(times), last_seen=max(times), split_from=split_from)


def _united(one: Cluster, other: Cluster) -> Cluster:
    return replace(
        one,
        first_seen=min(one.first_seen, other.first_seen),
        last_seen=max(one.last_seen, other.last_seen),
        size=one.size + other.size,
        flags=_summed(one.flags, other.flags),
        evidence=_summed(one.evidence, other.evidence),
        agents=_summed(one.agents, other.agents),
        versions=_summed(one.versions, other.versions),
        exemplars=_chosen([*one.exemplars, *other.exemplars]),
        merged_from=[*one.merged_from, other.cluster_id],
    )


def _counted(
    cluster: Cluster, window: Window, members: Sequence[Failing], fresh: int, assignment: Assignment
) -> Cluster:
    name = cluster.cluster_id
    cluster = replace(
        cluster,
        together=assignment.together.get(name, cluster.together),
        divided=assignment.divided.get(name, cluster.divided),
        windows=_with(cluster.windows, WindowCount(window.start, fresh, window.interactions)),
    )
    if not members:
        return replace(cluster, quiet=cluster.quiet + (window.interactions > 0))
    findings = [finding for member in members for finding in member.findings]
    versions = (f"{member.agent} {member.version}" for member in members if member.version)
    return replace(
        cluster,
        first_seen=min(cluster.first_seen, *(member.timestamp for member in members)),
        last_seen=max(cluster.last_seen, *(member.timestamp for member in members)),
        size=cluster.size + len(members),
        flags=_summed(cluster.flags, Counter(flag for m in members for flag in {f.flag for f in m.findings})),
        evidence=_summed(cluster.evidence, Counter(f"{f.flag}:{f.detail}" for f in findings if _counts(f.detail))),
        agents=_summed(cluster.agents, Counter(member.agent for member in members)),
        versions=_summed(cluster.versions, Counter(versions)),
        exemplars=_chosen([*cluster.exemplars, *members]),
        quiet=0,
    )


def _with(windows: list[WindowCount], count: WindowCount) -> list[WindowCount]:
    return [*windows, count][-MAX_WINDOWS:] if count.interactions else windows


def _counts(detail: str) -> bool:
    """Details that name an interaction are evidence of one member, not of the cluster."""
    return bool(detail) and not detail.startswith("repeats:")


def _kinds(before: Cluster, after: Cluster, window: Window, fresh: int, assignment: Assignment) -> list[Kind]:
    name, kinds = after.cluster_id, list[Kind]()
    if name in assignment.split:
        kinds.append("split")
    elif name in assignment.born:
        kinds.append("born")
    elif before.status == "resolved" and fresh:
        kinds.append("regressed")
    elif _grows(before, window, fresh):
        kinds.append("growing")
    if name in assignment.merged:
        kinds.append("merged")
    if before.status == "active" and after.quiet >= RESOLVED_AFTER:
        kinds.append("resolved")
    return kinds


def _grows(before: Cluster, window: Window, fresh: int) -> bool:
    interactions = sum(count.interactions for count in before.windows)
    if not interactions:
        return False
    usual = sum(count.failures for count in before.windows) * window.interactions / interactions
    return fresh >= GROWTH_FACTOR * usual and fresh - usual >= GROWTH_DEVIATIONS * sqrt(max(usual, 1.0))


def _status(after: Cluster, kinds: Sequence[Kind]) -> Literal["active", "resolved"]:
    if "resolved" in kinds:
        return "resolved"
    return "active" if "regressed" in kinds else after.status


def _chosen(members: Iterable[Failing]) -> list[Failing]:
    """Those whose ids hash lowest, in the order of their ids: the same whatever came first, and in how many parts."""
    unique = {member.interaction_id: member for member in members}
    chosen = sorted(unique, key=lambda id_: hashlib.blake2b(id_.encode(), digest_size=8).digest())[:MAX_EXEMPLARS]
    return [unique[id_] for id_ in sorted(chosen)]


def _summed(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Counts of both by name, the largest MAX_NAMES of them."""
    both = Counter(one) + Counter(other)
    return dict(sorted(both.items(), key=lambda item: (-item[1], item[0]))[:MAX_NAMES])


def _bounded(clusters: Sequence[Cluster]) -> list[Cluster]:
    kept = sorted(clusters, key=lambda cluster: (cluster.last_seen, cluster.cluster_id))[-MAX_CLUSTERS:]
    return sorted(kept, key=lambda cluster: (cluster.first_seen, cluster.cluster_id))
