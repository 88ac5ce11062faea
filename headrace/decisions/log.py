"""Decisions on Kafka: written with the broker's acknowledgement, read from the start and then as they come.

Guarantee: at-least-once onto `headrace.decisions`; a decision has an id, and said twice it is the same decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from headrace import kafka
from headrace.codec import encode
from headrace.decisions.formats import Decision, decode_decision
from headrace.errors import BrokerUnavailable, Poison
from headrace.settings import Kafka
from headrace.topics import DECISIONS


def publish(settings: Kafka, decision: Decision) -> None:
    """Writes a decision and waits for the broker. Raises BrokerUnavailable: then say it again."""
    producer = Producer({**kafka.producer(settings), "delivery.timeout.ms": int(kafka.BROKER_TIMEOUT_S * 1000)})
    failed: list[KafkaError] = []
    producer.produce(
        settings.topic(DECISIONS),
        encode(decision),
        decision.key,
        on_delivery=lambda error, _: failed.append(error) if error else None,
    )
    if producer.flush(kafka.BROKER_TIMEOUT_S) or failed:
        raise BrokerUnavailable(settings.bootstrap_servers, kafka.BROKER_TIMEOUT_S)


def read_all(settings: Kafka) -> list[Decision]:
    """Every decision that the topic still holds, each partition's in order. Raises BrokerUnavailable."""
    reader = Reader(settings)
    try:
        return list(reader.read_to_end())
    finally:
        reader.close()


class Reader:
    """Reads all partitions from their start, and what comes after. Raises BrokerUnavailable."""

    def __init__(self, settings: Kafka) -> None:
        self._settings = settings
        self._consumer = Consumer({**kafka.consumer(settings, "decisions"), "enable.partition.eof": True})
        try:
            places = self._starts()
        except KafkaException:
            self._consumer.close()
            raise self._unavailable() from None
        self._consumer.assign(places)
        self._behind = {place.partition for place in places}

    def read_to_end(self) -> Iterator[Decision]:
        """The decisions up to the topic's present end."""
        while self._behind:
            message = self._consumer.poll(kafka.BROKER_TIMEOUT_S)
            if message is None:
                raise self._unavailable()
            if (decision := self._taken(message)) is not None:
                yield decision

    def poll(self, timeout_s: float = 0.0) -> Decision | None:
        """The next decision, if one has come; None also while no broker answers."""
        message = self._consumer.poll(timeout_s)
        return None if message is None else self._taken(message)

    def close(self) -> None:
        self._consumer.close()

    def _starts(self) -> list[TopicPartition]:
        topic = self._settings.topic(DECISIONS)
        found = self._consumer.list_topics(topic, timeout=kafka.BROKER_TIMEOUT_S).topics[topic]
        return [TopicPartition(topic, number, self._log_start(topic, number)) for number in found.partitions]

    def _log_start(self, topic: str, partition: int) -> int:
        return self._consumer.get_watermark_offsets(TopicPartition(topic, partition), kafka.BROKER_TIMEOUT_S)[0]

    def _taken(self, message: Message) -> Decision | None:
        """A decision of a kind that this version does not know is somebody else's to follow."""
        if (error := message.error()) is not None:
            if error.code() == KafkaError._PARTITION_EOF:
                self._behind.discard(message.partition() or 0)
            return None
        try:
            return decode_decision(message.value() or b"")
        except Poison:
            return None

    def _unavailable(self) -> BrokerUnavailable:
        return BrokerUnavailable(self._settings.bootstrap_servers, kafka.BROKER_TIMEOUT_S)
