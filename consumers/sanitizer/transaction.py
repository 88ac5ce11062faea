"""A transactional producer whose every error is one of ours: the branch of the error is the decision."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from confluent_kafka import KafkaException, Producer, TopicPartition

from consumers.watchdog import Watchdog
from headrace import kafka
from headrace.errors import Abortable, Fatal
from headrace.settings import Kafka
from headrace.topics import MAX_CLEAN_BYTES

T = TypeVar("T")

TRANSACTION_TIMEOUT_MS = 10_000
"""The broker ends a dead instance's transaction after this; until then readers of clean wait at it."""
CALL_TIMEOUT_S = 5.0
"""One call; it is repeated while its error is retriable."""
PATIENCE_S = 30.0
"""How long one step is repeated before the outcome counts as unknown: three transaction timeouts."""
HUNG_AFTER_S = 4 * CALL_TIMEOUT_S
"""librdkafka 2.16 may never return from `send_offsets_to_transaction` where the broker died under it (seen with a
broker killed in mid-traffic), whatever timeout it was given: then only a new process helps."""
RETRY_S = 0.05
"""Most retriable errors took CALL_TIMEOUT_S; some, like a coordinator that moves, come at once."""
QUEUED_MESSAGES = 200_000
"""More than any batch: a transaction's records are queued whole before it is committed."""
LINGER_MS = 50
"""While a batch is worked on; its commit sends what is left at once. With 5 ms a batch of 5,000 went out in some 200
pieces: the broker took 1.6 times as much time over them, and the thread that packs them twice as much."""

NO_GUARD: AbstractContextManager[None] = nullcontext()

Record = dict[str, bytes | None]


class Transactions:
    """One instance's transactions. Raises Abortable where the open one has to be aborted and its input read
    again; Fatal for everything else, an unknown outcome too: the process ends, and init on restart fences it.
    """

    def __init__(self, settings: Kafka, instance: str, on_hang: Callable[[], object]) -> None:
        self._watchdog = Watchdog(HUNG_AFTER_S, on_hang)
        self._producer = Producer(
            {
                **kafka.producer(settings),
                "transactional.id": settings.topic(instance),
                "transaction.timeout.ms": TRANSACTION_TIMEOUT_MS,
                "message.max.bytes": MAX_CLEAN_BYTES,
                "queue.buffering.max.messages": QUEUED_MESSAGES,
                "linger.ms": LINGER_MS,
            }
        )

    def start(self) -> None:
        """Ends whatever a former life of this instance left open, and shuts out a twin."""
        self._insist(self._producer.init_transactions, CALL_TIMEOUT_S)

    def begin(self) -> None:
        self._insist(self._producer.begin_transaction)

    def produce(self, topic: str, messages: list[Record]) -> None:
        """Queues records; their delivery is settled by `commit`."""
        queued = self._producer.produce_batch(topic, messages) if messages else 0
        if queued < len(messages):
            raise Abortable(f"{topic}: {len(messages) - queued} of {len(messages)} records could not be queued")

    def send_offsets(self, positions: Sequence[TopicPartition], group: Any) -> None:
        """Makes the input's next offsets part of the transaction; refused for a group that has moved on."""
        self._insist(self._producer.send_offsets_to_transaction, list(positions), group, CALL_TIMEOUT_S)

    def commit(self) -> None:
        """Flushes and commits; on return every record is visible to read_committed readers."""
        self._insist(self._producer.commit_transaction, CALL_TIMEOUT_S)

    def abort(self) -> None:
        self._insist(self._producer.abort_transaction, CALL_TIMEOUT_S)

    def _insist(self, call: Callable[..., None], *arguments: Any) -> None:
        insist(call, *arguments, guard=self._watchdog)


def insist(call: Callable[..., T], *arguments: Any, guard: AbstractContextManager[None] = NO_GUARD) -> T:
    """The call's result; it is repeated while its error is retriable, for `PATIENCE_S`. Raises Abortable or Fatal."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with guard:
                return call(*arguments)
        except KafkaException as exception:
            error = exception.args[0]
            if error.txn_requires_abort():
                raise Abortable(error.str()) from None
            if not error.retriable() or time.monotonic() >= deadline:
                raise Fatal(f"{call.__name__}: {error.str()}; the sanitizer ends, to start again clean") from None
            time.sleep(RETRY_S)
