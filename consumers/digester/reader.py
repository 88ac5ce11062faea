"""Clean records of the partitions that are this instance's: from before each committed chunk start, to be re-read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from consumers.broker_watch import BrokerWatch, is_fatal
from consumers.digester.look_back import REREAD
from consumers.digests.messages import CHUNK_OFFSETS
from headrace import kafka
from headrace.errors import Fatal, RetentionGap
from headrace.settings import Settings
from headrace.topics import CLEAN

GROUP = "digester"
PREFETCH_KB = 4 * 1024
FULL_QUEUE_PAUSE_MS = 10
"""librdkafka's own pause of 1 s lets a fast loop run dry."""
BATCH_RECORDS = 3_000
BATCH_BYTES = 4 * 1024 * 1024
"""With what is fetched ahead, this is what events of any size hold of memory."""
RECORDS_TOGETHER = 500
"""What one call may fetch: the bytes of a batch are counted between calls."""
FETCH_BYTES = 2 * 1024 * 1024
WAIT_S = 0.1
BROKER_PATIENCE_S = 120.0
"""A broker that restarts is back in seconds; after two minutes without one the process ends with an error."""

log = structlog.get_logger("digester")
Message = Any
"""A record as confluent-kafka hands it over; its types call partition and offset optional, which here they are not."""


class Start(NamedTuple):
    """Where a partition is taken up."""

    chunk: int
    """The first one to be published."""
    offset: int
    """The first one to be read: `REREAD` before, where the log still has it."""


class Reader:
    """The group's member; partitions come and go only inside `read`. A static member, so that a restart is quick."""

    def __init__(self, settings: Settings, on_change: Callable[[Mapping[int, Start]], None]) -> None:
        self._topic = settings.kafka.topic(CLEAN)
        self._on_change = on_change
        self._watch = BrokerWatch(settings.kafka.bootstrap_servers, BROKER_PATIENCE_S)
        self._ends: dict[int, int] = {}
        self._rebalances = 0
        self._consumer = Consumer(
            {
                **kafka.consumer(settings.kafka, GROUP),
                "group.instance.id": settings.digester.instance,
                "partition.assignment.strategy": "range",
                "enable.partition.eof": True,
                "queued.max.messages.kbytes": PREFETCH_KB,
                "fetch.max.bytes": FETCH_BYTES,
                "fetch.queue.backoff.ms": FULL_QUEUE_PAUSE_MS,
                "error_cb": self._watch.on_error,
            }
        )
        self._consumer.subscribe([self._topic], on_assign=self._assign, on_revoke=self._revoke, on_lost=self._revoke)

    def read(self) -> dict[int, list[Message]]:
        """The next records by partition; none if none came for a moment. Raises what only a fresh start can mend."""
        by_partition: dict[int, list[Message]] = {}
        for message in self._fetch():
            if (error := message.error()) is None:
                by_partition.setdefault(message.partition() or 0, []).append(message)
            else:
                self._note(error, message)
        self._raise_trouble()
        return by_partition

    def _fetch(self) -> list[Message]:
        """What comes first or has come, up to a batch; what came before a rebalance is dropped, to be read again."""
        messages: list[Message] = self._consumer.consume(RECORDS_TOGETHER, WAIT_S)
        size = sum(map(len, messages))
        while messages and len(messages) < BATCH_RECORDS and size < BATCH_BYTES:
            rebalances = self._rebalances
            more: list[Message] = self._consumer.consume(RECORDS_TOGETHER, 0)
            if rebalances != self._rebalances:
                return more
            if not more:
                break
            messages += more
            size += sum(map(len, more))
        return messages

    def take_ends(self) -> dict[int, int]:
        """The partitions whose end was reached since the last call, and the next offset there."""
        ends, self._ends = self._ends, {}
        return ends

    def log_ends(self, partitions: Iterable[int]) -> dict[int, int]:
        """The ends of the log as the last fetch saw them, without asking the broker."""
        places = {number: TopicPartition(self._topic, number) for number in partitions}
        return {n: self._consumer.get_watermark_offsets(place, cached=True)[1] for n, place in places.items()}

    def commit(self, starts: Mapping[int, int]) -> None:
        """Makes chunk starts what a successor begins with. Raises Fatal where the group has moved on."""
        places = [TopicPartition(self._topic, number, offset) for number, offset in starts.items()]
        try:
            self._consumer.commit(offsets=places, asynchronous=False)
        except KafkaException as error:
            raise Fatal(f"{self._topic}: chunk starts could not be committed: {error.args[0].str()}") from None

    def rewind(self) -> None:
        """Reads what a successor would: from before each committed chunk start. Raises Fatal where it cannot."""
        try:
            places = self._consumer.committed(self._consumer.assignment(), timeout=kafka.BROKER_TIMEOUT_S)
            starts = {place.partition: self._start(self._consumer, place) for place in places}
            for number, start in starts.items():
                self._consumer.seek(TopicPartition(self._topic, number, start.offset))
        except KafkaException as error:
            raise Fatal(f"{self._topic}: chunks could not be begun anew: {error.args[0].str()}") from None
        self._ends = {}
        self._on_change(starts)

    def close(self) -> None:
        self._consumer.close()

    def _assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        try:
            places = consumer.committed(assigned, timeout=kafka.BROKER_TIMEOUT_S)
            starts = {place.partition: self._start(consumer, place) for place in places}
        except KafkaException as error:
            self._watch.fatal = error.args[0]
            return
        consumer.assign([TopicPartition(self._topic, number, start.offset) for number, start in starts.items()])
        self._rebalances += 1
        self._on_change(starts)
        log.info("assigned", partitions=sorted(starts))

    def _start(self, consumer: Consumer, place: TopicPartition) -> Start:
        low, _high = consumer.get_watermark_offsets(place, timeout=kafka.BROKER_TIMEOUT_S)
        if 0 <= place.offset < low:
            raise RetentionGap(place.topic, place.partition, place.offset, low)
        chunk = max(place.offset, low) // CHUNK_OFFSETS
        return Start(chunk, max(low, chunk * CHUNK_OFFSETS - REREAD))

    def _revoke(self, _consumer: Consumer, revoked: list[TopicPartition]) -> None:
        self._rebalances += 1
        self._on_change({})
        log.info("revoked", partitions=sorted(place.partition for place in revoked))

    def _note(self, error: KafkaError, message: Message) -> None:
        if error.code() == KafkaError._PARTITION_EOF:
            self._ends[message.partition()] = message.offset()
        elif is_fatal(error) or (not error.retriable() and error.code() > 0):
            self._watch.fatal = error
        else:
            log.warning("the broker reports", error=error.name())

    def _raise_trouble(self) -> None:
        if (fatal := self._watch.fatal) is not None:
            raise Fatal(f"{self._topic}: {fatal.str()}; the digester ends, to start again clean")
        self._watch.check(self._consumer, self._topic)
