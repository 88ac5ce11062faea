"""Where the sanitizer reads on: at the group's offset, or at 0; never by a reset, never over a silent gap."""

from __future__ import annotations

import time

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from headrace import kafka
from headrace.errors import Fatal, RetentionGap
from headrace.settings import Kafka

GROUP = "sanitizer"
STABLE_OFFSETS_TIMEOUT_S = 30.0
"""A predecessor that died leaves a transaction open for `transaction.timeout.ms`, 10 s, at most."""


MEMBERSHIP_TIMEOUT_S = kafka.SESSION_TIMEOUT_MS / 1000 + 5.0
"""A static member that has ended is counted out after its session, and the broker looks once in a while."""
RETRY_S = 0.5


def resolve(consumer: Consumer, assigned: list[TopicPartition]) -> dict[int, int]:
    """The next offset to read, by partition.

    Waits for a predecessor's open transaction, whose offsets are not stable yet. Raises RetentionGap where
    records expired before they were read, for a new group too: `skip_to` is the way out.
    """
    try:
        committed = consumer.committed(assigned, timeout=STABLE_OFFSETS_TIMEOUT_S)
        return {place.partition: _kept(consumer, place) for place in committed}
    except KafkaException as error:
        raise Fatal(f"the group's offsets could not be read: {error.args[0].str()}") from None


def skip_to(settings: Kafka, topic: str, partition: int, offset: int) -> None:
    """Sets the group's position, for a person who accepts that what lies before it is lost.

    Waits until the group counts a stopped sanitizer out. Raises Fatal where one still runs.
    """
    consumer = Consumer(kafka.consumer(settings, GROUP))
    deadline = time.monotonic() + MEMBERSHIP_TIMEOUT_S
    try:
        while not _is_committed(consumer, TopicPartition(topic, partition, offset)):
            if time.monotonic() > deadline:
                raise Fatal(f"{topic}[{partition}]: the group still has members; stop every sanitizer first")
            time.sleep(RETRY_S)
    finally:
        consumer.close()


def _is_committed(consumer: Consumer, place: TopicPartition) -> bool:
    try:
        consumer.commit(offsets=[place], asynchronous=False)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_MEMBER_ID:
            return False
        raise Fatal(f"{place.topic}[{place.partition}]: {error.args[0].str()}") from None
    return True


def _kept(consumer: Consumer, place: TopicPartition) -> int:
    position = max(place.offset, 0)
    log_start, _end = consumer.get_watermark_offsets(place, timeout=kafka.BROKER_TIMEOUT_S)
    if position < log_start:
        raise RetentionGap(place.topic, place.partition, position, log_start)
    return position
