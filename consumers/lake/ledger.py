"""How far each partition is stored: read, begun and advanced in the store's own transactions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from duckdb import DuckDBPyConnection

from consumers.lake.tables import LEDGER, RECORD_TABLES, REPORT_TABLES
from headrace.errors import LedgerConflict, TopicChanged

COUNTS = LEDGER.names[LEDGER.names.index("records") + 1 :]
"""The tables whose rows the ledger counts."""


@dataclass(frozen=True)
class Entry:
    """One partition's position in the store."""

    topic: str
    topic_id: str
    partition: int
    next_offset: int


@dataclass(frozen=True)
class Step:
    """One partition's progress in one batch: records read, and the rows they became, by table."""

    entry: Entry
    next_offset: int
    records: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)


def read(connection: DuckDBPyConnection) -> dict[tuple[str, int], Entry]:
    """The ledger by topic and partition."""
    rows = connection.execute("SELECT topic, topic_id, partition, next_offset FROM ledger").fetchall()
    return {(topic, partition): Entry(topic, id_, partition, offset) for topic, id_, partition, offset in rows}


def begin(connection: DuckDBPyConnection, topic: str, topic_id: str, partitions: Iterable[int]) -> None:
    """Adds the partitions that the ledger lacks, from their first record on.

    Raises TopicChanged where the ledger was written for another topic of that name or place.
    """
    entries = read(connection)
    other = next((name for name, _ in entries if name != topic and _place(name) == _place(topic)), None)
    if other is not None:
        raise TopicChanged(
            f"this store was written from {other}, not from {topic}; a store belongs to one topic_prefix"
        )
    known = {partition: entry for (name, partition), entry in entries.items() if name == topic}
    if any(entry.topic_id != topic_id for entry in known.values()):
        raise TopicChanged(
            f"{topic} was deleted and made again since this store last read it: its offsets mean other records "
            "now; move the store's folder away to begin a new one, or point storage at the store that belongs to it"
        )
    zeros = ", 0" * (len(LEDGER.names) - 3)
    for partition in sorted(set(partitions) - set(known)):
        connection.execute(f"INSERT INTO ledger VALUES (?, ?, ?{zeros})", [topic, topic_id, partition])


def _place(topic: str) -> str:
    """`clean` or `rejected`, without the prefix."""
    return topic.rpartition(".")[2]


def advance(connection: DuckDBPyConnection, steps: Sequence[Step]) -> list[Entry]:
    """Compare-and-swap: moves partitions on, if the ledger is where this process left it.

    Raises LedgerConflict where it is not, and where rows and records do not add up.
    """
    for step in steps:
        _check(step)
    sums = ", ".join(f"{name} = ledger.{name} + step.{name}" for name in ("records", *COUNTS))
    columns = ", ".join(("topic", "topic_id", "partition", "from_offset", "to_offset", "records", *COUNTS))
    values = ", ".join([f"({', '.join('?' * (6 + len(COUNTS)))})"] * len(steps))
    changed = connection.execute(
        f"""UPDATE ledger SET next_offset = step.to_offset, {sums} FROM (VALUES {values}) AS step({columns})
            WHERE ledger.topic = step.topic AND ledger.topic_id = step.topic_id
              AND ledger.partition = step.partition AND ledger.next_offset = step.from_offset""",
        [value for step in steps for value in _values(step)],
    ).fetchone()
    if changed != (len(steps),):
        raise LedgerConflict(
            "the ledger is not where this process left it "
            f"({', '.join(f'{s.entry.topic}[{s.entry.partition}] at {s.entry.next_offset}' for s in steps)}); "
            "another writer, or a hand, has changed the database"
        )
    return [replace(step.entry, next_offset=step.next_offset) for step in steps]


def _check(step: Step) -> None:
    entry, rows = step.entry, sum(step.rows.values())
    if step.next_offset < entry.next_offset or rows != step.records:
        raise LedgerConflict(
            f"{entry.topic}[{entry.partition}]: {step.records} records from offset {entry.next_offset} to "
            f"{step.next_offset} became {rows} rows; nothing was stored of them"
        )


def _values(step: Step) -> tuple[str | int, ...]:
    entry = step.entry
    counts = (step.rows.get(name, 0) for name in COUNTS)
    return (entry.topic, entry.topic_id, entry.partition, entry.next_offset, step.next_offset, step.records, *counts)


def skip(connection: DuckDBPyConnection, topic: str, partition: int, next_offset: int) -> bool:
    """Moves a partition on without its records, which are gone from the topic; False if it is past that already."""
    changed = connection.execute(
        "UPDATE ledger SET next_offset = $to WHERE topic = $topic AND partition = $partition AND next_offset < $to",
        {"topic": topic, "partition": partition, "to": next_offset},
    ).fetchone()
    return changed == (1,)


def count_records(connection: DuckDBPyConnection) -> None:
    """Sets the counts of records' tables to what their rows are."""
    for table in RECORD_TABLES:
        origin = table.origin
        connection.execute(
            f"""UPDATE ledger SET {table.name} = coalesce(
                    (SELECT count(*) FROM {table.name} WHERE {origin}_partition = ledger.partition), 0)
                WHERE topic LIKE '%.{origin}'"""
        )


def disagreements(connection: DuckDBPyConnection) -> list[str]:
    """Where ledger and rows differ; empty in a sound store, at every instant.

    Counts the rows of every table by partition, so it takes a second for some ten million rows.
    """
    found = []
    for table in (*RECORD_TABLES, *REPORT_TABLES):
        origin = table.origin
        rows = connection.execute(
            f"""SELECT topic, partition, {table.name}, coalesce(n, 0), coalesce(next, 0), next_offset FROM ledger
                LEFT JOIN (SELECT {origin}_partition AS partition, count(*) AS n, max({origin}_offset) + 1 AS next,
                                  count(DISTINCT {origin}_offset) AS offsets
                           FROM {table.name} GROUP BY 1) USING (partition)
                WHERE topic LIKE '%.{origin}'
                  AND ({table.name} <> coalesce(n, 0) OR coalesce(next, 0) > next_offset OR n <> offsets)"""
        ).fetchall()
        found += [
            f"{topic}[{partition}]: the ledger counts {counted} rows of {table.name} before offset {next_offset}, "
            f"there are {n} up to offset {next_}"
            for topic, partition, counted, n, next_, next_offset in rows
        ]
    sums = connection.execute(f"SELECT topic, partition FROM ledger WHERE records <> {' + '.join(COUNTS)}").fetchall()
    return found + [f"{topic}[{partition}]: records are not the sum of their rows" for topic, partition in sums]
