"""Rows of the store into files: Parquet or gzipped JSON lines, a slice at a time and never all in memory."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.live import LiveStore
from analytics.printing import plain_rows
from consumers.lake.tables import RECORD_TABLES, Table
from headrace.errors import ConfigError

JSON_SUFFIXES = (".json.gz", ".jsonl.gz")
ROW_GROUP_ROWS = 20_480
"""Some 25 MB of interactions in memory, and nearly as small a file as with greater groups."""
ZSTD_LEVEL = 3
GZIP_LEVEL = 6
BY_NAME = {table.name: table for table in RECORD_TABLES}


@dataclass(frozen=True)
class Slice:
    """Part of a table that one statement may return."""

    day: date
    condition: str
    rows: int


class _Writer(Protocol):
    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


def table_named(name: str) -> Table:
    """Raises ConfigError with the names there are."""
    if name not in BY_NAME:
        raise ConfigError(f"there is no table {name!r} to export; there are: {', '.join(BY_NAME)}")
    return BY_NAME[name]


def slices(store: LiveStore, table: Table, first: date | None, last: date | None, most_rows: int) -> list[Slice]:
    """The days from `first` to `last` (both included) in parts of about `most_rows` rows at most."""
    day = "day" if "day" in table.names else "appended_at::DATE"
    bounds = [f"{day} >= DATE '{first}'"] * bool(first) + [f"{day} <= DATE '{last}'"] * bool(last)
    where = f"WHERE {' AND '.join(bounds)}" if bounds else ""
    counted = store.query(f"SELECT {day} AS day, count(*) AS rows FROM {table.name} {where} GROUP BY 1 ORDER BY 1")
    return [
        part
        for row in counted.read_all().to_pylist()
        for part in _parts(table, row["day"], f"{day} = DATE '{row['day']}'", row["rows"], most_rows)
    ]


def export(
    store: LiveStore,
    table: Table,
    parts: list[Slice],
    target: Path,
    progress: Callable[[int], None],
) -> int:
    """Writes the slices to one file, or to a folder with one Parquet file for each day; the number of rows.

    Files appear under their names when they are complete.
    """
    if target.suffix == ".parquet" or target.name.endswith(JSON_SUFFIXES):
        return _export_file(store, table, parts, target, progress)
    rows = 0
    for day in sorted({part.day for part in parts}):
        own = [part for part in parts if part.day == day]
        rows += _export_file(store, table, own, target / f"day={day}" / f"{table.name}.parquet", progress)
    return rows


def _parts(table: Table, day: date, condition: str, rows: int, most_rows: int) -> Iterator[Slice]:
    count = -(-rows * 5 // (most_rows * 4))  # a fifth less than allowed: the parts differ a little
    own = ", ".join(name for name in ("raw_offset", "seq") if name in table.names)
    for part in range(count):
        split = f" AND hash({own}) % {count} = {part}" if count > 1 else ""
        yield Slice(day, condition + split, rows // count)


def _export_file(
    store: LiveStore, table: Table, parts: list[Slice], target: Path, progress: Callable[[int], None]
) -> int:
    rows = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_name(f".{target.name}.tmp")
    with _writer(made, target.name, store.query(f"FROM {table.name} LIMIT 0").schema) as writer:
        for part in parts:
            for batch in store.query(f"FROM {table.name} WHERE {part.condition}"):
                writer.write(batch)
                rows += batch.num_rows
                progress(batch.num_rows)
    made.replace(target)
    return rows


@contextmanager
def _writer(path: Path, name: str, schema: pa.Schema) -> Iterator[_Writer]:
    writer: _Writer = _JsonLines(path) if name.endswith(JSON_SUFFIXES) else _Parquet(path, schema)
    try:
        yield writer
    except BaseException:
        writer.close()
        path.unlink()
        raise
    writer.close()


class _Parquet:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", compression_level=ZSTD_LEVEL)
        self._waiting: list[pa.RecordBatch] = []

    def write(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        if sum(waiting.num_rows for waiting in self._waiting) >= ROW_GROUP_ROWS:
            self._write_group()

    def close(self) -> None:
        if self._waiting:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        self._writer.write_table(pa.Table.from_batches(self._waiting))
        self._waiting.clear()


class _JsonLines:
    def __init__(self, path: Path) -> None:
        self._file = gzip.GzipFile(path, "wb", GZIP_LEVEL)

    def write(self, batch: pa.RecordBatch) -> None:
        for row in plain_rows(batch):
            self._file.write(msgspec.json.encode(row) + b"\n")

    def close(self) -> None:
        self._file.close()
