"""Digests onto their topic: parts to their tenant's partition, then progress to every partition, then wait."""

from __future__ import annotations

import time
from collections.abc import Iterable

from confluent_kafka import KafkaError, Producer

from consumers.digests.messages import Part, Progress, encode, split
from headrace import kafka
from headrace.errors import Fatal
from headrace.settings import Settings
from headrace.topics import DIGESTS

DELIVERY_PATIENCE_S = 120.0
"""As long as the reader waits for a broker; nothing is committed meanwhile."""
QUEUED_KB = 8 * 1024
"""What waits to be sent; librdkafka would take 1 GB."""
POLL_S = 0.5
BY_KEY = -1
"""What librdkafka calls the partition that the key decides."""


class Publisher:
    """Writes in order and idempotently: within a digests partition nothing overtakes."""

    def __init__(self, settings: Settings) -> None:
        self._topic = settings.kafka.topic(DIGESTS)
        self._producer = Producer(
            {**kafka.producer(settings.kafka), "linger.ms": 5, "queue.buffering.max.kbytes": QUEUED_KB}
        )
        self._partitions = len(
            self._producer.list_topics(self._topic, kafka.BROKER_TIMEOUT_S).topics[self._topic].partitions
        )
        self._failed: KafkaError | None = None

    def part(self, part: Part) -> None:
        """Queues a part, all its messages to the partition of its tenant."""
        for message in split(part):
            self._queue(encode(message), part.key.tenant.encode(), None)

    def progress(self, progress: Iterable[Progress]) -> None:
        """Queues progress for every partition, behind the parts that are queued."""
        for one in progress:
            for partition in range(self._partitions):
                self._queue(encode(one), None, partition)

    def flush(self) -> None:
        """Returns when the broker has everything; raises Fatal where it took something not."""
        deadline = time.monotonic() + DELIVERY_PATIENCE_S
        while self._producer.flush(POLL_S):
            if time.monotonic() > deadline:
                raise Fatal(f"{self._topic}: digests were not delivered within {DELIVERY_PATIENCE_S:g} s")
        if self._failed is not None:
            raise Fatal(f"{self._topic}: a digest was not delivered: {self._failed.str()}")

    def _queue(self, value: bytes, key: bytes | None, partition: int | None) -> None:
        place = BY_KEY if partition is None else partition
        while True:
            try:
                self._producer.produce(self._topic, value, key, place, on_delivery=self._on_delivery)
                self._producer.poll(0)
                return
            except BufferError:
                self._producer.poll(POLL_S)

    def _on_delivery(self, error: KafkaError | None, _message: object) -> None:
        self._failed = self._failed or error
