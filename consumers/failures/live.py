"""The clusters as the windows last published them, with what people resolved since. Read-only, no group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from consumers.failures.state import Cluster, ClusterState
from consumers.windows.reports import ClusterReport
from headrace import topic_log
from headrace.codec import Decoder
from headrace.decisions import Resolution, read_all
from headrace.settings import Kafka, Settings
from headrace.topics import CLUSTERS

_decode: Decoder[ClusterReport] = Decoder(ClusterReport)


def live_states(settings: Settings) -> list[ClusterState]:
    """Each tenant's clusters now. Raises BrokerUnavailable."""
    resolved = {d.cluster_id: d.decided_at for d in read_all(settings.kafka) if isinstance(d, Resolution)}
    return states(published_clusters(settings.kafka), resolved)


def states(published: Iterable[ClusterReport], resolved: Mapping[str, datetime]) -> list[ClusterState]:
    """The latest word on each cluster, by tenant; `resolved` says when people called which fixed."""
    latest: dict[tuple[str, str], ClusterReport] = {}
    for report in published:
        known = latest.get((report.tenant, report.cluster_id))
        if known is None or (report.start_us, report.revision) >= (known.start_us, known.revision):
            latest[report.tenant, report.cluster_id] = report
    absorbed = {other for report in latest.values() for other in report.cluster.merged_from}
    by_tenant: dict[str, list[Cluster]] = defaultdict(list)
    for (tenant, name), report in sorted(latest.items()):
        if name not in absorbed:
            by_tenant[tenant].append(_with_word(report.cluster, resolved.get(name)))
    return [ClusterState(tenant=tenant, clusters=clusters) for tenant, clusters in by_tenant.items()]


def _with_word(cluster: Cluster, fixed_at: datetime | None) -> Cluster:
    """Resolved by a person, unless a member came after that."""
    return replace(cluster, status="resolved") if fixed_at and cluster.last_seen <= fixed_at else cluster


def published_clusters(settings: Kafka) -> list[ClusterReport]:
    """The topic's current value of each cluster. Raises BrokerUnavailable."""
    latest = {entry.key: entry.value for entry in topic_log.read_all(settings, CLUSTERS, _decode)}
    return [report for report in latest.values() if report is not None]
