"""The store's rows as Python values, by the way that `headrace sql` takes."""

from __future__ import annotations

from typing import Any

from analytics import live
from analytics.audit_rows import Query
from headrace.settings import Settings


def connect(settings: Settings) -> Query:
    """Asks through the lake or the file, whichever there is at each statement: a lake may come and go meanwhile."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with live.connect(settings) as store:
            return rows(store, sql)

    return query


def rows(store: live.LiveStore, sql: str) -> list[tuple[Any, ...]]:
    """The answer's rows."""
    table = store.query(sql).read_all()
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
