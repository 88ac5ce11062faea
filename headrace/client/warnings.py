"""What the client says about drops in the program's log: once a minute at most, never an event's text."""

from __future__ import annotations

import logging
import time

from headrace.client.ledger import FlushResult
from headrace.errors import ConfigError, Poison
from headrace.events import DropPolicy

log = logging.getLogger("headrace.client")

WARNING_INTERVAL_S = 60.0
"""Often enough to be noticed, seldom enough not to fill a disk when every event is dropped."""


class DropWarnings:
    """Remembers what was said, and says what is new."""

    def __init__(self) -> None:
        self._said: dict[DropPolicy, int] = {}
        self._next = 0.0
        self._next_word = 0.0

    def are_due(self, dropped: int) -> bool:
        """Whether there are drops to tell, and a minute has passed."""
        return dropped > sum(self._said.values()) and time.monotonic() >= self._next

    def report(self, result: FlushResult, invalid: Poison | None, trouble: str) -> None:
        """Logs the drops since the last line, if there are any."""
        new = {policy: count - self._said.get(policy, 0) for policy, count in result.dropped.items()}
        self._said, self._next = result.dropped, time.monotonic() + WARNING_INTERVAL_S
        if any(new.values()):
            log.warning("%s", _sentence({policy: count for policy, count in new.items() if count}, invalid, trouble))

    def after_close(self) -> None:
        """Logs that the logger was used after close: such events have no number, so nothing counts them."""
        self._say("an event was logged after close(), and is lost; close the logger last")

    def cannot_connect(self, error: ConfigError) -> None:
        """Logs why nothing is sent, and nothing will be until the settings change."""
        self._say(str(error))

    def broken(self, error: Exception) -> None:
        """Logs a mistake of our own by its type: its words might quote an event."""
        self._say(f"the client's thread goes on after an unexpected {type(error).__name__}")

    def _say(self, text: str) -> None:
        if time.monotonic() >= self._next_word:
            self._next_word = time.monotonic() + WARNING_INTERVAL_S
            log.warning("%s", text)


def _sentence(new: dict[DropPolicy, int], invalid: Poison | None, trouble: str) -> str:
    """
    >>> _sentence({"queue_full": 3}, None, "Connect to 127.0.0.1:9092 failed")
    'events dropped: queue_full 3; Kafka: Connect to 127.0.0.1:9092 failed'
    """
    parts = ["events dropped: " + ", ".join(f"{policy} {count}" for policy, count in new.items())]
    if invalid is not None and "invalid" in new:
        parts.append(f"last invalid: {invalid}")
    if trouble and new.keys() & {"queue_full", "undelivered", "not_sent"}:
        parts.append(f"Kafka: {trouble}")
    return "; ".join(parts)
