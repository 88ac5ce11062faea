"""Interactions from what analysts have: events, mappings, tables of the store, files."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import pyarrow as pa

from headrace.errors import ConfigError, Poison, Reason
from headrace.events import Feedback, ProductionInteraction
from headrace.ids import derived_uuid7

Row = Mapping[str, Any]
_FIELDS = {field.name for field in msgspec.structs.fields(ProductionInteraction)}
JSON_FIELDS = ("routing_scores", "retrieval", "metadata")
"""JSON in the store's columns, and in CSV."""

FEEDBACK_TYPE = str(Feedback.__struct_config__.tag)
INTERACTION_TYPE = str(ProductionInteraction.__struct_config__.tag)

T = TypeVar("T")


def interactions_of(source: Any) -> list[ProductionInteraction]:
    """The events of an iterable of events or mappings, an Arrow table, or a DataFrame.

    Fields that an interaction does not have are left out. Raises Poison with the field's name for a value of the
    wrong type, and for a row without `agent_selected` or `user_query`.
    """
    return [
        row if isinstance(row, ProductionInteraction) else _interaction(row, number)
        for number, row in enumerate(_rows(source))
    ]


def feedback_of(source: Any) -> list[Feedback]:
    """Feedback from the same kinds of sources. Raises Poison as `interactions_of` does."""
    return [row if isinstance(row, Feedback) else _converted(row, Feedback) for row in _rows(source)]


def read_events(path: Path) -> tuple[list[ProductionInteraction], list[Feedback]]:
    """Interactions in a file of JSON lines (also gzip), Parquet or CSV; JSON lines may hold feedback too.

    Raises ConfigError for another kind of file or one that cannot be read, Poison for a row that is no event.
    """
    try:
        rows = _reader(path)(path)
    except (OSError, pa.ArrowException) as error:
        raise ConfigError(f"{path} cannot be read: {type(error).__name__}") from None
    feedback = feedback_of(row for row in rows if row.get("type") == FEEDBACK_TYPE)
    return interactions_of(row for row in rows if row.get("type", INTERACTION_TYPE) == INTERACTION_TYPE), feedback


def _reader(path: Path) -> Callable[[Path], list[Row]]:
    kinds = {".parquet": _parquet, ".csv": _csv, ".jsonl": _json_lines, ".json": _json_lines, ".gz": _json_lines}
    if path.suffix not in kinds:
        raise ConfigError(f"{path}: unknown kind of file; there are: {', '.join(kinds)}")
    return kinds[path.suffix]


def _parquet(path: Path) -> list[Row]:
    from pyarrow import parquet

    rows: list[Row] = parquet.read_table(path).to_pylist()
    return rows


def _csv(path: Path) -> list[Row]:
    from pyarrow import csv

    texts = {name: pa.string() for name in _FIELDS}
    table = csv.read_csv(path, convert_options=csv.ConvertOptions(strings_can_be_null=True, column_types=texts))
    rows: list[Row] = table.to_pylist()
    return rows


def _json_lines(path: Path) -> list[Row]:
    data = path.read_bytes()
    lines = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).splitlines()
    rows: list[Row] = []
    for line in lines:
        if line.strip():
            try:
                rows.append(msgspec.json.decode(line, type=dict[str, Any]))
            except msgspec.MsgspecError:
                raise Poison(Reason.UNDECODABLE, f"$[{len(rows)}]") from None
    return rows


def _rows(source: Any) -> Iterable[Any]:
    if isinstance(source, pa.Table | pa.RecordBatch):
        rows: Iterable[Row] = source.to_pylist()
        return rows
    if hasattr(source, "to_dict"):
        records: Iterable[Row] = source.to_dict("records")
        return records
    found: Iterable[Any] = source
    return found


def _interaction(row: Row, number: int) -> ProductionInteraction:
    event = _converted({k: v for k, v in row.items() if k in _FIELDS}, ProductionInteraction)
    if "interaction_id" not in row:
        event.interaction_id = derived_uuid7(int(event.timestamp.timestamp() * 1000), str(number))
    return event


def _converted(row: Row, kind: type[T]) -> T:
    values = dict(_plain(row))
    try:
        return msgspec.convert(values, kind, strict=False, str_keys=True)
    except msgspec.ValidationError as error:
        raise _poison(error) from None


def _plain(row: Row) -> Iterator[tuple[str, Any]]:
    """Values as events have them: JSON decoded, ids as text, times in UTC; nothing for what is null."""
    for name, value in row.items():
        if value is None or value != value or name == "type":
            continue
        if name in JSON_FIELDS and isinstance(value, str):
            yield name, msgspec.json.decode(value)
        elif isinstance(value, datetime) and value.tzinfo is None:
            yield name, value.replace(tzinfo=UTC)
        else:
            yield name, str(value) if isinstance(value, UUID) else value


def _poison(error: msgspec.ValidationError) -> Poison:
    """Only our own field's name: msgspec's words quote the value."""
    named = re.search(r"`\$\.(\w+)|field `(\w+)`", str(error))
    field = (named[1] or named[2]) if named else ""
    reason = Reason.MISSING_FIELD if "missing" in str(error) else Reason.WRONG_TYPE
    return Poison(reason, f"$.{field}" if field in _FIELDS else "$")
