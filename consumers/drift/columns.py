"""Tables of any make as columns of arrays: Arrow, pandas, polars, dicts, and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from headrace.errors import ConfigError
from headrace.events import ProductionInteraction

Columns = dict[str, NDArray[Any]]
Table = Any
"""An Arrow table, anything with the Arrow C stream interface (pandas, polars, DuckDB), or a mapping of columns."""
TIME = ("timestamp", "time")
TYPE = "type"
"""Of an event, in a file that has several."""
INTERACTION = ProductionInteraction.__struct_config__.tag


def columns(table: Table) -> Columns:
    """Columns as arrays: numbers as float, times as datetime64[us], lists of numbers as a matrix, others as objects.

    A column of times may hold ISO 8601 text. Raises ConfigError for what is no table, or columns of unequal lengths.
    """
    if isinstance(table, Mapping):
        made = {str(name): _array(values) for name, values in table.items()}
    elif hasattr(table, "__arrow_c_stream__"):
        arrow = pa.table(table)
        made = {name: _from_arrow(arrow.column(name)) for name in arrow.column_names}
    else:
        raise ConfigError(f"{type(table).__name__}: no table; give an Arrow table, a DataFrame or a dict of arrays")
    if len({len(column) for column in made.values()}) > 1:
        raise ConfigError(f"columns of unequal lengths: { {name: len(column) for name, column in made.items()} }")
    return made | {name: _times(made[name]) for name in TIME if name in made}


def read_file(path: Path) -> Columns:
    """The columns of a CSV, Parquet or JSON-lines file (the latter two also gzipped); of events, the interactions."""
    return _interactions(_read(path))


def _read(path: Path) -> Columns:
    name = path.name.removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            import pyarrow.parquet as pq

            return columns(pq.read_table(path))
        if name.endswith(".csv"):
            import pyarrow.csv

            return columns(pyarrow.csv.read_csv(path))
        if name.endswith((".jsonl", ".json", ".ndjson")):
            import pyarrow.json

            with pa.input_stream(str(path)) as lines:
                return columns(pyarrow.json.read_json(lines))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    except pa.ArrowInvalid:
        raise ConfigError(f"{path}: not readable as {name.rpartition('.')[2]}") from None
    raise ConfigError(f"{path}: neither .csv, .parquet nor .jsonl (.gz)")


def taken(table: Columns, rows: NDArray[Any]) -> Columns:
    """Some of the rows, by number or by a mask."""
    return {name: column[rows] for name, column in table.items()}


def length(table: Columns) -> int:
    """The number of rows."""
    return len(next(iter(table.values()))) if table else 0


def _interactions(table: Columns) -> Columns:
    """Without the rows that are other events, and the columns that only those have."""
    is_interaction = table.get(TYPE, np.zeros(0)) == INTERACTION
    if not np.any(is_interaction):
        return table
    kept = taken(table, is_interaction)
    return {name: column for name, column in kept.items() if name != TYPE and not _is_empty(column)}


def _is_empty(column: NDArray[Any]) -> bool:
    return all(value is None or value != value for value in column.tolist())


def _times(column: NDArray[Any]) -> NDArray[Any]:
    """Of ISO 8601 text with or without a zone; what is neither stays."""
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")) if column.dtype.kind == "O" else ():
        try:
            return _from_arrow(pa.chunked_array([pa.array(column, pa.string()).cast(kind)]))
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            continue
    return column


def _array(values: Any) -> NDArray[Any]:
    array = values if isinstance(values, np.ndarray) else _listed(values)
    if array.dtype.kind in "iuf":
        return array.astype(np.float32 if array.ndim == 2 else np.float64)
    if array.dtype.kind == "M":
        return array.astype("datetime64[us]")
    if array.dtype.kind == "O" and all(value is None or isinstance(value, int | float) for value in array[:100]):
        return _numbers(array)
    return array.astype(object)


def _numbers(array: NDArray[Any]) -> NDArray[Any]:
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        return array


def _listed(values: Sequence[Any]) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError:
        return np.array(values, dtype=object)


def _from_arrow(column: Any) -> NDArray[Any]:
    kind = column.type
    if pa.types.is_boolean(kind):
        return np.array(column.to_pylist(), dtype=object)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return np.asarray(column.cast(pa.timestamp("us")).to_numpy(), "datetime64[us]")
    if pa.types.is_fixed_size_list(kind):
        flat = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
        return np.asarray(flat, np.float32).reshape(len(column), kind.list_size)
    if pa.types.is_list(kind) and len(column) and column.null_count == 0:
        return _listed(column.to_pylist())
    return np.array(column.to_pylist(), dtype=object)
