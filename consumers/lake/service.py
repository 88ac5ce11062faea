"""The lake as a service: reads clean and rejected records and stores them in DuckDB.

Guarantee: effectively-once into DuckDB, provided that the topics keep what was not read yet and that the
disk keeps what was synced. See `consumers.lake.store` for what happens if we die at which step.

Two threads: this one reads and decodes the next batch while the other stores the last one.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import pyarrow as pa
import structlog

from consumers.lake.archive import Archive, Copying
from consumers.lake.batch import Batch, Partition, Records
from consumers.lake.erasures import Erasures
from consumers.lake.quack import Server
from consumers.lake.reader import Reader
from consumers.lake.store import Store
from consumers.memory import bound_arenas, rarely_collect
from consumers.metrics import Metrics
from headrace import kafka
from headrace.errors import Retriable
from headrace.patience import patiently
from headrace.service import Heartbeat, Shutdown
from headrace.settings import MEGABYTE, Settings
from headrace.topics import CLEAN, CLUSTERS, DECISIONS, REJECTED, REPORTS

REPORT_TOPICS = (REPORTS, CLUSTERS, DECISIONS)
CHUNK_RECORDS = 1_000
"""Made into columns at once: from so many on, making one costs little beside filling it; more leave the cache."""
BATCH_BYTES = 48 * MEGABYTE
"""A full batch of 1.1 KB events has half of that; events of 900 KB end it after some fifty."""
MEMORY_PAUSE_S = 0.2
"""Analysts' statements end within seconds, mostly."""

log = structlog.get_logger("lake")


def run(settings: Settings) -> None:
    """Stores until SIGTERM or Ctrl-C, then finishes what was read."""
    shutdown = Shutdown().install()
    tune_process()
    erasures = Erasures(settings)
    erasures.forget()
    with Store(settings) as store:
        _begin(settings, store)
        reader = Reader(settings, {key: entry.next_offset for key, entry in store.entries.items()})
        server = Server(store.connection, settings) if settings.store.quack_port else None
        reason = Lake(settings, store, reader, shutdown, server, erasures).run()
    erasures.close()
    if reason is not None:
        log.warning("lake.starts_again", reason=reason)
        start_again()


def start_again() -> None:
    """Replaces this process by the same command, which ends whatever runs in its other threads."""
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def tune_process() -> None:
    """Memory as this loop needs it: 40 % less time for building columns, and a third of it for decoding."""
    bound_arenas()
    pa.set_memory_pool(pa.system_memory_pool())
    rarely_collect()


def _begin(settings: Settings, store: Store) -> None:
    admin = kafka.admin(settings.kafka)
    kafka.require_broker(admin, settings.kafka)
    names = [settings.kafka.topic(name) for name in (CLEAN, REJECTED, *REPORT_TOPICS)]
    ids = kafka.topic_ids(admin, names)
    for name in names:
        store.begin(
            name, ids[name], len(admin.list_topics(name, timeout=kafka.BROKER_TIMEOUT_S).topics[name].partitions)
        )


class Source(Protocol):
    """Where records come from: Kafka, or a benchmark's file."""

    def read(self, limit: int, timeout_s: float) -> list[Records]:
        """At most `limit` records, by topic; empty after `timeout_s` without any."""

    def take_ends(self) -> dict[Partition, int]:
        """The partitions whose end was reached since the last call, and the next offset there."""

    def lag(self) -> dict[int, int]:
        """Records of `clean` that were not read yet, by partition."""

    def close(self) -> None: ...


