"""Closed days as compressed Parquet beside the database: a copy, never a seal; nothing is purged for it.

    parquet/day=2026-03-01/interactions.parquet, feedback.parquet, …, manifest.json

A day is closed an hour after its end. One that receives late rows is written again. A folder's manifest
names each file's rows and hash, and the ledger at the instant of the copy. If we die while writing, a
file without its manifest is left, or an older pair: both are written again at the next pass.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import msgspec
import structlog

from consumers.lake.access import archive_path, quoted
from consumers.lake.database import make_private_folder
from consumers.lake.tables import RECORD_TABLES, Table
from headrace.failpoints import failpoint
from headrace.settings import Settings

GRACE = timedelta(hours=1)
"""Most of a day's late rows come within the hour, so that it need not be written twice."""
FIRST_PAUSE_S = 5.0
"""After the start, when what was missed meanwhile is being read."""
PAUSE_S = 3600.0
"""Late rows reach the copy of their day within the hour."""
MANIFEST = "manifest.json"

log = structlog.get_logger("lake")

Counts = dict[date, dict[str, int]]
"""Rows by day and table."""


class File(msgspec.Struct, frozen=True):
    """One Parquet file of a day."""

    rows: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a day's folder holds, by table, and where the ledger stood."""

    files: dict[str, File]
    ledger: list[tuple[str, str, int, int]]
    """Topic, topic id, partition, next offset."""
    written_at: datetime


class Archive:
    """Copies closed days of one store, a day at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
        self._connection = connection.cursor()
        self._connection.execute("USE headrace")
        self._folder = archive_path(settings)

    def write_next(self, now: datetime | None = None) -> date | None:
        """Writes the oldest closed day whose copy lacks rows; the day, or None when all copies are complete."""
        today = ((now or datetime.now(UTC)) - GRACE).date()
        for day, counts in sorted(counts_by_day(self._connection).items()):
            if day < today and counts != self._copied(day):
                self._write(day, counts)
                return day
        return None

    def interrupt(self) -> None:
        """Ends a copy that is being written; the next pass writes it again."""
        self._connection.interrupt()

    def _copied(self, day: date) -> dict[str, int]:
        manifest = read_manifest(_day_folder(self._folder, day))
        return {table: file.rows for table, file in manifest.files.items()} if manifest else {}

    def _write(self, day: date, counts: Mapping[str, int]) -> None:
        folder = _day_folder(self._folder, day)
        make_private_folder(self._folder)
        make_private_folder(folder)
        self._connection.execute("BEGIN")
        try:
            ledger = self._connection.execute("SELECT topic, topic_id, partition, next_offset FROM ledger").fetchall()
            files = {t.name: self._copy(t, day, folder) for t in RECORD_TABLES if counts.get(t.name)}
        finally:
            self._connection.execute("ROLLBACK")
        _replace(folder / MANIFEST, msgspec.json.encode(Manifest(files, ledger, datetime.now(UTC))))

    def _copy(self, table: Table, day: date, folder: Path) -> File:
        target, made = folder / f"{table.name}.parquet", folder / f".{table.name}.parquet.tmp"
        copied = self._connection.execute(
            f"COPY (FROM {table.name} WHERE {_day(table)} = DATE '{day}') "
            f"TO {quoted(str(made))} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()
        file = File(copied[0] if copied else 0, made.stat().st_size, sha256(made))
        failpoint("lake.parquet_written")
        sync(made)
        made.replace(target)
        failpoint("lake.parquet_renamed")
        return file


class Copying:
    """An archive at work beside the traffic: a thread of its own, a day at a time, then rest for an hour."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._thread = ThreadPoolExecutor(1, "lake-archive")
        self._running: Future[date | None] | None = None
        self._next_start = time.monotonic() + FIRST_PAUSE_S

    def __enter__(self) -> Copying:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._archive.interrupt()
        self._thread.shutdown()

    def turn(self) -> None:
        """Starts the next copy when it is time; never waits."""
        if self._running is not None and self._running.done():
            if self._copied() is None:
                self._next_start = time.monotonic() + PAUSE_S
            self._running = None
        if self._running is None and time.monotonic() >= self._next_start:
            self._running = self._thread.submit(self._archive.write_next)

    def _copied(self) -> date | None:
        """The day that was copied; None after the last one, or where a copy failed: a copy ends no service."""
        assert self._running is not None
        try:
            return self._running.result()
        except (duckdb.Error, OSError) as error:
            log.warning("lake.copy_failed", error=type(error).__name__, again_in_s=PAUSE_S)
            return None


def read_manifest(folder: Path) -> Manifest | None:
    """A day's manifest; None where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None


def damaged_files(settings: Settings) -> list[Path]:
    """Files that are not what their day's manifest says."""
    found: list[Path] = []
    for folder in sorted(archive_path(settings).glob("day=*")):
        manifest = read_manifest(folder)
        files = manifest.files if manifest else {}
        for path in sorted(folder.glob("*.parquet")):
            file = files.get(path.stem)
            if file is None or path.stat().st_size != file.bytes or sha256(path) != file.sha256:
                found.append(path)
    return found


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def counts_by_day(connection: duckdb.DuckDBPyConnection) -> Counts:
    """How many rows of each table a day has now."""
    counts: Counts = defaultdict(dict)
    for table in RECORD_TABLES:
        rows: list[Any] = connection.execute(f"SELECT {_day(table)}, count(*) FROM {table.name} GROUP BY 1").fetchall()
        for day, count in rows:
            counts[day][table.name] = count
    return counts


def _day(table: Table) -> str:
    """The day a row is filed under: an event's own, else that of its arrival."""
    return "day" if "day" in table.names else "appended_at::DATE"


def _day_folder(folder: Path, day: date) -> Path:
    return folder / f"day={day.isoformat()}"


def _replace(path: Path, content: bytes) -> None:
    made = path.with_name(f".{path.name}.tmp")
    made.write_bytes(content)
    sync(made)
    made.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Returns once the disk has it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
