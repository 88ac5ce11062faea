"""The store's rows as Python values, by the way that `headrace sql` takes."""

from __future__ import annotations

from typing import Any

from analytics import live
from analytics.audit.rows import Query
from headrace.errors import HeadraceError
from headrace.patience import patiently
from headrace.settings import Settings

PATIENCE_S = 60.0
"""A lake that was killed is back within seconds, also after several kills."""
RETRY_S = 0.2


def connect(settings: Settings) -> Query:
    """Asks through the lake or the file, whichever there is at each statement: a lake may come and go meanwhile."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with live.connect(settings) as store:
            return rows(store, sql)

    return query


def connect_patiently(settings: Settings) -> Query:
    """Asks the lake over one connection; where it is killed, waits for the next one. Raises what it said last."""
    held: live.LiveStore | None = None

    def ask(sql: str) -> list[tuple[Any, ...]]:
        nonlocal held
        try:
            held = held or _lake(settings)
            return rows(held, sql)
        except HeadraceError:
            held = None
            raise

    return lambda sql: patiently(lambda: ask(sql), HeadraceError, PATIENCE_S, RETRY_S)


def rows(store: live.LiveStore, sql: str) -> list[tuple[Any, ...]]:
    """The answer's rows."""
    table = store.table(sql)
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _lake(settings: Settings) -> live.LiveStore:
    """The running lake: a file that is held open would keep it from starting."""
    store = live.connect(settings)
    if store.place == "file":
        store.__exit__()
        raise HeadraceError("no lake runs")
    return store
