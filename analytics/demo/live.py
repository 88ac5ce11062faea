"""The demo's looks into the running system: ask the store, and wait for what has to come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from analytics.demo.setting import DemoFailed
from analytics.live import connect
from headrace.settings import Settings

TIMEOUT_S = 90.0
POLL_S = 0.1


def ask(settings: Settings, sql: str) -> pa.Table:
    """All rows of one statement."""
    with connect(settings) as store:
        return store.table(sql)


def count(settings: Settings, sql: str) -> int:
    """The number that a statement calls `n`."""
    rows: list[dict[str, Any]] = ask(settings, f"{sql} LIMIT 1").to_pylist()
    return int(rows[0]["n"])


def wait(until: Callable[[], bool], otherwise: str) -> None:
    """Raises DemoFailed, with the words of `otherwise`, where it does not come."""
    deadline = time.monotonic() + TIMEOUT_S
    while not until():
        if time.monotonic() > deadline:
            raise DemoFailed(f"{otherwise} within {TIMEOUT_S:g} s")
        time.sleep(POLL_S)
