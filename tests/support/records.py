"""Topics written and read to their end, as a test needs them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition

from headrace import kafka
from headrace.settings import Settings

READ_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Record:
    """One record of a topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: dict[str, bytes]
    timestamp_ms: int


def produce(
    settings: Settings, topic: str, values: Iterable[bytes], *, key: bytes | None = None, **headers: str
) -> None:
    """Writes `values` to `<prefix>.<topic>` and waits until the broker has them all."""
    producer = Producer(kafka.producer(settings.kafka))
    for value in values:
        producer.produce(settings.kafka.topic(topic), value, key, headers=dict(headers))
        producer.poll(0)
    assert producer.flush(READ_TIMEOUT_S) == 0, f"{topic}: records were not delivered"


def read_all(settings: Settings, topic: str, *, isolation: str = "read_committed") -> list[Record]:
    """All records of `<prefix>.<topic>` up to its present end, by partition and offset.

    With `read_committed` the end is the last stable offset: an open transaction hides what follows it.
    """
    name = settings.kafka.topic(topic)
    config = {
        **kafka.connection(settings.kafka),
        "group.id": "test-reader",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
        "isolation.level": isolation,
    }
    consumer = Consumer(config)
    try:
        partitions = consumer.list_topics(name, timeout=READ_TIMEOUT_S).topics[name].partitions
        consumer.assign([TopicPartition(name, partition, 0) for partition in partitions])
        return sorted(_until_the_ends(consumer, len(partitions)), key=lambda record: (record.partition, record.offset))
    finally:
        consumer.close()


def count(settings: Settings, topic: str, *, isolation: str = "read_committed") -> int:
    """How many records `<prefix>.<topic>` holds."""
    return len(read_all(settings, topic, isolation=isolation))


def _until_the_ends(consumer: Consumer, partitions: int) -> list[Record]:
    records: list[Record] = []
    ended = 0
    deadline = time.monotonic() + READ_TIMEOUT_S
    while ended < partitions:
        assert time.monotonic() < deadline, f"the topic's end was not reached within {READ_TIMEOUT_S:g} s"
        for message in consumer.consume(1000, 0.1):
            if (error := message.error()) is None:
                records.append(_record(message))
            else:
                assert error.code() == KafkaError._PARTITION_EOF, error.str()
                ended += 1
    return records


def _record(message: Message) -> Record:
    headers: Any = message.headers() or []
    fields: dict[str, Any] = {
        "partition": message.partition(),
        "offset": message.offset(),
        "key": message.key(),
        "value": message.value(),
    }
    return Record(**fields, headers=dict(headers), timestamp_ms=message.timestamp()[1])
