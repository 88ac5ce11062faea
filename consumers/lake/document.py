"""docs/tables.md from the definitions of tables and views: `python -m consumers.lake.document > docs/tables.md`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from consumers.lake.tables import TABLES
from consumers.lake.views import VIEWS

HEAD = """# The tables and views of the store

Made from `consumers/lake/tables.py` and `consumers/lake/views.py` (`python -m consumers.lake.document`); the same
words are in the database: `headrace sql "SELECT column_name, comment FROM duckdb_columns()"`.

Tables are append-only, without keys or indexes. Times are UTC, ids of people are keyed hashes, texts are sanitized.
"""


def page() -> str:
    """The whole page in Markdown."""
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for table in TABLES:
        types = {column.name: f"`{column.type}`" for column in table.columns}
        yield _section(table.name, table.comment, {c.name: c.comment for c in table.columns}, types)
    for view in VIEWS:
        yield _section(f"{view.name} (view)", view.comment, view.columns, {})


def _section(name: str, comment: str, columns: Mapping[str, str], types: Mapping[str, str]) -> str:
    head = ["| column | type | meaning |", "|---|---|---|"] if types else ["| column | meaning |", "|---|---|"]
    rows = [_row(column, types.get(column), words) for column, words in columns.items()]
    return "\n".join([f"## {name}", "", comment, "", *head, *rows, ""])


def _row(column: str, type_: str | None, words: str) -> str:
    cells = [f"`{column}`", *([type_] if type_ else []), words]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(), end="")
