"""Answers of the store as JSON lines, CSV or a table, batch by batch."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
import pyarrow as pa

from analytics.live import Answer

TABLE_ROWS = 1_000
"""More than a screen can show; --json and --csv print everything."""


def print_json_lines(answer: Answer) -> None:
    for row in _rows(answer):
        sys.stdout.write(msgspec.json.encode(row, enc_hook=str).decode() + "\n")


def print_csv(answer: Answer) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.schema.names)
    for row in _rows(answer):
        writer.writerow(["" if value is None else value for value in row.values()])


def print_table(answer: Answer) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(header_style="bold")
    for field in answer.schema:
        numeric = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        table.add_column(field.name, justify="right" if numeric else "left", overflow="fold")
    for row in islice(_rows(answer), TABLE_ROWS):
        table.add_row(*(_cell(value) for value in row.values()))
    if table.row_count == TABLE_ROWS:
        table.caption = f"the first {TABLE_ROWS} rows; --json and --csv print all"
    Console().print(table)


def plain_rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Rows as values that JSON and CSV know, ids as text."""
    return ({name: _plain(value) for name, value in row.items()} for row in batch.to_pylist())


def _rows(answer: Answer) -> Iterator[dict[str, Any]]:
    for batch in answer:
        yield from plain_rows(batch)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
