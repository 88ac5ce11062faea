"""A pid file that its process holds a lock on: a stale one is told from a live one without guessing by pid."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from headrace.errors import BrokerFailed

LOCK_TIMEOUT_S = 1.0
"""Somebody who only looks holds the lock for microseconds."""
POLL_S = 0.01


class PidFile:
    """Names the process that runs in a folder, and the port it answers at."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> tuple[int, int] | None:
        """Process id and port of the process that holds the file; None where no process does."""
        try:
            with self._path.open() as file:
                return None if _lock(file, fcntl.LOCK_SH) else _parse(file.read())
        except FileNotFoundError:
            return None

    @contextmanager
    def taken(self) -> Iterator[IO[str]]:
        """The empty file, locked: a child that inherits it keeps the lock for as long as it lives.

        Raises BrokerFailed where another process has it.
        """
        with self._path.open("a+") as file:
            deadline = time.monotonic() + LOCK_TIMEOUT_S
            while not _lock(file, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise BrokerFailed(f"another broker is being started in {self._path.parent}")
                time.sleep(POLL_S)
            file.truncate(0)
            yield file


def _parse(text: str) -> tuple[int, int] | None:
    numbers = text.split()
    return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else None


def _lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