class Lake:
    """The loop between a source and a store."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        source: Source,
        shutdown: Shutdown,
        server: Server | None = None,
        erasures: Erasures | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._shutdown = shutdown
        self._next_offsets = {key: entry.next_offset for key, entry in store.entries.items()}
        self._source = source
        self._server = server
        self._erasures = erasures
        self._heartbeat = Heartbeat(settings.storage, "lake")
        self._metrics = Metrics(settings, "lake")
        self._thread = ThreadPoolExecutor(1, "lake-store")
        self._storing: Future[None] | None = None
        self._copying = Copying(Archive(store.connection, settings))

    def run(self) -> str | None:
        """Reads and stores until asked to end; whatever fails in either thread ends both.

        What it returns is a reason to start again, as a new process; None where it was asked to end.
        """
        log.info("lake.started", positions=sum(self._next_offsets.values()), storage=str(self._settings.storage))
        reason: str | None = None
        self._metrics.serve()
        with self._thread, self._copying:
            try:
                while not self._shutdown.requested and (reason := self._reason_to_start_again()) is None:
                    self._turn()
                self._wait_until_stored()
            finally:
                self._source.close()
                if self._server is not None:
                    self._server.close()
        log.info("lake.stopped", positions=sum(self._next_offsets.values()))
        return None if self._shutdown.requested else reason

    def _reason_to_start_again(self) -> str | None:
        if self._server and self._server.is_blocked():
            return f"a statement ran longer than {self._settings.store.query_seconds:g} s"
        if self._erasures and self._erasures.is_due(self._store):
            return "rows have to go"
        return None

    def _turn(self) -> None:
        batch = self._fill()
        self._metrics.set_lag(self._source.lag())
        self._wait_until_stored()
        self._copying.turn()
        if batch.next_offsets:
            self._storing = self._thread.submit(self._store_batch, batch)

    def _fill(self) -> Batch:
        """A batch that is full, or as old as a batch may get; it grows on while the last one is being stored."""
        topic = self._settings.kafka.topic
        batch = Batch(topic(CLEAN), topic(REJECTED), tuple(map(topic, REPORT_TOPICS)))
        limits = self._settings.store
        deadline = time.monotonic() + limits.batch_seconds
        while (room := limits.batch_records - batch.interactions) > 0 and batch.bytes < BATCH_BYTES:
            left_s = deadline - time.monotonic()
            if self._shutdown.requested or (left_s <= 0 and not self._is_worth_waiting(batch, -left_s)):
                break
            for records in self._source.read(min(room, CHUNK_RECORDS), min(max(left_s, 0.05), 0.1)):
                batch.add(records)
            self._heartbeat.beat()
        self._note_ends(batch)
        return batch

    def _is_worth_waiting(self, batch: Batch, late_s: float) -> bool:
        """Whether a late batch may grow: the last one is being stored, or it is soon full.

        A full batch is one row group and takes a third of the processor's time for a row: at the pace that half
        filled it in time, it is full within the same time again.
        """
        limits = self._settings.store
        is_soon_full = 2 * batch.interactions >= limits.batch_records and late_s < limits.batch_seconds
        return is_soon_full or (self._storing is not None and not self._storing.done())

    def _note_ends(self, batch: Batch) -> None:
        """Takes over the ends of partitions, which lie past the markers of their last transactions."""
        self._next_offsets |= batch.next_offsets
        for partition, end in self._source.take_ends().items():
            if end > self._next_offsets[partition]:
                batch.advance(partition, end)
                self._next_offsets[partition] = end

    def _store_batch(self, batch: Batch) -> None:
        self._write_in_time(batch)
        self._metrics.count({name: sum(rows.num_rows for rows in chunks) for name, chunks in batch.chunks.items()})
        if self._store.wal_bytes > self._settings.store.checkpoint_mb * MEGABYTE:
            self._store.checkpoint()

    def _write_in_time(self, batch: Batch) -> None:
        """Writes a batch, waiting for memory as long as analysts' statements may hold it."""
        patiently(lambda: self._store.write(batch), Retriable, self._settings.store.query_seconds, MEMORY_PAUSE_S)

    def _wait_until_stored(self) -> None:
        if self._storing is not None:
            self._storing.result()
            self._storing = None
