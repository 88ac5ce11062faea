"""The raw topic as batches of records, each record once: positions, rebalances, a broker that is away."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from consumers.broker_watch import BrokerWatch, is_fatal
from consumers.sanitizer.positions import GROUP, resolve
from consumers.sanitizer.transform import RawRecord
from headrace import kafka
from headrace.errors import Fatal, RetentionGap, TopicChanged
from headrace.settings import Settings
from headrace.topics import RAW

BATCH_BYTES = 8 * 1024 * 1024
"""A transaction's input is held in memory, raw and clean: 8 MB of it, with what is fetched ahead, keep the process
below 200 MB when every event is as large as it may be."""
CHUNK_RECORDS = 100
"""What one call may fetch: the bytes of a batch are counted between calls."""
LARGEST_EXPECTED_BYTES = 1024 * 1024
"""What a record is taken to weigh before the first one was seen."""
RECORDS_TOGETHER = 128
"""Taken through the transform at once: what they need then stays in the processor's cache."""
BYTES_TOGETHER = 1024 * 1024
QUEUED_KBYTES = 8 * 1024
"""Fetched ahead and not yet asked for; more would only cost memory."""
FETCH_BYTES = 4 * 1024 * 1024
FULL_QUEUE_PAUSE_MS = 20
"""librdkafka's own pause of 1 s lets a fast loop run dry."""
NOT_ASSIGNED = 2**63
REFUSALS = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)

log = structlog.get_logger("sanitizer")


Message = Any
"""A record as confluent-kafka hands it over; its types call partition and offset optional, which here they are not."""


class Batch(NamedTuple):
    """Records to be taken together, and the group's metadata of the moment at which they were ours."""

    messages: list[Message]
    group: Any


def slices(messages: Sequence[Message]) -> Iterator[list[RawRecord]]:
    """Runs of records of a bounded number and size: each is copied, decoded and encoded before the next one."""
    records: list[RawRecord] = []
    size = 0
    for message in messages:
        records.append(_record(message))
        size += len(message)
        if size >= BYTES_TOGETHER or len(records) == RECORDS_TOGETHER:
            yield records
            records, size = [], 0
    if records:
        yield records


def _record(message: Message) -> RawRecord:
    return RawRecord(message.value(), message.headers(), message.partition(), message.offset(), message.timestamp()[1])


