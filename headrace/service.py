"""What every long-running service shares: draining on SIGTERM or Ctrl-C, and a sign of life."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from types import FrameType

HEALTHY_WITHIN_S = 60.0
"""A loop turns at least every few seconds; a minute without a turn is a hung process."""


class Shutdown:
    """Set by the first SIGTERM or SIGINT: the loop finishes its batch and returns. The second ends at once."""

    def __init__(self) -> None:
        self.requested = False

    def install(self) -> Shutdown:
        """Takes over SIGTERM and SIGINT of this process (main thread only)."""
        signal.signal(signal.SIGTERM, self._handle)
        signal.signal(signal.SIGINT, self._handle)
        return self

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self.requested:
            os._exit(128 + number)
        self.requested = True


class Heartbeat:
    """A file that a service touches at every turn of its loop; `headrace health` reads its age."""

    def __init__(self, storage: Path, service: str) -> None:
        self._path = heartbeat_path(storage, service)
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._next = 0.0

    def beat(self) -> None:
        """Touches the file, once a second at most."""
        if (now := time.monotonic()) >= self._next:
            self._path.touch(mode=0o600)
            self._next = now + 1.0


def heartbeat_path(storage: Path, service: str) -> Path:
    return storage / "state" / f"{service}.heartbeat"


def is_healthy(storage: Path, service: str) -> bool:
    """Whether the service's loop turned within the last minute."""
    try:
        return time.time() - heartbeat_path(storage, service).stat().st_mtime < HEALTHY_WITHIN_S
    except FileNotFoundError:
        return False
