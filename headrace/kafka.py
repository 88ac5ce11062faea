"""Kafka clients as the settings describe them; the one place that knows librdkafka's property names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from headrace.errors import BrokerUnavailable, ConfigError, TopicChanged
from headrace.settings import Kafka

BROKER_TIMEOUT_S = 10.0
"""A broker that is up answers within milliseconds; ten seconds covers one that restarts."""
SESSION_TIMEOUT_MS = 10_000
"""How long the group waits for a member that was killed; the broker's floor is 6 s."""
SILENT = 2
"""librdkafka's log level: without a broker it writes ten lines a second; what matters comes as an error as well."""


def connection(kafka: Kafka) -> dict[str, Any]:
    """What every client needs to reach the cluster; raises ConfigError if a property's file is missing."""
    return {
        "bootstrap.servers": kafka.bootstrap_servers,
        "log_level": SILENT,
        **kafka.properties,
        **{name: _secret(name, kafka) for name in kafka.property_files},
    }


def producer(kafka: Kafka) -> dict[str, Any]:
    """A producer that loses and doubles nothing while it lives."""
    return {
        "compression.type": "lz4",
        **connection(kafka),
        "enable.idempotence": True,
        "acks": "all",
        "partitioner": "murmur2_random",
    }


def consumer(kafka: Kafka, group: str) -> dict[str, Any]:
    """A reader of committed records that never resets its position by itself."""
    return {
        **connection(kafka),
        "group.id": kafka.topic(group),
        "isolation.level": "read_committed",
        "auto.offset.reset": "error",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "session.timeout.ms": SESSION_TIMEOUT_MS,
    }


def admin(kafka: Kafka) -> AdminClient:
    """A client for questions about the cluster."""
    return AdminClient(connection(kafka))


def require_broker(client: AdminClient, kafka: Kafka, timeout_s: float = BROKER_TIMEOUT_S) -> None:
    """Raises BrokerUnavailable unless a broker answers."""
    try:
        client.list_topics(timeout=timeout_s)
    except KafkaException:
        raise BrokerUnavailable(kafka.bootstrap_servers, timeout_s) from None


def committed(kafka: Kafka, group: str, topic: str, partitions: Iterable[int]) -> dict[int, int]:
    """The next offset that the group reads of each partition; negative where it has never committed.

    Raises BrokerUnavailable. Asks by a consumer that never joins: `AdminClient.list_consumer_group_offsets`
    ends the process (SIGSEGV) while a coordinator is loading (librdkafka #5040).
    """
    asking = Consumer(consumer(kafka, group))
    try:
        places = asking.committed([TopicPartition(topic, number) for number in partitions], BROKER_TIMEOUT_S)
    except KafkaException:
        raise BrokerUnavailable(kafka.bootstrap_servers, BROKER_TIMEOUT_S) from None
    finally:
        asking.close()
    return {place.partition: place.offset for place in places}


def ends(kafka: Kafka, topic: str, partitions: Iterable[int]) -> dict[int, int]:
    """The offset after each partition's last record. Raises BrokerUnavailable."""
    asking = Consumer(consumer(kafka, "ends"))
    try:
        places = {number: TopicPartition(topic, number) for number in partitions}
        return {number: asking.get_watermark_offsets(place, BROKER_TIMEOUT_S)[1] for number, place in places.items()}
    except KafkaException:
        raise BrokerUnavailable(kafka.bootstrap_servers, BROKER_TIMEOUT_S) from None
    finally:
        asking.close()


def topic_ids(client: AdminClient, names: list[str]) -> dict[str, str]:
    """The broker's own id of each topic, which changes when a topic is deleted and made again.

    Raises TopicChanged where a topic does not exist.
    """
    described = client.describe_topics(TopicCollection(names), request_timeout=BROKER_TIMEOUT_S)
    try:
        return {name: str(future.result().topic_id) for name, future in described.items()}
    except KafkaException as error:
        raise TopicChanged(f"{', '.join(names)}: {error.args[0].str()}; `headrace topics create` makes them") from None


def _secret(name: str, kafka: Kafka) -> str:
    path = kafka.property_files[name]
    try:
        return path.read_text().strip()
    except OSError as error:
        raise ConfigError(f"kafka.property_files.{name}: {path} cannot be read: {error.strerror}") from None
