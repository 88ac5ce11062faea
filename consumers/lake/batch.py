"""What one transaction stores: Arrow tables by name, and how far each partition was read.

Records are decoded in small chunks as they arrive, so that Python's objects live for a moment only and
what a batch holds is Arrow: about the size of its bytes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import compress
from operator import attrgetter, is_
from typing import TypeVar

import pyarrow as pa

from consumers.lake.columns import clean_table, rejected_table
from consumers.lake.decisions import decision_table
from consumers.lake.native_rows import interaction_rows
from consumers.lake.records import Records as Records
from consumers.lake.reports import decode_report, report_tables
from consumers.lake.tables import DECISIONS, FEEDBACK, INTERACTIONS, LABELS, PRODUCER_STATUS, REJECTED, Table
from headrace.codec import Decoder, decode_clean, decode_rejected
from headrace.decisions import decode_decision
from headrace.errors import Fatal, Poison
from headrace.events import Feedback, Label, ProducerStatus, ProductionInteraction

T = TypeVar("T")

Partition = tuple[str, int]
"""Full topic name and partition."""

TABLE_OF: dict[type, Table] = {
    ProductionInteraction: INTERACTIONS,
    Feedback: FEEDBACK,
    Label: LABELS,
    ProducerStatus: PRODUCER_STATUS,
}


_EVENT = attrgetter("event")


@dataclass
class Batch:
    """Rows to store and the positions after them; grows by `add` and `advance`."""

    clean_topic: str
    rejected_topic: str
    report_topics: tuple[str, ...] = ()
    chunks: dict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    next_offsets: dict[Partition, int] = field(default_factory=dict)
    records: Counter[Partition] = field(default_factory=Counter)
    bytes: int = 0

    @property
    def interactions(self) -> int:
        return sum(chunk.num_rows for chunk in self.chunks.get(INTERACTIONS.name, ()))

    def rows(self, table: Table) -> pa.Table | None:
        """All rows for `table`, None where there are none.

        In one piece: of several, DuckDB's threads would make row groups of their own, each packed badly.
        """
        chunks = self.chunks.get(table.name)
        return pa.concat_tables(chunks).combine_chunks() if chunks else None

    def origin(self, table: Table) -> tuple[str, str]:
        """The topic of a table's rows, and the column that holds their partition."""
        topics = (self.clean_topic, self.rejected_topic, *self.report_topics)
        return next(t for t in topics if t.rpartition(".")[2] == table.origin), f"{table.origin}_partition"

    def add(self, records: Records) -> None:
        """Decodes records that follow those added before.

        Raises Fatal for one that cannot be decoded: these topics are written by us only.
        """
        if records.topic == self.clean_topic:
            self._add_clean(records)
        elif records.topic.rpartition(".")[2] == DECISIONS.origin:
            self.chunks[DECISIONS.name].append(decision_table(_decode_all(decode_decision, records), records))
        elif records.topic in self.report_topics:
            for table, rows in report_tables(_decode_all(decode_report, records), records):
                self.chunks[table.name].append(rows)
        else:
            decoded = _decode_all(decode_rejected, records)
            self.chunks[REJECTED.name].append(rejected_table(REJECTED, decoded, records.partitions, records.offsets))
        for partition, offset in dict(zip(records.partitions, records.offsets, strict=True)).items():
            self.advance((records.topic, partition), offset + 1)
        self.records.update({(records.topic, p): n for p, n in Counter(records.partitions).items()})
        self.bytes += sum(map(len, records.values))

    def advance(self, partition: Partition, next_offset: int) -> None:
        """Notes that everything before `next_offset` was read."""
        self.next_offsets[partition] = max(next_offset, self.next_offsets.get(partition, 0))

    def _add_clean(self, records: Records) -> None:
        rows, others = interaction_rows(records)
        cleans = _decode_all(decode_clean, others)
        if rows is not None and any(type(clean.event) is ProductionInteraction for clean in cleans):
            rows, others = None, records  # all of them in one order: the first one with an id has to stay the first
            cleans = _decode_all(decode_clean, others)
        if rows is not None:
            self.chunks[INTERACTIONS.name].append(rows)
        kinds = list(map(type, map(_EVENT, cleans)))
        for kind in set(kinds):
            table = TABLE_OF[kind]
            partitions, offsets = (_of_kind(kind, kinds, numbers) for numbers in (others.partitions, others.offsets))
            self.chunks[table.name].append(clean_table(table, _of_kind(kind, kinds, cleans), partitions, offsets))


def _of_kind(kind: type, kinds: list[type], values: list[T]) -> list[T]:
    """The values whose kind it is; in live traffic nearly always all of them."""
    return values if kinds.count(kind) == len(kinds) else list(compress(values, map(partial(is_, kind), kinds)))


def _decode_all(decode: Decoder[T], records: Records) -> list[T]:
    with suppress(Exception):
        return list(map(decode.msgpack, records.values))
    return [_decode(decode, records, place) for place in range(len(records.values))]


def _decode(decode: Decoder[T], records: Records, place: int) -> T:
    try:
        return decode(records.values[place])
    except Poison as poison:
        raise Fatal(
            f"{records.topic}[{records.partitions[place]}] at offset {records.offsets[place]} cannot be decoded "
            f"({poison}): only Headrace writes this topic; was it written by a newer version, or by something else?"
        ) from None
