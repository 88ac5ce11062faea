"""The database file: opened, migrated, and written one batch at a time.

Guarantee: effectively-once into DuckDB, provided that one process holds the file (DuckDB's lock sees to
it) and that the topics keep what was not read yet. Rows and ledger change in one transaction:

1. rows of the batch, those seen before apart      if we die here: nothing was stored
2. the ledger, compared and swapped                if we die here: nothing was stored
3. COMMIT                                          if we die here: stored, and the ledger says so
4. CHECKPOINT, now and then                        if we die here: the write-ahead log is replayed

The next start reads on from the ledger in the file. A write-ahead log that was cut or deleted only
makes it read more again.

The file is attached, not opened: only so can its row groups be smaller than DuckDB's 122,880 rows. A batch
of ROW_GROUP_ROWS interactions is one row group, which goes compressed into the file at once, past the
write-ahead log and the next checkpoint: less than half the work of a row.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import duckdb

from consumers.lake import ledger
from consumers.lake.access import database_path, quoted
from consumers.lake.batch import Batch
from consumers.lake.rows import insert
from consumers.lake.tables import TABLES
from consumers.lake.views import VIEWS
from headrace.errors import ConfigError, Fatal, StoreFull, StoreLocked
from headrace.failpoints import failpoint
from headrace.settings import MEGABYTE, Settings

CATALOG = "headrace"
OLDEST_DUCKDB = (1, 5, 5)
"""1.4 loses a whole table when the disk fills during a checkpoint."""
_QUOTES_NO_VALUE = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.CatalogException,
    duckdb.BinderException,
    duckdb.TransactionException,
)
ROW_GROUP_ROWS = 20_480
"""Ten vectors: a batch that Python can hold, and compressed nearly as well as DuckDB's own 122,880."""
READERS_PATIENCE_S = 5.0
"""`headrace sql` holds the file for one statement while no lake runs."""
READERS_POLL_S = 0.01
PRIVATE_UMASK = 0o077
"""For the whole process: DuckDB makes its log and temporary files whenever it needs them."""
SPARE_BYTES = 16 * MEGABYTE
"""Free space that a batch and its checkpoint may need beside the batch's own bytes."""


class Store:
    """The open database; `with Store(settings) as store:`."""

    def __init__(self, settings: Settings) -> None:
        """Raises StoreLocked, StoreFull, or Fatal for a DuckDB that is too old."""
        require_duckdb()
        os.umask(PRIVATE_UMASK)
        self._settings = settings
        self._path = database_path(settings)
        make_private_folder(self._path.parent)
        with self._explained():
            self.connection = _open(settings, self._path)
        self.entries = ledger.read(self.connection)

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
        """Stores a batch and the positions after it, all or nothing. Raises StoreFull, LedgerConflict."""
        self._require_space(batch.bytes)
        with self._transaction():
            rows = insert(self.connection, batch)
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
                _roll_back(self.connection)
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """DuckDB's errors as ours: its words may quote a value, so only those on files are passed on."""
        try:
            yield
        except duckdb.Error as error:
            raise _explain(error, self._path) from None

    def _require_space(self, batch_bytes: int) -> None:
        free = shutil.disk_usage(self._path.parent).free
        if free < (needed := SPARE_BYTES + 3 * batch_bytes):
            raise StoreFull(
                f"{self._path.parent}: {free // MEGABYTE} MB free, a batch may need {needed // MEGABYTE}; "
                "free some space and start the lake again: it goes on where the ledger stands"
            )


def require_duckdb(version: str = duckdb.__version__) -> None:
    """Raises Fatal for a DuckDB that can lose data."""
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if numbers < OLDEST_DUCKDB:
        raise Fatal(f"DuckDB {version} can lose a table when the disk fills; install 1.5.5 or later")


def make_private_folder(path: Path) -> None:
    """The folder, for this user only."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)


def _open(settings: Settings, path: Path) -> duckdb.DuckDBPyConnection:
    """The file with today's tables and views in it, and no DDL left in its write-ahead log."""
    with _attached(settings, path) as migrating:
        migrating.execute("BEGIN")
        for table in TABLES:
            migrating.execute(table.ddl)
            migrating.execute(f"COMMENT ON TABLE {table.name} IS {quoted(table.comment)}")
            for column in table.columns:
                migrating.execute(f'COMMENT ON COLUMN {table.name}."{column.name}" IS {quoted(column.comment)}')
        for view in VIEWS:
            migrating.execute(f"CREATE OR REPLACE VIEW {view.name} AS {view.sql}")
            migrating.execute(f"COMMENT ON VIEW {view.name} IS {quoted(view.comment)}")
        migrating.execute("COMMIT")
        migrating.execute(f"CHECKPOINT {CATALOG}")
    return _attached(settings, path)


def _attached(settings: Settings, path: Path) -> duckdb.DuckDBPyConnection:
    store = settings.store
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{store.memory_limit_mb}MB",
            "threads": store.threads,
            "temp_directory": str(path.parent / "tmp"),
            "checkpoint_threshold": f"{4 * store.checkpoint_mb}MB",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        },
    )
    _attach(connection, path)
    connection.execute(f"USE {CATALOG}")
    connection.execute("SET enable_progress_bar = false")
    return connection


def _attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attaches the file, once those who read it for one statement have let go of it."""
    deadline = time.monotonic() + READERS_PATIENCE_S
    while True:
        try:
            connection.execute(
                f"ATTACH {quoted(str(path))} AS {CATALOG} (ROW_GROUP_SIZE {ROW_GROUP_ROWS}, STORAGE_VERSION 'latest')"
            )
            return
        except duckdb.IOException as error:
            if "Conflicting lock" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(READERS_POLL_S)


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.execute("ROLLBACK")
    except duckdb.Error:
        return  # a database that DuckDB gave up on has rolled back already


def _explain(error: duckdb.Error, path: Path) -> Exception:
    words = str(error)
    if lock := re.search(r"Conflicting lock is held in .*?\(PID (\d+)\)", words):
        return StoreLocked(f"{path} is held by process {lock[1]}; end it first: one process writes a store")
    if "No space left" in words or ("Out of Memory" not in words and "disk" in words and "full" in words):
        return StoreFull(f"{path}: the disk is full; free some space and start the lake again")
    if isinstance(error, _QUOTES_NO_VALUE):
        return Fatal(f"{path}: {words.splitlines()[0]}")
    return Fatal(f"{path}: DuckDB failed ({type(error).__name__}); nothing of the batch was stored")
