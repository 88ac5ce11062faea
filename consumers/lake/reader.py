"""Records of `clean` and `rejected`, every partition read from where the ledger stands.

One writer needs no group: partitions are assigned outright and nothing is committed to Kafka.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from consumers.broker_watch import BrokerWatch, is_fatal
from consumers.lake.batch import Partition, Records
from headrace import kafka
from headrace.errors import Fatal, RetentionGap
from headrace.settings import Settings
from headrace.topics import CLEAN

PREFETCH_KB = 16 * 1024
"""What librdkafka may hold ready: half a second at 30,000 events a second."""
FULL_QUEUE_PAUSE_MS = 10
"""librdkafka's default of 1,000 makes a fast reader wait a second whenever it had PREFETCH_KB ready."""
ANSWER_S = 10.0
_LOST_POSITION = (KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._AUTO_OFFSET_RESET)

log = structlog.get_logger("lake")


class Reader:
    """Reads on from given positions; waits for a broker that is away for as long as it takes."""

    def __init__(self, settings: Settings, positions: Mapping[Partition, int]) -> None:
        """Raises RetentionGap or Fatal where a position is not in its partition's log."""
        self._watch = BrokerWatch(settings.kafka.bootstrap_servers, patience_s=None)
        self._consumer = Consumer(
            {
                **kafka.consumer(settings.kafka, "lake"),
                "enable.partition.eof": True,
                "queued.max.messages.kbytes": PREFETCH_KB,
                "fetch.queue.backoff.ms": FULL_QUEUE_PAUSE_MS,
                "error_cb": self._watch.on_error,
            }
        )
        self._positions = dict(positions)
        self._ends: dict[Partition, int] = {}
        self._check_positions()
        self._consumer.assign([TopicPartition(topic, p, offset) for (topic, p), offset in positions.items()])

    def read(self, limit: int, timeout_s: float) -> list[Records]:
        """At most `limit` records, by topic; empty after `timeout_s` without any."""
        messages = self._consumer.consume(limit, timeout_s)
        if self._positions:
            self._watch.check(self._consumer, next(iter(self._positions))[0])
        errors = [message for message in messages if message.error()]
        for message in errors:
            self._note(message)
        if errors:
            messages = [message for message in messages if not message.error()]
        return list(_by_topic(messages))

    def take_ends(self) -> dict[Partition, int]:
        """The partitions whose end was reached since the last call, and the next offset there."""
        ends, self._ends = self._ends, {}
        return ends

    def lag(self) -> dict[int, int]:
        """Records of `clean` that were not read yet, by partition, as the last fetch saw the log's end."""
        places = [TopicPartition(topic, number) for topic, number in self._positions if topic.endswith(f".{CLEAN}")]
        ends = {p.partition: self._consumer.get_watermark_offsets(p, cached=True)[1] for p in places}
        known = [place for place in self._consumer.position(places) if place.offset >= 0]
        return {place.partition: max(0, ends[place.partition] - place.offset) for place in known}

    def close(self) -> None:
        self._consumer.close()

    def _note(self, message: Message) -> None:
        error = message.error()
        assert error is not None
        if error.code() == KafkaError._PARTITION_EOF:
            self._ends[message.topic() or "", message.partition() or 0] = message.offset() or 0
        elif error.code() in _LOST_POSITION:
            self._check_positions()
            raise Fatal(f"{message.topic()}[{message.partition()}]: the broker refuses our position: {error.str()}")
        elif is_fatal(error) or (not error.retriable() and error.code() > 0):
            raise KafkaException(error)

    def _check_positions(self) -> None:
        for (topic, partition), position in self._positions.items():
            low, high = self._consumer.get_watermark_offsets(TopicPartition(topic, partition), ANSWER_S)
            check_position(topic, partition, position, low, high)


def check_position(topic: str, partition: int, position: int, log_start: int, log_end: int) -> None:
    """Raises RetentionGap or Fatal unless the log holds the position."""
    if position < log_start:
        raise RetentionGap(topic, partition, position, log_start)
    if position > log_end:
        raise Fatal(
            f"{topic}[{partition}]: the store has read up to offset {position}, the log ends at {log_end}; "
            "the broker has lost records, or this is another cluster than the store was written from"
        )


def _by_topic(messages: list[Message]) -> Iterator[Records]:
    topics = [message.topic() for message in messages]
    for topic in set(topics):
        own = [message for message, its in zip(messages, topics, strict=True) if its == topic]
        yield Records(
            topic or "",
            [message.partition() or 0 for message in own],
            [message.offset() or 0 for message in own],
            [message.value() or b"" for message in own],
        )
