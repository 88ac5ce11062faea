"""A small topic as a log that is read whole: states, decisions, clusters. Written with the broker's acknowledgement.

Guarantee: at-least-once; what is said twice has to mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, Protocol, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from headrace import kafka
from headrace.codec import encode
from headrace.errors import BrokerUnavailable, HeadraceError, Poison, TopicChanged
from headrace.patience import patiently
from headrace.settings import Kafka

T = TypeVar("T")

POLL_S = 0.1


class Keyed(Protocol):
    """A struct that knows its Kafka key."""

    @property
    def key(self) -> str: ...


class Entry(NamedTuple, Generic[T]):
    """One record; `value` is None where the key was deleted."""

    key: str
    value: T | None


def publish(settings: Kafka, topic: str, records: Iterable[Keyed]) -> None:
    """Writes records and waits for the broker. Raises BrokerUnavailable: then say them again."""
    producer = Producer({**kafka.producer(settings), "delivery.timeout.ms": int(kafka.BROKER_TIMEOUT_S * 1000)})
    failed: list[KafkaError] = []
    for record in records:
        producer.produce(
            settings.topic(topic),
            encode(record),
            record.key,
            on_delivery=lambda error, _: failed.append(error) if error else None,
        )
    if producer.flush(kafka.BROKER_TIMEOUT_S) or failed:
        raise _unavailable(settings)


def read_all(settings: Kafka, topic: str, decode: Callable[[bytes], T]) -> list[Entry[T]]:
    """Every record that the topic still holds, each partition's in order. Raises BrokerUnavailable."""
    reader = Reader(settings, topic, decode)
    try:
        return list(reader.read_to_end())
    finally:
        reader.close()


class Reader(Generic[T]):
    """All partitions from their start, and what comes after; commits nothing.

    A record of a kind that this version does not know is somebody else's to follow: it is passed over.
    """

    def __init__(self, settings: Kafka, topic: str, decode: Callable[[bytes], T]) -> None:
        """`decode` raises Poison for what it does not know. Raises BrokerUnavailable, TopicChanged."""
        self._settings, self._topic, self._decode = settings, settings.topic(topic), decode
        self._consumer = Consumer({**kafka.consumer(settings, topic), "enable.partition.eof": True})
        try:
            places = patiently(self._starts, (BrokerUnavailable, TopicChanged), kafka.BROKER_TIMEOUT_S, POLL_S)
        except HeadraceError:
            self._consumer.close()
            raise
        self._consumer.assign(places)
        self._behind = {place.partition for place in places}

    @property
    def is_at_end(self) -> bool:
        """Whether every partition was read to where it once ended."""
        return not self._behind

    def read_to_end(self) -> Iterator[Entry[T]]:
        """The records up to the topic's present end. Raises BrokerUnavailable."""
        while self._behind:
            message = self._consumer.poll(kafka.BROKER_TIMEOUT_S)
            if message is None:
                raise _unavailable(self._settings)
            if (entry := self._taken(message)) is not None:
                yield entry

    def poll(self, timeout_s: float = 0.0) -> Entry[T] | None:
        """The next record, if one has come; None also while no broker answers."""
        message = self._consumer.poll(timeout_s)
        return None if message is None else self._taken(message)

    def close(self) -> None:
        self._consumer.close()

    def _starts(self) -> list[TopicPartition]:
        """A topic that was just made has no partitions for a moment, or no leaders: it is not empty."""
        try:
            found = self._consumer.list_topics(self._topic, timeout=kafka.BROKER_TIMEOUT_S).topics[self._topic]
            starts = [TopicPartition(self._topic, number, self._log_start(number)) for number in found.partitions]
        except KafkaException:
            raise _unavailable(self._settings) from None
        if not starts:
            raise TopicChanged(f"{self._topic}: no such topic; `headrace topics create` makes it")
        return starts

    def _log_start(self, partition: int) -> int:
        return self._consumer.get_watermark_offsets(TopicPartition(self._topic, partition), kafka.BROKER_TIMEOUT_S)[0]

    def _taken(self, message: Message) -> Entry[T] | None:
        if (error := message.error()) is not None:
            if error.code() == KafkaError._PARTITION_EOF:
                self._behind.discard(message.partition() or 0)
            return None
        key, value = message.key() or b"", message.value()
        name = key if isinstance(key, str) else key.decode("utf-8", "replace")
        try:
            return Entry(name, None if value is None else self._decode(value))
        except Poison:
            return None


def _unavailable(settings: Kafka) -> BrokerUnavailable:
    return BrokerUnavailable(settings.bootstrap_servers, kafka.BROKER_TIMEOUT_S)
