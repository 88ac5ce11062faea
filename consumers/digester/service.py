"""The digester as a service: reads clean events in batches, publishes digests of chunks.

Guarantee: effectively-once into `headrace.digests`, provided that readers take a chunk's copy with the greatest end
offset: what a copy says is a function of the log, whoever computes it, however often.

What people say who were erased is not digested. At news of an erasure every open chunk is read again without them.

The loop reads until it is time to publish (`Loop._publish`, steps 1 to 4). A chunk that is complete is queued at once:
one whose every interaction is an example (many tenants, agents and windows in it) holds 8 MB. Partitions come and go
only inside the call that reads, so a rebalance finds nothing half done; what was taken since is read again by the new
owner.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable, Mapping

import structlog

from consumers.digester.batch import MICROSECONDS
from consumers.digester.erased import Erasures
from consumers.digester.partition import PartitionDigester
from consumers.digester.publisher import Publisher
from consumers.digester.reader import Message, Reader, Start
from consumers.digester.records import batch_of
from consumers.digests.messages import CHUNK_OFFSETS, Part, Progress, Source
from consumers.log import configure_log
from consumers.memory import bound_arenas, give_back_large, rarely_collect
from consumers.metrics import Metrics
from consumers.watchdog import Watchdog
from headrace import kafka
from headrace.embedding import embedder
from headrace.failpoints import failpoint
from headrace.service import Heartbeat, Shutdown
from headrace.settings import Settings
from headrace.topics import CLEAN

SERVICE = "digester"
HUNG_AFTER_S = 180.0
"""Publishing waits for a broker for two minutes at most."""
REPORT_EVERY_S = 10.0

log = structlog.get_logger(SERVICE)


def run(settings: Settings) -> None:
    """Digests until SIGTERM or Ctrl-C, then publishes what it has."""
    configure_log()
    bound_arenas()
    give_back_large()
    shutdown = Shutdown().install()
    rarely_collect()
    admin = kafka.admin(settings.kafka)
    kafka.require_broker(admin, settings.kafka)
    metrics = Metrics(settings, SERVICE)
    metrics.serve()
    loop = Loop(settings, metrics)
    try:
        while not shutdown.requested:
            loop.turn()
        loop.publish()
    finally:
        loop.close()


class Loop:
    """One instance of the digester: reads, digests, publishes, commits chunk starts."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        topic = settings.kafka.topic(CLEAN)
        admin = kafka.admin(settings.kafka)
        self._topic_id = kafka.topic_ids(admin, [topic])[topic]
        self._partitions = len(admin.list_topics(topic, timeout=kafka.BROKER_TIMEOUT_S).topics[topic].partitions)
        self._embed = embedder("static")
        self._heartbeat = Heartbeat(settings.storage, SERVICE)
        self._watchdog = Watchdog(HUNG_AFTER_S, lambda: log.error("publishing hangs; the digester ends"))
        self._digesters: dict[int, PartitionDigester] = {}
        self._committed: dict[int, int] = {}
        self._at_end_since: dict[int, float] = {}
        """Partitions of which everything was read, and since when."""
        self._counts = Counter[str]()
        self._publish_at = self._report_at = 0.0
        self._erasures = Erasures(settings)
        self._publisher = Publisher(settings)
        self._reader = Reader(settings, self._change)

    def turn(self) -> None:
        """Reads what there is, and publishes when it is time."""
        self._heartbeat.beat()
        if self._erasures.news():
            log.info("somebody was erased; open chunks are read again")
            self._reader.rewind()
        now = time.monotonic()
        for partition, messages in self._reader.read().items():
            if (digester := self._digesters.get(partition)) is not None:
                self._at_end_since.pop(partition, None)
                self._take(digester, messages)
        for partition, end in self._reader.take_ends().items():
            if (digester := self._digesters.get(partition)) is not None:
                digester.reach(end)
                self._at_end_since.setdefault(partition, now)
        if now >= self._publish_at:
            self.publish()

    def publish(self) -> None:
        """Publishes and commits; a call that never returns ends the process."""
        with self._watchdog:
            self._publish()
        self._publish_at = time.monotonic() + self._settings.digester.publish_seconds
        self._report()

    def close(self) -> None:
        self._reader.close()
        self._erasures.close()

    def _publish(self) -> None:
        # 1. Records were taken. If we die here: they are read again.
        failpoint("digester.1_before_parts")

        # 2. Parts are queued, some delivered. If we die here: the next owner publishes copies that reach farther.
        for digester in self._digesters.values():
            self._queue(digester.parts())
        failpoint("digester.2_after_parts")

        # 3. Parts are delivered, and behind them how far they reach. If we die here: as above.
        self._publisher.progress(self._progress())
        self._publisher.flush()
        failpoint("digester.3_after_progress")

        # 4. A successor begins at the open chunks. If we die here, or while committing: at an earlier chunk.
        starts = {n: d.chunk_start for n, d in self._digesters.items() if d.chunk_start > self._committed[n]}
        if starts:
            self._reader.commit(starts)
            self._committed |= starts
            self._metrics.committed.set_to_current_time()
        failpoint("digester.4_after_commit")

    def _queue(self, parts: Iterable[Part]) -> None:
        for part in parts:
            self._publisher.part(part)
            self._counts["parts"] += 1

    def _progress(self) -> list[Progress]:
        at_us, since = time.time_ns() // 1000, time.monotonic() - self._settings.windows.idle_seconds
        return [
            digester.progress(at_us, self._at_end_since.get(number, math.inf) <= since, self._partitions)
            for number, digester in self._digesters.items()
        ]

    def _take(self, digester: PartitionDigester, messages: list[Message]) -> None:
        offsets = [message.offset() for message in messages]
        batch, undecodable = batch_of(offsets, [message.value() or b"" for message in messages])
        erased = self._erasures.erased.places(batch)
        digester.take(batch.without(erased))
        digester.reach(offsets[-1] + 1)
        with self._watchdog:
            self._queue(digester.complete())
        self._counts.update(undecodable=undecodable, erased=len(erased), digested=len(batch.offsets) - len(erased))

    def _change(self, starts: Mapping[int, Start]) -> None:
        """The partitions that are ours from now on; what was taken of others is forgotten."""
        rules = self._settings.continual_learning.failure_analysis
        window_us = self._settings.windows.seconds * MICROSECONDS
        self._digesters = {}
        for number, start in starts.items():
            source = Source(self._topic_id, number, window_us)
            self._digesters[number] = PartitionDigester(source, start.chunk, rules, self._embed)
            self._digesters[number].reach(start.offset)
        self._committed = {number: start.chunk * CHUNK_OFFSETS for number, start in starts.items()}
        self._at_end_since = {}

    def _report(self) -> None:
        ends = self._reader.log_ends(self._digesters)
        self._metrics.set_lag({n: max(0, end - self._digesters[n].end_offset) for n, end in ends.items()})
        for outcome, count in self._counts.items():
            self._metrics.records.labels(outcome).inc(count)
        if self._counts and time.monotonic() >= self._report_at:
            log.info("digested", **self._counts)
            self._report_at = time.monotonic() + REPORT_EVERY_S
        self._counts.clear()
