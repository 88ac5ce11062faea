"""Events to Arrow columns: pure, and the hottest loop of the lake.

Each event's fields come out of their struct at once and are turned on their side with `zip`: about a
third of the time of asking for one attribute after the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa

from consumers.lake.tables import FEEDBACK, LABELS, Table
from headrace.events import Clean, Rejected
from headrace.ids import derived_uuid7, is_uuid7

Values = Sequence[Any]
"""Of one column; an Arrow array is taken as it is."""

ARROW = {
    "VARCHAR": pa.string(),
    "UUID": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "SMALLINT": pa.int16(),
    "BOOLEAN": pa.bool_(),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_encode_json = msgspec.json.Encoder().encode


def clean_table(table: Table, cleans: Sequence[Clean], partitions: Values, offsets: Values) -> pa.Table:
    """Rows of one of the tables for clean records of its kind, in their order."""
    values = {
        **_turned([clean.event for clean in cleans]),
        **_turned(cleans),
        "clean_partition": partitions,
        "clean_offset": offsets,
    }
    if table is FEEDBACK or table is LABELS:
        values |= _judgement_ids(table.id, values)
    return arrow_table(table, values)


def _judgement_ids(id_column: str | None, values: Mapping[str, Values]) -> dict[str, Values]:
    """Ids as UUIDs where the sender's were others, of which the sanitizer has made keyed hashes.

    An own id becomes the UUIDv7 that time and hash always give; the interaction is then found by `external_id`.
    """
    assert id_column is not None
    return {
        id_column: list(map(_row_id, values[id_column], values["timestamp"])),
        "interaction_id": [
            id_ if external is None else None
            for id_, external in zip(values["interaction_id"], values["external_id"], strict=True)
        ],
    }


def _row_id(id_: str, timestamp: datetime) -> str:
    return id_ if is_uuid7(id_) else derived_uuid7(int(timestamp.timestamp() * 1000), id_)


def rejected_table(table: Table, rejected: Sequence[Rejected], partitions: Values, offsets: Values) -> pa.Table:
    """Rows of the table `rejected`, in the order given."""
    values = {**_turned(rejected), "rejected_partition": partitions, "rejected_offset": offsets}
    values["reason"] = [reason.value for reason in values["reason"]]
    return arrow_table(table, values)


def arrow_table(table: Table, values: Mapping[str, Values]) -> pa.Table:
    """The columns of `table` from values by name; `day` is made from `timestamp`, ids stay text."""
    columns = {c.name: arrow_column(c.name, c.type, values[c.name]) for c in table.columns if c.name != "day"}
    if "day" in table.names:
        columns["day"] = columns["timestamp"].cast(pa.date32(), safe=False)
    return pa.table({name: columns[name] for name in table.names})


def json_text(value: Any) -> bytes | None:
    """Compact JSON as UTF-8, None for what is empty; parts that JSON cannot hold are left out.

    >>> json_text({"a": 1}), json_text({})
    (b'{"a":1}', None)
    """
    if not value:
        return None
    try:
        return _encode_json(value)
    except (TypeError, ValueError):
        return json.dumps(value, skipkeys=True, default=lambda _: None).encode("utf-8", "replace")


def _turned(structs: Sequence[msgspec.Struct]) -> dict[str, Values]:
    names = structs[0].__struct_fields__
    return dict(zip(names, zip(*map(msgspec.structs.astuple, structs), strict=True), strict=True))


def arrow_column(name: str, type_: str, values: Values) -> pa.Array:
    """A column of values, by its name and SQL type."""
    if isinstance(values, pa.Array):
        return values
    if name in JSON:
        return _json_column(map(JSON[name], values)) if any(values) else pa.nulls(len(values), pa.string())
    if type_ == "TIMESTAMP":
        return _moments(values)
    if type_ == "VARCHAR[]":
        values = [items or None for items in values]
    return pa.array(values, ARROW[type_])


def _moments(values: Sequence[datetime]) -> pa.Array:
    """UTC times without a zone; one that never had a zone is UTC.

    Through durations: Arrow asks each `datetime` for its offset, which takes five times as long.
    """
    try:
        return pa.array([value - _EPOCH for value in values], pa.duration("us")).view(pa.timestamp("us"))
    except TypeError:
        return pa.array(values, pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))


def _json_column(texts: Iterable[bytes | None]) -> pa.Array:
    """JSON as text; the encoder's UTF-8 is not checked again."""
    return pa.array(list(texts), pa.binary()).view(pa.string())


def _retrieval_text(value: msgspec.Struct | None) -> bytes | None:
    return None if value is None else json_text(value)


JSON: dict[str, Callable[[Any], bytes | None]] = {
    "routing_scores": json_text,
    "retrieval": _retrieval_text,
    "metadata": json_text,
    "findings": json_text,
    "dropped": json_text,
    "rules": json_text,
    "signals": json_text,
    "agents": json_text,
    "versions": json_text,
}
