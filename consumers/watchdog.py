"""Ends a process that hangs inside a call, so that its supervisor starts another."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from types import TracebackType

HUNG_STATUS = 70
"""The exit status of a process that was ended (EX_SOFTWARE)."""
LOOK_EVERY_S = 1.0


class Watchdog:
    """`with watchdog:` around a call that may never return: after `patience_s` in it, `last_words` is called
    and the process ends with HUNG_STATUS. For one thread at a time.
    """

    def __init__(self, patience_s: float, last_words: Callable[[], object]) -> None:
        self._patience_s = patience_s
        self._last_words = last_words
        self._entered_at: float | None = None
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def __enter__(self) -> None:
        self._entered_at = time.monotonic()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._entered_at = None

    def _watch(self) -> None:
        while True:
            time.sleep(min(LOOK_EVERY_S, self._patience_s))
            entered_at = self._entered_at
            if entered_at is not None and time.monotonic() - entered_at > self._patience_s:
                try:
                    self._last_words()
                finally:
                    os._exit(HUNG_STATUS)
