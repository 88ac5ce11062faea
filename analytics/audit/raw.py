"""Which records stand on raw at offsets that the store has no row of: by their headers, never their content."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from analytics.audit.ranges import Ranges
from headrace import kafka
from headrace.errors import BrokerUnavailable
from headrace.settings import Settings
from headrace.topics import PRODUCER_HEADER, RAW, SEQ_HEADER

READ_TIMEOUT_S = 10.0
"""Without an answer for this long the broker is gone."""
POLL_S = 0.1
BATCH = 500


class RawRecord(msgspec.Struct, frozen=True):
    """A record's place on raw and, where it has one, its ledger pair."""

    partition: int
    offset: int
    producer_id: str | None
    seq: int | None


def records_at(settings: Settings, missing: Mapping[int, Ranges]) -> list[RawRecord]:
    """The records at these offsets of raw; offsets that hold a transaction's marker, or nothing, have none.

    Needs the right to read raw. Raises BrokerUnavailable, or KafkaException where the right is missing.
    """
    if not any(missing.values()):
        return []
    config = kafka.consumer(settings.kafka, "audit") | {"enable.partition.eof": True, "auto.offset.reset": "earliest"}
    consumer = Consumer(config)
    try:
        return [
            record
            for partition, ranges in missing.items()
            for first, last in ranges
            for record in _between(
                consumer, settings, TopicPartition(settings.kafka.topic(RAW), partition, first), last
            )
        ]
    finally:
        consumer.close()


def _between(consumer: Consumer, settings: Settings, start: TopicPartition, last: int) -> Iterator[RawRecord]:
    consumer.assign([start])
    heard_at = time.monotonic()
    while time.monotonic() - heard_at < READ_TIMEOUT_S:
        for message in consumer.consume(BATCH, POLL_S):
            heard_at = time.monotonic()
            if (error := message.error()) is not None and error.code() != KafkaError._PARTITION_EOF:
                raise KafkaException(error)
            if (message.offset() or 0) > last or error is not None:
                return
            yield _record(message)
            if message.offset() == last:
                return
    raise BrokerUnavailable(settings.kafka.bootstrap_servers, READ_TIMEOUT_S)


def _record(message: Message) -> RawRecord:
    sent: Any = message.headers() or []
    headers: dict[str, bytes] = {name: value for name, value in sent if isinstance(value, bytes)}
    producer_id, seq = headers.get(PRODUCER_HEADER), headers.get(SEQ_HEADER, b"")
    return RawRecord(
        message.partition() or 0,
        message.offset() or 0,
        producer_id.decode("utf-8", "replace") if producer_id else None,
        int(seq) if seq.isdigit() else None,
    )
