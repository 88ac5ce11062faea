"""Guarantee: at-least-once into `headrace.raw`, provided `replay` is run again after an error.

Rejected records and the raw records they point to: to be looked at, and to be taken again once a rule was mended.
"""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition

from headrace import kafka
from headrace.codec import decode_rejected
from headrace.errors import Fatal
from headrace.events import Rejected
from headrace.settings import Settings
from headrace.topics import RAW, REJECTED

ANSWER_S = 10.0
"""A broker that is up answers within milliseconds."""
ACCESS_LOG = Path("state") / "payload-access.log"


def rejections(settings: Settings, reason: str | None = None) -> list[Rejected]:
    """What stands on `headrace.rejected` now, oldest first; only this reason if one is given."""
    kafka.require_broker(kafka.admin(settings.kafka), settings.kafka)
    found = [decode_rejected(value) for value in _values_to_end(settings, settings.kafka.topic(REJECTED))]
    return sorted((one for one in found if reason in (None, one.reason)), key=lambda one: one.appended_at)


def raw_records(settings: Settings, pointers: Iterable[Rejected]) -> Iterator[tuple[Rejected, Any]]:
    """Each rejection with the raw record it points to; None where that has expired."""
    topic = settings.kafka.topic(RAW)
    consumer = Consumer({**_unnamed_consumer(settings), "auto.offset.reset": "earliest"})
    try:
        for pointer in pointers:
            consumer.assign([TopicPartition(topic, pointer.raw_partition, pointer.raw_offset)])
            message = _next(consumer, topic)
            yield pointer, message if message.offset() == pointer.raw_offset else None
    finally:
        consumer.close()


def note_access(storage: Path, pointers: Iterable[Rejected]) -> Path:
    """Writes down who read which raw payloads and when; returns the file."""
    path = storage / ACCESS_LOG
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    places = " ".join(f"{pointer.raw_partition}@{pointer.raw_offset}" for pointer in pointers)
    with path.open("a") as log:
        log.write(f"{datetime.now(UTC).isoformat()} {getpass.getuser()} read the payload of {places}\n")
    return path


def replay(settings: Settings, pointers: Iterable[Rejected]) -> tuple[int, int]:
    """Publishes the raw records again as they were: key, headers, value. Returns (published, expired).

    The sanitizer gives each its outcome by today's rules. The rejection stays on its topic; the ledger shows
    the event as superseded once it is stored. An event that is rejected again has two rejections and is
    replayed once.
    """
    producer = Producer(kafka.producer(settings.kafka))
    expired = published = 0
    for _, message in raw_records(settings, _once_each(pointers)):
        if message is None:
            expired += 1
            continue
        producer.produce(message.topic(), message.value(), message.key(), headers=message.headers())
        producer.poll(0)
        published += 1
    if undelivered := producer.flush(kafka.BROKER_TIMEOUT_S):
        raise Fatal(f"{undelivered} of {published} records were not delivered; run the replay again")
    return published, expired


def _once_each(pointers: Iterable[Rejected]) -> Iterator[Rejected]:
    """One rejection an event: those of the same ledger pair stand for the same event."""
    seen: set[tuple[str | None, int]] = set()
    for pointer in pointers:
        event = (pointer.producer_id, pointer.seq) if pointer.seq is not None else None
        if event is None or event not in seen:
            yield pointer
        if event is not None:
            seen.add(event)


def _unnamed_consumer(settings: Settings) -> dict[str, Any]:
    return {**kafka.consumer(settings.kafka, "sanitizer-operator"), "enable.partition.eof": True}


def _values_to_end(settings: Settings, topic: str) -> Iterator[bytes]:
    consumer = Consumer({**_unnamed_consumer(settings), "auto.offset.reset": "earliest"})
    try:
        partitions = consumer.list_topics(topic, timeout=ANSWER_S).topics[topic].partitions
        consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
        open_partitions = len(partitions)
        while open_partitions:
            message = _next(consumer, topic)
            if message.error() is None:
                yield message.value()
            else:
                open_partitions -= 1
    finally:
        consumer.close()


def _next(consumer: Consumer, topic: str) -> Any:
    """The next message or end of a partition; raises Fatal where there is none in time."""
    deadline = time.monotonic() + ANSWER_S
    while time.monotonic() < deadline:
        message: Message | None = consumer.poll(0.5)
        if message is None:
            continue
        error = message.error()
        if error is None or error.code() == KafkaError._PARTITION_EOF:
            return message
        raise Fatal(f"{topic}: cannot be read: {error.str()}")
    raise Fatal(f"{topic}: the broker gave nothing within {ANSWER_S:g} s")


def readable(message: Any) -> str:
    """A raw record's value for a person: as JSON where it is msgpack, else the text that its bytes are.

    >>> class Message:
    ...     value = staticmethod(lambda: b"\\x81\\xa1a\\x01")
    >>> readable(Message), readable(None)
    ('{"a":1}', 'expired')
    """
    if message is None:
        return "expired"
    value = message.value() or b""
    try:
        return msgspec.json.encode(msgspec.msgpack.decode(value)).decode()
    except (msgspec.MsgspecError, UnicodeError, TypeError, RecursionError):
        return str(value.decode("utf-8", "backslashreplace"))
