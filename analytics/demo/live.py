"""The demo's looks into the running system: count what is stored, and wait for what has to come."""

from __future__ import annotations

import time
from collections.abc import Callable

from analytics.demo.setting import DemoFailed
from analytics.live import connect
from headrace.settings import Settings

TIMEOUT_S = 90.0
POLL_S = 0.1


def count(settings: Settings, sql: str) -> int:
    """The number that a statement calls `n`."""
    with connect(settings) as store:
        return int(store.rows(f"{sql} LIMIT 1")[0]["n"])


def wait(until: Callable[[], bool], otherwise: str) -> None:
    """Raises DemoFailed, with the words of `otherwise`, where it does not come."""
    deadline = time.monotonic() + TIMEOUT_S
    while not until():
        if time.monotonic() > deadline:
            raise DemoFailed(f"{otherwise} within {TIMEOUT_S:g} s")
        time.sleep(POLL_S)
