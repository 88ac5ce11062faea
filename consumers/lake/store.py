"""The database file: opened, migrated, and written one batch at a time.

Guarantee: effectively-once into DuckDB, provided that one process holds the file (DuckDB's lock sees to
it) and that the topics keep what was not read yet. Rows and ledger change in one transaction:

1. rows of the batch, those seen before apart      if we die here: nothing was stored
2. the ledger, compared and swapped                if we die here: nothing was stored
3. COMMIT                                          if we die here: stored, and the ledger says so
4. CHECKPOINT, now and then                        if we die here: the write-ahead log is replayed

The next start reads on from the ledger in the file. A write-ahead log that was cut or deleted only
makes it read more again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import TracebackType

import duckdb

from consumers.lake import ledger, subjects
from consumers.lake.access import database_path
from consumers.lake.batch import Batch
from consumers.lake.database import CATALOG, explain, open_database, roll_back
from consumers.lake.rows import insert
from headrace.errors import ConfigError, StoreFull
from headrace.failpoints import failpoint
from headrace.settings import MEGABYTE, Settings

SPARE_BYTES = 16 * MEGABYTE
"""Free space that a batch and its checkpoint may need beside the batch's own bytes."""


class Store:
    """The open database; `with Store(settings) as store:`."""

    def __init__(self, settings: Settings) -> None:
        """Raises StoreLocked, StoreFull, or Fatal for a DuckDB that is too old."""
        self._path = database_path(settings)
        with self._explained():
            self.connection = open_database(settings)
        self.entries = ledger.read(self.connection)
        self.erased = subjects.read(self.connection)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if kind is None:
            self.checkpoint()
        self.connection.close()

    def begin(self, topic: str, topic_id: str, partitions: int) -> None:
        """Makes the ledger hold each partition of a topic. Raises TopicChanged."""
        with self._transaction():
            ledger.begin(self.connection, topic, topic_id, range(partitions))
        self.entries = ledger.read(self.connection)

    def skip_gap(self, topic: str, partition: int, next_offset: int) -> None:
        """Accepts that records before `next_offset` are gone. Raises ConfigError where there is no such gap."""
        if not ledger.skip(self.connection, topic, partition, next_offset):
            raise ConfigError(f"{topic}[{partition}]: the store knows no such partition, or is past {next_offset}")

    def write(self, batch: Batch) -> None:
        """Stores a batch and the positions after it, all or nothing.

        Raises StoreFull, LedgerConflict, and Retriable while analysts' statements hold all memory.
        """
        self._require_space(batch.bytes)
        with self._transaction():
            rows = insert(self.connection, batch, self.erased)
            failpoint("lake.after_rows")
            steps = [
                ledger.Step(self.entries[partition], next_offset, batch.records[partition], rows.get(partition, {}))
                for partition, next_offset in batch.next_offsets.items()
            ]
            entries = ledger.advance(self.connection, steps)
            failpoint("lake.after_ledger")
        failpoint("lake.after_commit")
        self.entries |= {(entry.topic, entry.partition): entry for entry in entries}

    @property
    def wal_bytes(self) -> int:
        """Size of the write-ahead log."""
        try:
            return self._path.with_suffix(".duckdb.wal").stat().st_size
        except FileNotFoundError:
            return 0

    def checkpoint(self) -> None:
        """Moves the write-ahead log into the file; put off where DuckDB has another transaction open."""
        with self._explained(), suppress(duckdb.TransactionException), ThreadPoolExecutor(1) as thread:
            done = thread.submit(self.connection.execute, f"CHECKPOINT {CATALOG}")
            failpoint("lake.in_checkpoint")
            done.result()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._explained():
            self.connection.execute("BEGIN")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                roll_back(self.connection)
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """DuckDB's errors as ours: its words may quote a value, so only those on files are passed on."""
        try:
            yield
        except duckdb.Error as error:
            raise explain(error, self._path) from None

    def _require_space(self, batch_bytes: int) -> None:
        free = shutil.disk_usage(self._path.parent).free
        if free < (needed := SPARE_BYTES + 3 * batch_bytes):
            raise StoreFull(
                f"{self._path.parent}: {free // MEGABYTE} MB free, a batch may need {needed // MEGABYTE}; "
                "free some space and start the lake again: it goes on where the ledger stands"
            )
