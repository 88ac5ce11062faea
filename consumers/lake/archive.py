"""Closed days as compressed Parquet beside the database: a copy, never a seal; nothing is purged for it.

    parquet/day=2026-03-01/interactions.parquet, feedback.parquet, …, manifest.json
    parquet/rest=20260303T120501/ledger.parquet, decisions.parquet, …, manifest.json

A day is closed an hour after its end. One that receives late rows is written again. A folder's manifest
names each file's rows and hash, and the ledger at the instant of the copy. If we die while writing, a
file without its manifest is left, or an older pair: both are written again at the next pass.

The rest is written when all closed days are, each time into a folder of its own: the tables that have no days, and
a ledger that ends where the first record of an open day stands. `headrace rebuild` makes a store of days and rest.
"""

from __future__ import annotations

import hashlib
import os
import shutil
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
from consumers.lake.tables import ERASURES, LEDGER, RECORD_TABLES, REPORT_TABLES, SEQ_ARCHIVE, Table
from headrace.failpoints import failpoint
from headrace.settings import Settings

GRACE = timedelta(hours=1)
"""Most of a day's late rows come within the hour, so that it need not be written twice."""
FIRST_PAUSE_S = 5.0
"""After the start, when what was missed meanwhile is being read."""
PAUSE_S = 3600.0
"""Late rows reach the copy of their day within the hour."""
MANIFEST = "manifest.json"
REST = "rest="
REST_TABLES = (LEDGER, SEQ_ARCHIVE, ERASURES, *REPORT_TABLES)

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
        """Writes the oldest closed day whose copy lacks rows, and says which; where there is none, the rest."""
        today = ((now or datetime.now(UTC)) - GRACE).date()
        self._connection.execute("BEGIN")
        try:
            for day, counts in sorted(counts_by_day(self._connection).items()):
                if day < today and counts != self._copied(day):
                    chosen = {t.name: f"FROM {t.name} WHERE {_day(t)} = DATE '{day}'" for t in RECORD_TABLES}
                    self._write(_day_folder(self._folder, day), {name: chosen[name] for name in counts})
                    return day
            rest = {t.name: f"FROM {t.name}" for t in REST_TABLES} | {LEDGER.name: _ledger_before(today)}
            self._write(self._folder / f"{REST}{datetime.now(UTC):%Y%m%dT%H%M%S%f}", rest)
            remove_rests(self._folder, but=latest_rest(self._folder))
            return None
        finally:
            self._connection.execute("ROLLBACK")

    def interrupt(self) -> None:
        """Ends a copy that is being written; the next pass writes it again."""
        self._connection.interrupt()

    def _copied(self, day: date) -> dict[str, int]:
        manifest = read_manifest(_day_folder(self._folder, day))
        return {table: file.rows for table, file in manifest.files.items()} if manifest else {}

    def _write(self, folder: Path, chosen: Mapping[str, str]) -> None:
        """Rows as chosen for each table, inside the caller's transaction."""
        make_private_folder(self._folder)
        make_private_folder(folder)
        ledger = self._connection.execute("SELECT topic, topic_id, partition, next_offset FROM ledger").fetchall()
        files = {table: self._copy(table, rows, folder) for table, rows in chosen.items()}
        _replace(folder / MANIFEST, msgspec.json.encode(Manifest(files, ledger, datetime.now(UTC))))

    def _copy(self, table: str, rows: str, folder: Path) -> File:
        target, made = folder / f"{table}.parquet", folder / f".{table}.parquet.tmp"
        copied = self._connection.execute(
            f"COPY ({rows}) TO {quoted(str(made))} (FORMAT parquet, COMPRESSION zstd)"
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
    rest = latest_rest(archive_path(settings))
    for folder in sorted((*archive_path(settings).glob("day=*"), *([rest] if rest else []))):
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


def latest_rest(folder: Path) -> Path | None:
    """The newest whole folder of the tables that have no days."""
    return max((own for own in folder.glob(f"{REST}*") if read_manifest(own)), default=None)


def remove_rests(folder: Path, but: Path | None = None) -> None:
    """Removes the folders of tables that have no days, all or all but one."""
    for own in folder.glob(f"{REST}*"):
        if own != but:
            shutil.rmtree(own)


def _ledger_before(today: date) -> str:
    """The ledger as it was before each partition's first record of a day that is not closed; its sums as they were."""
    placed = " UNION ALL ".join(
        f"SELECT '{t.origin}' AS origin, {t.origin}_partition AS partition, {t.origin}_offset AS place, "
        f"{_day(t)} >= DATE '{today}' AS is_open FROM {t.name}"
        for t in RECORD_TABLES
    )
    return f"""
        WITH placed AS ({placed}),
        opened AS (SELECT origin, partition, min(place) AS first FROM placed WHERE is_open GROUP BY ALL),
        later AS (SELECT origin, partition, first, count(*) AS rows FROM placed JOIN opened USING (origin, partition)
                  WHERE place >= first GROUP BY ALL)
        SELECT ledger.* REPLACE (coalesce(first, next_offset) AS next_offset,
                                 records - coalesce(later.rows, 0) AS records)
        FROM ledger LEFT JOIN later ON ledger.partition = later.partition AND ledger.topic LIKE '%.' || origin"""


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
