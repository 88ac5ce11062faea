"""Erasures as the lake hears of them: all there are at its start, and then whether there is news.

The lake forgets while nobody reads or writes its file: at its start. So at news it starts again.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import structlog

from consumers.lake import forgetting
from consumers.lake.store import Store
from headrace.decisions import Erasure
from headrace.decisions.log import reader
from headrace.settings import Settings

LOOK_EVERY_S = 1.0

log = structlog.get_logger("lake")


class Erasures:
    """Reads `decisions`; `forget` before the store is opened, `is_due` while it is."""

    def __init__(self, settings: Settings) -> None:
        """Raises BrokerUnavailable: without knowing who is erased, nothing may be stored."""
        self._settings = settings
        self._reader = reader(settings.kafka)
        self._next_look = 0.0
        self._day = _today()

    def forget(self) -> None:
        """Removes what erased people's rows the store holds, and what is past its time."""
        decisions = [entry.value for entry in self._reader.read_to_end()]
        users = {user for decision in decisions if isinstance(decision, Erasure) for user in decision.users}
        if forgetting.forget(self._settings, users):
            log.info("lake.forgot", first_day_kept=str(forgetting.first_day_kept(self._settings)))

    def is_due(self, store: Store) -> bool:
        """Whether somebody was erased who is not forgotten yet, or a day is over whose rows go; looks once a second."""
        if (now := time.monotonic()) < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY_S
        return self._is_somebody_erased(store) or self._is_a_day_over(store)

    def close(self) -> None:
        self._reader.close()

    def _is_somebody_erased(self, store: Store) -> bool:
        while (entry := self._reader.poll()) is not None:
            if isinstance(entry.value, Erasure) and not store.erased.knows_users(entry.value.users):
                return True
        return False

    def _is_a_day_over(self, store: Store) -> bool:
        if (today := _today()) == self._day:
            return False
        self._day = today
        with store.connection.cursor() as cursor:
            cursor.execute("USE headrace")
            return forgetting.is_past(cursor, forgetting.first_day_kept(self._settings))


def _today() -> date:
    return datetime.now(UTC).date()
