"""The audit's result, and what it says to a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from analytics.audit.account import OutcomeRange, ProducerAccount
from analytics.audit.cut import Cut
from analytics.audit.ranges import Ranges, count, merged, text
from analytics.audit.raw import RawRecord
from analytics.audit.rows import RawRows

SHOWN_PRODUCERS = 20
"""Open producers and unexplained ranges named one by one; --json names them all."""


class PartitionAccount(msgspec.Struct, frozen=True, kw_only=True):
    """raw = clean + rejected + missing, for the records at offsets [first, end) of one partition of raw."""

    partition: int
    first: int
    end: int
    records: int
    clean: int
    rejected: int
    without_ledger: int
    """Records whose sender numbers nothing: accounted for here alone."""
    doubled: int
    """Rows beyond the first of a record."""
    missing: Ranges
    """Offsets whose record has no outcome."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    cut_at: datetime
    producers: list[ProducerAccount]
    partitions: list[PartitionAccount]
    unexplained: int
    """Events given out, and records on raw, without an outcome; and rows that a record has too many."""

    @property
    def open_producers(self) -> list[ProducerAccount]:
        return [producer for producer in self.producers if not producer.closed]


def report(
    cut: Cut,
    producers: list[ProducerAccount],
    outcomes: Iterable[OutcomeRange],
    rows: Mapping[int, RawRows],
    lost: Iterable[RawRecord],
) -> Report:
    """The audit's result; `lost` are the records that stand on raw where the store has no row.

    A record whose event is accounted for by its number (erased, say) is not lost; one whose number is
    unexplained already is not counted again.
    """
    known = _by_producer(outcomes)
    lost = [record for record in lost if not _holds(known.get(record.producer_id or "", ()), record.seq)]
    named = {producer.producer_id: producer.unexplained for producer in producers}
    unnamed = sum(not _holds(named.get(record.producer_id or "", ()), record.seq) for record in lost)
    partitions = [_partition(partition, cut, rows[partition], lost) for partition in sorted(rows)]
    return Report(
        cut_at=cut.at,
        producers=producers,
        partitions=partitions,
        unexplained=sum(count(ranges) for ranges in named.values())
        + unnamed
        + sum(row.doubled for row in rows.values()),
    )


def lines(result: Report) -> Iterator[str]:
    """The report for a person; the last line is the verdict."""
    records = sum(partition.records for partition in result.partitions)
    partitions = _many(result.partitions, "partition")
    yield f"cut at {result.cut_at:%Y-%m-%d %H:%M:%S} UTC: {records:,} records in {partitions} of raw"
    yield from _producer_lines(result)
    yield from _partition_lines(result.partitions)
    yield f"{result.unexplained:,} unexplained"


def _producer_lines(result: Report) -> Iterator[str]:
    explained, dropped = Counter[str](), Counter[str]()
    for producer in result.producers:
        explained.update(producer.explained)
        dropped.update(producer.dropped)
    parts = [f"{explained[name]:,} {name}" for name in ("stored", "duplicate", "rejected")]
    parts += [f"{explained[name]:,} {name}" for name in ("superseded", "erased") if explained[name]]
    parts += [f"{number:,} dropped ({policy})" for policy, number in sorted(dropped.items())] or ["0 dropped"]
    unsettled = sum(count(producer.unsettled) for producer in result.producers)
    parts += [f"{unsettled:,} not yet here"] if unsettled else []
    missing = sum(count(producer.unexplained) for producer in result.producers)
    parts += [f"{missing:,} unexplained"] if missing else []
    sent = sum(producer.sent for producer in result.producers)
    yield f"{_many(result.producers, 'producer')}: sent {sent:,} = {' + '.join(parts)}"
    yield from _first(_open_line(producer) for producer in result.open_producers)
    yield from _first(_unexplained_line(producer) for producer in result.producers if producer.unexplained)


def _unexplained_line(producer: ProducerAccount) -> str:
    """An open producer may have been cut off from Kafka after it spoke, with what it had not sent yet in its memory."""
    held = (
        "" if producer.closed else "; it is open and may still hold them if Kafka cannot be reached from it: ask again"
    )
    return f"  unexplained: producer {producer.producer_id}, seq {text(producer.unexplained)}{held}"


def _open_line(producer: ProducerAccount) -> str:
    if producer.started_at is None:
        return f"  open: producer {producer.producer_id} has not spoken yet; {producer.beyond:,} of its events are here"
    beyond = f", {producer.beyond:,} more are here" if producer.beyond else ""
    unsettled = f", not yet here: {text(producer.unsettled)}" if producer.unsettled else ""
    since = f"{producer.started_at:%Y-%m-%d %H:%M:%S}"
    return f"  open since {since}: producer {producer.producer_id}, last seq known {producer.sent:,}{beyond}{unsettled}"


def _partition_lines(partitions: list[PartitionAccount]) -> Iterator[str]:
    for account in partitions:
        without = f" ({account.without_ledger:,} without a ledger)" if account.without_ledger else ""
        doubled = f", {account.doubled:,} doubled" if account.doubled else ""
        yield (
            f"raw[{account.partition}] {account.first:,} to {account.end:,}: {account.records:,} records = "
            f"{account.clean:,} clean + {account.rejected:,} rejected{doubled}{without}"
        )
        if account.missing:
            yield f"  unexplained: raw[{account.partition}], offset {text(account.missing)}"


def _first(found: Iterator[str]) -> Iterator[str]:
    shown = list(found)
    yield from shown[:SHOWN_PRODUCERS]
    if (more := len(shown) - SHOWN_PRODUCERS) > 0:
        yield f"  and {more:,} more producers (--json names them)"


def _partition(partition: int, cut: Cut, rows: RawRows, lost: Iterable[RawRecord]) -> PartitionAccount:
    missing = merged((record.offset, record.offset) for record in lost if record.partition == partition)
    return PartitionAccount(
        partition=partition,
        first=cut.first[partition],
        end=cut.end[partition],
        records=rows.clean + rows.rejected - rows.doubled + count(missing),
        clean=rows.clean,
        rejected=rows.rejected,
        without_ledger=rows.without_ledger,
        doubled=rows.doubled,
        missing=missing,
    )


def _many(things: Sequence[object], name: str) -> str:
    return f"{len(things):,} {name}{'' if len(things) == 1 else 's'}"


def _by_producer(outcomes: Iterable[OutcomeRange]) -> dict[str, Ranges]:
    ranges: dict[str, list[tuple[int, int]]] = {}
    for outcome in outcomes:
        ranges.setdefault(outcome.producer_id, []).append((outcome.first, outcome.last))
    return {producer_id: merged(found) for producer_id, found in ranges.items()}


def _holds(ranges: Ranges, seq: int | None) -> bool:
    return seq is not None and any(first <= seq <= last for first, last in ranges)
