"""The one place where the client touches Kafka: a librdkafka producer whose queue is the buffer."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from headrace import kafka
from headrace.errors import ConfigError
from headrace.settings import Settings
from headrace.topics import PRODUCER_HEADER, RAW, SEQ_HEADER

Failed = Callable[[int, bool], None]
"""Takes the seq of an event that will not be delivered, and whether it was discarded by us."""

END_OF_PROPERTIES = "headrace.end.of.properties"
HEADROOM = 2
"""Our own bound decides; librdkafka's is that much wider, as masking may lengthen an event."""
ANY_PARTITION, BROKERS_TIME = -1, 0
"""Defaults of `produce`, which takes arguments by position in four fifths of the time."""
DISCARD_S = 0.2
"""Reports of discarded events come within milliseconds; a machine that swaps shall not hang at exit."""


def check(settings: Settings) -> None:
    """Raises ConfigError for a setting that Kafka's client does not know, without starting its threads.

    The client reads properties in order: if it complains about our own last one, it took all before.
    """
    try:
        Producer({**_config(settings), END_OF_PROPERTIES: ""})
    except KafkaException as error:
        if END_OF_PROPERTIES not in error.args[0].str():
            raise ConfigError(f"kafka.properties: {error.args[0].str()}") from None


class Sender:
    """Sends events and statuses. Raises ConfigError if Kafka's client cannot start, for want of a file perhaps."""

    def __init__(self, settings: Settings, producer_id: str, on_failure: Failed) -> None:
        self.trouble = ""
        """What Kafka's client last complained about: addresses and causes, never an event."""
        self._on_failure = on_failure
        self._topic = settings.kafka.topic(RAW)
        self._producer_header = (PRODUCER_HEADER, producer_id.encode())
        self._statuses: WeakSet[_StatusReport] = WeakSet()
        self._report = _report_class(self._failed)
        try:
            self._producer = Producer({**_config(settings), "error_cb": self._heard})
        except KafkaException as error:
            raise ConfigError(f"kafka.properties: {error.args[0].str()}") from None
        self._produce = self._producer.produce

    def __len__(self) -> int:
        """Events on their way; while reports wait to be served, each batch of them counts as one more."""
        return max(len(self._producer) - len(self._statuses), 0)

    def send(self, payload: bytes, key: bytes, seq: int) -> None:
        """Puts one event into the queue. Raises BufferError or KafkaException if it cannot be taken."""
        headers: list[tuple[str, str | bytes | None]] = [self._producer_header, (SEQ_HEADER, b"%d" % seq)]
        self._produce(self._topic, payload, key, ANY_PARTITION, self._report(seq), None, BROKERS_TIME, headers)

    @property
    def status_on_its_way(self) -> bool:
        return bool(self._statuses)

    def send_status(self, records: list[bytes]) -> None:
        """Puts the records of one status into the queue; one that finds no room is left to the next."""
        for record in records:
            report = _StatusReport()
            with suppress(BufferError, KafkaException):
                self._producer.produce(
                    self._topic, record, self._producer_header[1], on_delivery=report, headers=[self._producer_header]
                )
                self._statuses.add(report)

    def serve(self, timeout_s: float) -> None:
        """Takes in delivery reports, waiting up to `timeout_s` for the first."""
        self._producer.poll(timeout_s)

    def push(self, timeout_s: float) -> int:
        """Sends without lingering, for up to `timeout_s`; how many records are left."""
        return self._producer.flush(timeout_s)

    def discard(self) -> None:
        """Gives up whatever is on its way; each event is reported as failed."""
        self._producer.purge()
        deadline = time.monotonic() + DISCARD_S
        while len(self._producer) and time.monotonic() < deadline:
            self._producer.poll(0.01)

    def abandon(self) -> None:
        """In a forked child: keeps the parent's handle for ever, for to destroy it waits for threads it has not."""
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._producer))

    def _failed(self, seq: int, error: KafkaError | None) -> None:
        if error is None:
            return
        discarded = error.code() in (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT)
        if not discarded:
            self._heard(error)
        self._on_failure(seq, discarded)

    def _heard(self, error: KafkaError) -> None:
        self.trouble = error.str()


def _report_class(failed: Callable[[int, KafkaError | None], None]) -> Callable[[int], Callable[..., None]]:
    """Makes an event's delivery callback of its number.

    A number that can be called is one object where a partial is three. As one lives for each event on its way,
    that makes the garbage collector's passes over the agent's whole heap three times rarer.
    """

    def report(seq: int, error: KafkaError | None, _message: Message) -> None:
        failed(int(seq), error)

    return type("_Report", (int,), {"__slots__": (), "__call__": report})


class _StatusReport:
    """Kept by the producer until the status has arrived or failed: those alive are those on their way."""

    def __call__(self, _error: KafkaError | None, _message: Message) -> None:
        pass


def _config(settings: Settings) -> dict[str, Any]:
    logging = settings.continual_learning.logging
    return {
        **kafka.producer(settings.kafka),
        "batch.num.messages": logging.buffer_size,
        "linger.ms": logging.linger_seconds * 1000,
        "queue.buffering.max.kbytes": HEADROOM * logging.buffer_bytes // 1024,
        "queue.buffering.max.messages": 0,
        "message.timeout.ms": 0,
        "delivery.report.only.error": True,
        "log_level": kafka.SILENT,
    }
