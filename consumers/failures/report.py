"""Clusters as people and programs read them: the worst first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from consumers.failures.advice import rate, severity, suggestions
from consumers.failures.state import Cluster, ClusterState, Status, WindowCount
from consumers.failures.titles import key_phrases, medoid

EXAMPLES = 5
"""Shown of each cluster."""


class ClusterReport(msgspec.Struct, frozen=True, kw_only=True):
    """One failure: what it is, how bad, since when, where, and what to do."""

    cluster_id: str
    tenant: str
    title: str
    """Key phrases; empty where the members have no words in common."""
    status: Status
    severity: float
    """0 to 100, see `consumers.failures.advice`."""
    size: int
    """Members ever."""
    rate: float
    """Of the tenant's interactions, in the latest windows."""
    first_seen: datetime
    last_seen: datetime
    flags: dict[str, int]
    agents: dict[str, int]
    versions: dict[str, int]
    medoid: str
    """The most typical query, sanitized."""
    examples: list[str]
    example_ids: list[str]
    suggestions: list[str]
    windows: list[WindowCount]
    split_from: str | None
    merged_from: list[str]


def reports(state: ClusterState) -> list[ClusterReport]:
    """All clusters of a state, the gravest first."""
    found = [_report(cluster, state.clusters, state) for cluster in state.clusters]
    return sorted(found, key=lambda report: (report.status != "active", -report.severity, -report.size))


def _report(cluster: Cluster, all_of_them: Iterable[Cluster], state: ClusterState) -> ClusterReport:
    others = [e.text for other in all_of_them if other is not cluster for e in other.exemplars]
    phrases = key_phrases([e.text for e in cluster.exemplars], others + [e.text for e in state.pending])
    title = ", ".join(phrases)
    middle = medoid(cluster.exemplars)
    shown = cluster.exemplars[:EXAMPLES]
    return ClusterReport(
        cluster_id=cluster.cluster_id,
        tenant=state.tenant,
        title=title,
        status=cluster.status,
        severity=severity(cluster),
        size=cluster.size,
        rate=rate(cluster),
        first_seen=cluster.first_seen,
        last_seen=cluster.last_seen,
        flags=cluster.flags,
        agents=cluster.agents,
        versions=cluster.versions,
        medoid=middle.text if middle else "",
        examples=[e.text for e in shown],
        example_ids=[e.interaction_id for e in shown],
        suggestions=suggestions(cluster, title or cluster.cluster_id),
        windows=cluster.windows,
        split_from=cluster.split_from,
        merged_from=cluster.merged_from,
    )
