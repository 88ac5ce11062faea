"""The clusters as the windows last published them, with what people resolved since. Read-only, no group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from msgspec.structs import replace

from consumers.failures.state import Cluster, ClusterState
from consumers.windows.reports import ClusterReport, decode
from headrace import kafka
from headrace.decisions import Resolution, read_all
from headrace.errors import BrokerUnavailable
from headrace.settings import Kafka, Settings
from headrace.topics import CLUSTERS


def live_states(settings: Settings) -> list[ClusterState]:
    """Each tenant's clusters now. Raises BrokerUnavailable."""
    resolved = {d.cluster_id: d.decided_at for d in read_all(settings.kafka) if isinstance(d, Resolution)}
    return states(_published(settings.kafka), resolved)


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


def _published(settings: Kafka) -> Iterator[ClusterReport]:
    consumer = Consumer({**kafka.consumer(settings, "failures"), "enable.partition.eof": True})
    topic = settings.topic(CLUSTERS)
    try:
        found = consumer.list_topics(topic, timeout=kafka.BROKER_TIMEOUT_S).topics[topic].partitions
        starts = {n: consumer.get_watermark_offsets(TopicPartition(topic, n), kafka.BROKER_TIMEOUT_S)[0] for n in found}
        consumer.assign([TopicPartition(topic, number, start) for number, start in starts.items()])
        behind = set(starts)
        while behind:
            message = consumer.poll(kafka.BROKER_TIMEOUT_S)
            if message is None:
                raise BrokerUnavailable(settings.bootstrap_servers, kafka.BROKER_TIMEOUT_S)
            if (error := message.error()) is None:
                yield from _report(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                behind.discard(message.partition() or 0)
    except KafkaException:
        raise BrokerUnavailable(settings.bootstrap_servers, kafka.BROKER_TIMEOUT_S) from None
    finally:
        consumer.close()


def _report(message: Message) -> Iterator[ClusterReport]:
    if (payload := message.value()) and isinstance(said := decode(payload), ClusterReport):
        yield said
