"""Interactions to rows straight from their records: the same table as `clean_table` makes of decoded ones.

interaction_rows(records)   the rows, and the records that have to be decoded
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from consumers.clean.columns import Kind, Wanted, column_reader, field_type
from consumers.lake.columns import ARROW, JSON, arrow_column, arrow_table
from consumers.lake.records import Records
from consumers.lake.tables import INTERACTIONS, Column
from headrace.events import Clean

_KINDS = {
    "DOUBLE": Kind.NUMBER,
    "BIGINT": Kind.INTEGER,
    "SMALLINT": Kind.INTEGER,
    "TIMESTAMP": Kind.TIME,
    "VARCHAR[]": Kind.RAW,
}
"""All others are texts."""
_MADE = ("day", "clean_partition", "clean_offset")
"""Columns that stand in no record."""


def interaction_rows(records: Records) -> tuple[pa.Table | None, Records]:
    """The rows of interactions, in their order, and the records that have to be decoded: all others; all of them where
    one is damaged, and where there is no native code."""
    if _read is None:
        return None, records
    odd, columns = _read(records.values)
    if len(odd) == len(records.values):
        return None, records
    taken = records.at(sorted(set(range(len(records.values))).difference(odd))) if odd else records
    try:
        return _table(columns, taken), records.at(odd)
    except (msgspec.MsgspecError, ValueError):
        return None, records


def _table(columns: dict[str, Any], records: Records) -> pa.Table:
    """Raises MsgspecError or ValueError where one of them does not hold what it should, deeper than columns show."""
    values = {column.name: _ARRAYS[_kind(column)](column, columns[column.name]) for column in _COLUMNS}
    position = {"clean_partition": records.partitions, "clean_offset": records.offsets}
    return arrow_table(INTERACTIONS, values | position)


def _path(column: Column) -> str:
    return column.name if column.name in Clean.__struct_fields__ else f"event.{column.name}"


def _kind(column: Column) -> Kind:
    return Kind.RAW if column.name in JSON else _KINDS.get(column.type, Kind.TEXT)


def _texts(_: Column, parts: tuple[bytes | None, bytes, bytes]) -> pa.Array:
    valid, ends, texts = map(_buffer, parts)
    return pa.Array.from_buffers(pa.string(), len(parts[1]) // 4 - 1, [valid, ends, texts])


def _numbers(_: Column, numbers: bytes) -> pa.Array:
    return pa.array(np.frombuffer(numbers, np.float64), from_pandas=True)


def _integers(column: Column, parts: tuple[bytes | None, bytes]) -> pa.Array:
    whole = pa.Array.from_buffers(pa.int64(), len(parts[1]) // 8, [*map(_buffer, parts)])
    return whole.cast(ARROW[column.type])


def _times(_: Column, microseconds: bytes) -> pa.Array:
    return pa.Array.from_buffers(pa.timestamp("us"), len(microseconds) // 8, [None, pa.py_buffer(microseconds)])


def _decoded(column: Column, values: list[bytes | None]) -> pa.Array:
    """Equal values, of which most columns of this kind have many, are decoded once."""
    coded = pa.array(values, pa.binary()).dictionary_encode()
    distinct = list(map(_DECODERS[column.name], coded.dictionary.to_pylist()))
    return arrow_column(column.name, column.type, distinct).take(coded.indices)


def _buffer(part: bytes | None) -> pa.Buffer | None:
    return None if part is None else pa.py_buffer(part)


_COLUMNS = [column for column in INTERACTIONS.columns if column.name not in _MADE]
_TAGS = {"envelope": Wanted("type", Kind.TAG), "event": Wanted("event.type", Kind.TAG)}
_read = column_reader(_TAGS | {column.name: Wanted(_path(column), _kind(column)) for column in _COLUMNS})
_DECODERS: dict[str, Callable[[bytes], Any]] = {
    column.name: msgspec.msgpack.Decoder(field_type(_path(column))).decode
    for column in _COLUMNS
    if _kind(column) is Kind.RAW
}
_ARRAYS: dict[Kind, Callable[[Column, Any], Any]] = {
    Kind.TEXT: _texts,
    Kind.NUMBER: _numbers,
    Kind.INTEGER: _integers,
    Kind.TIME: _times,
    Kind.RAW: _decoded,
}
