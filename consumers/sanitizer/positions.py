"""Where the sanitizer starts to read raw: the group's offset, or 0; never a reset, never a silent gap."""

from __future__ import annotations

from collections.abc import Mapping

from confluent_kafka import Consumer, KafkaException, TopicPartition

from headrace.errors import Fatal, RetentionGap
from headrace.kafka import BROKER_TIMEOUT_S

Positions = Mapping[int, int]
"""The next offset to read, by partition."""


def resolve(consumer: Consumer, assigned: list[TopicPartition]) -> dict[int, int]:
    """The position of each assigned partition.

    Waits for a predecessor's open transaction, whose offsets are not stable yet. Raises RetentionGap where
    records expired before they were read.
    """
    committed = _committed(consumer, assigned)
    return {place.partition: _checked(consumer, place, max(place.offset, 0)) for place in committed}


def _committed(consumer: Consumer, assigned: list[TopicPartition]) -> list[TopicPartition]:
    try:
        return list(consumer.committed(assigned, timeout=STABLE_OFFSETS_TIMEOUT_S))
    except KafkaException as error:
        raise Fatal(f"the group's offsets could not be read: {error.args[0].str()}") from None


STABLE_OFFSETS_TIMEOUT_S = 30.0
"""A predecessor that died leaves a transaction open for `transaction.timeout.ms`, 10 s, at most."""


def _checked(consumer: Consumer, place: TopicPartition, position: int) -> int:
    log_start, _end = consumer.get_watermark_offsets(place, timeout=BROKER_TIMEOUT_S)
    if position < log_start:
        raise RetentionGap(place.topic, place.partition, position, log_start)
    return position
