"""How batch jobs read the store: by a function, so that they run on any table that answers."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from analytics.live import connect
from headrace.settings import Settings

Ask = Callable[[str], pa.Table]
"""Runs one SELECT, and returns all rows."""


def of_store(settings: Settings) -> Ask:
    """Asks over a connection of its own each time: between two statements a lake may come or go."""

    def ask(sql: str) -> pa.Table:
        with connect(settings) as store:
            return store.table(sql)

    return ask
