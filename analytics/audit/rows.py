"""What the audit asks the store, through whichever connection `headrace sql` has."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from analytics.audit.account import OutcomeRange, Status
from analytics.audit.ranges import Range, Ranges, merged
from consumers.lake.tables import RECORD_TABLES, REJECTED

Query = Callable[[str], Sequence[Sequence[Any]]]
"""Runs one SELECT and returns its rows."""
Offsets = Mapping[int, int]
"""One offset for each partition."""


class RawRows(msgspec.Struct, frozen=True, kw_only=True):
    """The store's rows whose records stand in one partition of raw, within bounds."""

    clean: int = 0
    rejected: int = 0
    without_ledger: int = 0
    """Of both: records whose sender numbers nothing."""
    doubled: int = 0
    """Rows beyond the first of a record."""
    missing: Ranges = ()
    """Offsets within the bounds that have no row."""


def statuses(query: Query, before: Offsets, settled_at: datetime) -> list[Status]:
    """Each producer's word on itself, from the records of raw before these offsets."""
    within = _within({}, before)
    dropped = _dropped(query, within)
    settled = settled_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    rows = query(
        f"""SELECT producer_id, min(started_at), max(last_seq),
                   coalesce(max(last_seq) FILTER (WHERE appended_at < TIMESTAMP '{settled}'), 0), bool_or(closed)
            FROM producer_status WHERE {within} GROUP BY producer_id"""
    )
    return [
        Status(name, started_at.replace(tzinfo=UTC), last_seq, settled_seq, closed, tuple(dropped[name]))
        for name, started_at, last_seq, settled_seq, closed in rows
    ]


def outcomes(query: Query) -> list[OutcomeRange]:
    """What became of each numbered event that the store knows."""
    return [
        OutcomeRange(*row) for row in query("SELECT producer_id, first_seq, last_seq, outcome FROM producer_ranges")
    ]


def ledger(query: Query) -> dict[tuple[str, int], int]:
    """The next offset of each partition of clean and rejected that the store will read."""
    rows = query("SELECT topic, partition, next_offset FROM ledger")
    return {(topic, partition): next_offset for topic, partition, next_offset in rows}


def raw_rows(query: Query, first: Offsets, end: Offsets) -> dict[int, RawRows]:
    """The rows of the records at offsets [first, end) of raw, by partition, and which offsets have none."""
    counts = {row[0]: row[1:] for row in query(_counts_sql(first, end))}
    gaps: dict[int, list[Range]] = defaultdict(list)
    for partition, low, high in query(_gaps_sql(first, end)):
        gaps[partition].append((low, high))
    return {partition: _raw_rows(partition, counts, gaps, first, end) for partition in sorted(end)}


def _dropped(query: Query, within: str) -> dict[str, list[tuple[int, int, str]]]:
    """A status names all that was dropped since the start; a long list is shared by several with one `last_seq`."""
    rows = query(
        f"""SELECT producer_id, dropped FROM producer_status WHERE {within}
            QUALIFY dropped IS NOT NULL AND last_seq = max(last_seq) OVER (PARTITION BY producer_id)"""
    )
    dropped: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for producer_id, ranges in rows:
        dropped[producer_id] += [(first, last, policy) for first, last, policy in json.loads(ranges)]
    return dropped


def _within(first: Offsets, end: Offsets) -> str:
    bounds = (
        f"raw_partition = {partition} AND raw_offset >= {first.get(partition, 0)} AND raw_offset < {last}"
        for partition, last in end.items()
    )
    return f"({' OR '.join(bounds)})"


def _rows_sql(first: Offsets, end: Offsets) -> str:
    selects = (
        f"SELECT raw_partition, raw_offset, producer_id, {table is REJECTED} AS is_rejected FROM {table.name} "
        f"WHERE {_within(first, end)}"
        for table in RECORD_TABLES
    )
    return " UNION ALL ".join(selects)


def _counts_sql(first: Offsets, end: Offsets) -> str:
    return f"""SELECT raw_partition, count(*) FILTER (WHERE NOT is_rejected), count(*) FILTER (WHERE is_rejected),
                      count(*) FILTER (WHERE producer_id IS NULL), count(*) - count(DISTINCT raw_offset),
                      min(raw_offset), max(raw_offset)
               FROM ({_rows_sql(first, end)}) GROUP BY raw_partition"""


def _gaps_sql(first: Offsets, end: Offsets) -> str:
    return f"""SELECT raw_partition, previous + 1, raw_offset - 1 FROM (
                   SELECT raw_partition, raw_offset,
                          lag(raw_offset) OVER (PARTITION BY raw_partition ORDER BY raw_offset) AS previous
                   FROM ({_rows_sql(first, end)}))
               WHERE raw_offset > previous + 1"""


def _raw_rows(
    partition: int, counts: Mapping[int, Sequence[int]], gaps: Mapping[int, list[Range]], first: Offsets, end: Offsets
) -> RawRows:
    low, high = first.get(partition, 0), end[partition] - 1
    if partition not in counts:
        return RawRows(missing=((low, high),) if low <= high else ())
    clean, rejected, without_ledger, doubled, least, greatest = counts[partition]
    ends = [(a, b) for a, b in ((low, least - 1), (greatest + 1, high)) if a <= b]
    return RawRows(
        clean=clean,
        rejected=rejected,
        without_ledger=without_ledger,
        doubled=doubled,
        missing=merged([*gaps.get(partition, []), *ends]),
    )
