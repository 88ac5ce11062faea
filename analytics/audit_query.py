"""The audit's connection to the store: the same as that of `headrace sql`."""

from __future__ import annotations

import duckdb

from analytics.audit_rows import Query
from headrace.errors import StoreLocked
from headrace.settings import Settings


def connect(settings: Settings) -> Query:
    path = settings.storage / "headrace.duckdb"

    def query(sql: str) -> list[tuple[object, ...]]:
        try:
            with duckdb.connect(str(path), read_only=True) as connection:
                return connection.execute(sql).fetchall()
        except duckdb.IOException:
            raise StoreLocked(f"{path}: another process holds it") from None

    return query