class RawReader:
    """The group's member. Partitions are assigned eagerly, and only inside `fetch`; as a static member it gets
    them back at once after a restart.
    """

    def __init__(self, settings: Settings, broker_patience_s: float) -> None:
        self._topic = settings.kafka.topic(RAW)
        self._limits = settings.sanitizer
        self._positions: dict[int, int] = {}
        self._mean_bytes = LARGEST_EXPECTED_BYTES
        self._watch = BrokerWatch(settings.kafka.bootstrap_servers, broker_patience_s)
        self._consumer = Consumer(
            {
                **kafka.consumer(settings.kafka, GROUP),
                "group.instance.id": settings.sanitizer.instance,
                "partition.assignment.strategy": "range",
                "queued.max.messages.kbytes": QUEUED_KBYTES,
                "fetch.max.bytes": FETCH_BYTES,
                "fetch.queue.backoff.ms": FULL_QUEUE_PAUSE_MS,
                "error_cb": self._watch.on_error,
            }
        )

    def start(self) -> None:
        """Joins the group; partitions come with a later `fetch`."""
        self._consumer.subscribe(
            [self._topic], on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_revoke
        )

    def close(self) -> None:
        self._consumer.close()

    def fetch(self) -> Batch:
        """The next batch, empty if there was nothing for `batch_seconds`.

        Raises RetentionGap, BrokerUnavailable after the patience given, Fatal where the group shut us out.
        """
        messages: list[Message] = []
        size, deadline = 0, time.monotonic() + self._limits.batch_seconds
        while len(messages) < self._limits.batch_records and size < BATCH_BYTES:
            left_s = max(0.0, deadline - time.monotonic())
            fits = min(
                CHUNK_RECORDS, self._limits.batch_records - len(messages), (BATCH_BYTES - size) // self._mean_bytes
            )
            chunk = self._consumer.consume(max(1, fits), left_s)
            messages += chunk
            size += sum(map(len, chunk))
            if not left_s or not chunk:
                break
            self._mean_bytes = size // len(messages) + 1
        accepted = self._accepted(messages)
        self._raise_trouble()
        return Batch(accepted, self._consumer.consumer_group_metadata() if accepted else None)

    def places(self, positions: Mapping[int, int]) -> list[TopicPartition]:
        """Positions (next offsets) as Kafka wants them."""
        return [TopicPartition(self._topic, partition, offset) for partition, offset in positions.items()]

    def ranges(self, positions: Mapping[int, int]) -> dict[int, tuple[int, int]]:
        """First and last offset that lie between what is committed and these positions, by partition."""
        return {partition: (self._positions[partition], offset - 1) for partition, offset in positions.items()}

    def advance(self, positions: Mapping[int, int]) -> None:
        """Notes what was committed."""
        self._positions.update(positions)

    def lag(self) -> dict[int, int]:
        """Records that are not committed yet, by partition, as the last fetch saw the log's end."""
        places = {number: TopicPartition(self._topic, number) for number in self._positions}
        ends = {number: self._consumer.get_watermark_offsets(place, cached=True)[1] for number, place in places.items()}
        return {number: max(0, end - self._positions[number]) for number, end in ends.items()}

    def rewind(self) -> None:
        """Goes back to what was committed, in every partition."""
        try:
            for place in self.places(self._positions):
                self._consumer.seek(place)
        except KafkaException as error:
            raise Fatal(f"{self._topic}: could not be rewound after an abort: {error.args[0].str()}") from None

    def _accepted(self, messages: list[Message]) -> list[Message]:
        """Those of partitions that are ours now, each once: a rebalance may have happened between calls."""
        expected = dict(self._positions)
        accepted: list[Message] = []
        for message in messages:
            if (error := message.error()) is not None:
                self._note(error, message.partition())
                continue
            partition, offset = message.partition(), message.offset()
            if offset >= expected.get(partition, NOT_ASSIGNED):
                expected[partition] = offset + 1
                accepted.append(message)
        return accepted

    def _note(self, error: KafkaError, partition: int) -> None:
        if error.code() == KafkaError._AUTO_OFFSET_RESET:
            self._raise_gap(partition, error)
        if error.code() in REFUSALS:
            raise Fatal(f"{self._topic}: {error.name()}; `headrace topics create --acls` lets the sanitizer read it")
        if error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise TopicChanged(f"{self._topic}: deleted while it was read; `headrace topics create` makes it again")
        if is_fatal(error):
            self._watch.fatal = error
        log.warning("the broker reports", error=error.str())

    def _raise_gap(self, partition: int, error: KafkaError) -> None:
        place = TopicPartition(self._topic, partition)
        log_start, end = self._consumer.get_watermark_offsets(place, timeout=kafka.BROKER_TIMEOUT_S)
        position = self._positions.get(partition, 0)
        if position < log_start:
            raise RetentionGap(self._topic, partition, position, log_start)
        raise Fatal(
            f"{self._topic}[{partition}]: position {position} is not in the log, which ends at {end} ({error.name()}); "
            "was the topic deleted and made again? Then `headrace skip-gap` sets the position"
        )

    def _on_assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        self._positions = resolve(consumer, assigned)
        consumer.assign(self.places(self._positions))
        log.info("assigned", partitions=sorted(self._positions))

    def _on_revoke(self, _consumer: Consumer, revoked: list[TopicPartition]) -> None:
        self._positions = {}
        log.info("revoked", partitions=sorted(place.partition for place in revoked))

    def _raise_trouble(self) -> None:
        if (fatal := self._watch.fatal) is not None:
            raise Fatal(
                f"the group shut this instance out ({fatal.str()}); does another process run with the same "
                "sanitizer.instance?"
            )
        self._watch.check(self._consumer, self._topic)
