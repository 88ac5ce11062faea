"""Where the sanitizer reads on: at the group's offset, or at 0; never by a reset, never over a silent gap."""

from __future__ import annotations

from confluent_kafka import Consumer, KafkaException, TopicPartition

from headrace import kafka
from headrace.errors import Fatal, RetentionGap
from headrace.settings import Kafka

GROUP = "sanitizer"
STABLE_OFFSETS_TIMEOUT_S = 30.0
"""A predecessor that died leaves a transaction open for `transaction.timeout.ms`, 10 s, at most."""


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

    Raises Fatal while the group has members.
    """
    consumer = Consumer(kafka.consumer(settings, GROUP))
    try:
        consumer.commit(offsets=[TopicPartition(topic, partition, offset)], asynchronous=False)
    except KafkaException as error:
        raise Fatal(f"{topic}[{partition}]: {error.args[0].str()}; stop every sanitizer first") from None
    finally:
        consumer.close()


def _kept(consumer: Consumer, place: TopicPartition) -> int:
    position = max(place.offset, 0)
    log_start, _end = consumer.get_watermark_offsets(place, timeout=kafka.BROKER_TIMEOUT_S)
    if position < log_start:
        raise RetentionGap(place.topic, place.partition, position, log_start)
    return position
