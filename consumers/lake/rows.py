"""A batch's rows into their tables, inside a transaction that the store has begun.

One row for one id, the first one to come: ids that a table has already, or that came earlier in the same
batch, go to `duplicates` where they say the same, and to `conflicts` where they do not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from consumers.lake.batch import Batch, Partition
from consumers.lake.dedup import id_ranges, in_ranges
from consumers.lake.kept import keep, registered
from consumers.lake.subjects import Subjects, note, noted
from consumers.lake.tables import (
    CONFLICTS,
    DUPLICATES,
    ERASED,
    EVENT_TABLES,
    PRODUCER_STATUS,
    REJECTED,
    REPORT_TABLES,
    Table,
)


def insert(connection: DuckDBPyConnection, batch: Batch, erased: Subjects) -> dict[Partition, Counter[str]]:
    """Inserts all rows of a batch, but of erased people's only that they came; how many went into which table."""
    rows: dict[Partition, Counter[str]] = defaultdict(Counter)
    fresh: dict[str, pa.Table] = {}
    for table in EVENT_TABLES:
        if (arrived := batch.rows(table)) is not None:
            if erased:
                arrived, refused = erased.split(table, arrived)
                _refuse(connection, table, refused)
                _count(rows, batch, ERASED, refused)
            for target, stored in _insert_events(connection, table, arrived):
                _count(rows, batch, target, stored)
                if target is table and stored.num_rows:
                    fresh[table.name] = stored
    keep(connection, fresh)
    for table in (PRODUCER_STATUS, REJECTED, *REPORT_TABLES):
        if (arrived := batch.rows(table)) is not None:
            _append(connection, table, arrived)
            _count(rows, batch, table, arrived)
    return rows


def _refuse(connection: DuckDBPyConnection, table: Table, refused: pa.Table) -> None:
    """Says of erased people's rows that they came, and remembers what is about to be said of them."""
    _append_again(connection, ERASED, table, refused)
    note(connection, noted(table, refused))


def _insert_events(connection: DuckDBPyConnection, table: Table, arrived: pa.Table) -> Iterator[tuple[Table, pa.Table]]:
    if not arrived.num_rows:
        return
    assert table.id is not None
    ids = arrived.column(table.id).to_pylist()
    ranges = id_ranges(ids)
    fresh, again = _split(arrived, ids, _known(connection, table, arrived, in_ranges(table.id, ranges)))
    _append(connection, table, fresh)
    yield table, fresh
    if again.num_rows:
        same, other = _compare(connection, table, again, in_ranges(f"stored.{table.id}", ranges))
        for target, rows in ((DUPLICATES, same), (CONFLICTS, other)):
            _append_again(connection, target, table, rows)
            yield target, rows


def _known(connection: DuckDBPyConnection, table: Table, arrived: pa.Table, near: str) -> set[str]:
    """Which of the ids that arrived the table has already."""
    with registered(connection, arrived=arrived.select([table.id])):
        rows = connection.execute(
            f"SELECT {table.id}::VARCHAR FROM {table.name} WHERE {near} "
            f"AND {table.id} IN (SELECT {table.id}::UUID FROM arrived)"
        ).fetchall()
    return {id_ for (id_,) in rows}


def _split(arrived: pa.Table, ids: list[str], known: set[str]) -> tuple[pa.Table, pa.Table]:
    """Rows with a new id, the first of each, and the others."""
    if not known and len(set(ids)) == len(ids):
        return arrived, arrived.slice(0, 0)
    is_fresh = []
    for id_ in ids:
        is_fresh.append(id_ not in known)
        known.add(id_)
    mask = pa.array(is_fresh)
    return arrived.filter(mask), arrived.filter(pc.invert(mask))


def _compare(connection: DuckDBPyConnection, table: Table, again: pa.Table, near: str) -> tuple[pa.Table, pa.Table]:
    """Rows that say what the stored row of their id says, and the others."""
    numbered = again.append_column("n", pa.array(range(again.num_rows)))
    said = " AND ".join(_same(column.name, column.type) for column in table.columns if column.said)
    with registered(connection, arrived=numbered):
        same = connection.execute(
            f"SELECT n FROM arrived JOIN {table.name} AS stored "
            f"ON stored.{table.id} = arrived.{table.id}::UUID AND {near} AND {said}"
        ).fetchall()
    mask = pc.is_in(numbered.column("n"), pa.array([n for (n,) in same], pa.int64()))
    return again.filter(mask), again.filter(pc.invert(mask))


def _same(name: str, type_: str) -> str:
    return f"stored.{name} IS NOT DISTINCT FROM arrived.{name}{'::UUID' if type_ == 'UUID' else ''}"


def _append(connection: DuckDBPyConnection, table: Table, rows: pa.Table) -> None:
    casts = ", ".join(f"{c.name}::UUID AS {c.name}" for c in table.columns if c.type == "UUID")
    with registered(connection, arrived=rows):
        connection.execute(f"INSERT INTO {table.name} SELECT * {f'REPLACE ({casts})' if casts else ''} FROM arrived")


def _append_again(connection: DuckDBPyConnection, target: Table, table: Table, rows: pa.Table) -> None:
    made = {"kind": f"'{table.name}'", "id": f"{table.id}::UUID", "event": "to_json(arrived)"}
    values = ", ".join(made.get(name, name) for name in target.names)
    if rows.num_rows:
        with registered(connection, arrived=rows):
            connection.execute(f"INSERT INTO {target.name} SELECT {values} FROM arrived")


def _count(rows: dict[Partition, Counter[str]], batch: Batch, target: Table, stored: pa.Table) -> None:
    topic, column = batch.origin(target)
    for item in stored.column(column).value_counts().to_pylist():
        rows[topic, item["values"]][target.name] += item["counts"]
