"""Erased people, as the digester hears of them: what the lake would refuse is not digested either.

Theirs are the interactions with their id, those without an id in a session of theirs, those that an erasure names,
and the ratings that they gave. Their sessions are known as far back as a partition is read again. What was published of
them before is replaced when its key or its chunk goes on; the windows drop what an erasure names at once.
"""

from __future__ import annotations

import time
from heapq import merge
from operator import itemgetter

from consumers.digester.batch import Batch
from headrace.decisions import Decision, Erasure
from headrace.decisions.log import reader
from headrace.settings import Settings

LOOK_EVERY_S = 1.0


class Erased:
    """Who was erased until now."""

    def __init__(self) -> None:
        self._users: set[str] = set()
        self._sessions: set[str] = set()
        self._interactions: set[str] = set()

    def add(self, erasure: Erasure) -> bool:
        """Takes an erasure; whether it names anybody or anything new."""
        is_news = not self._users.issuperset(erasure.users) or not self._interactions.issuperset(erasure.interactions)
        self._users.update(erasure.users)
        self._interactions.update(erasure.interactions)
        return is_news

    def places(self, batch: Batch) -> list[int]:
        """Where their records are in a batch; learns their sessions."""
        if not self._users:
            return []
        spoken = batch.interactions
        said = zip(batch.spoken.tolist(), spoken.users, spoken.sessions, spoken.ids, strict=True)
        rated = ((place, event.rater, event.session_id, None) for place, event in batch.feedback)
        return [place for place, *record in merge(said, rated, key=itemgetter(0)) if self._is_theirs(*record)]

    def _is_theirs(self, user: str | None, session: str | None, interaction: str | None) -> bool:
        """`interaction` is None where it is feedback."""
        is_theirs = self._is_by(user, session) or interaction in self._interactions
        if is_theirs and interaction is not None and session is not None:
            self._sessions.add(session)
        return is_theirs

    def _is_by(self, user: str | None, session: str | None) -> bool:
        return user in self._users if user is not None else session in self._sessions


class Erasures:
    """Reads `decisions`; commits nothing."""

    def __init__(self, settings: Settings) -> None:
        """Raises BrokerUnavailable: without knowing who is erased, nothing may be digested."""
        self.erased = Erased()
        self._reader = reader(settings.kafka)
        self._next_look = 0.0
        for entry in self._reader.read_to_end():
            self._take(entry.value)

    def news(self) -> bool:
        """Whether somebody was erased since; looks once a second, and does not wait."""
        if (now := time.monotonic()) < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY_S
        found = False
        while (entry := self._reader.poll()) is not None:
            found |= self._take(entry.value)
        return found

    def close(self) -> None:
        self._reader.close()

    def _take(self, decision: Decision | None) -> bool:
        return isinstance(decision, Erasure) and self.erased.add(decision)
