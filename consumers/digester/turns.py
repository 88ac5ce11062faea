"""A bounded look back over one partition: which ids were seen, which interaction feedback is about, what a
session said before.

At offset o it knows the records of [o - LOOK_BACK, o) and nothing else. Whoever has read from
`REREAD` offsets before o knows the same as who has read from 0.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator

import msgspec

from consumers.failures.finding import Finding
from consumers.failures.session_rules import LOOK_BACK_TURNS, SessionTurn

LOOK_BACK = 16_384
"""Offsets: at 100 events a second in a partition nearly three minutes, at 10 half an hour; 10 MB a partition."""
REREAD = 2 * LOOK_BACK
"""Whether a record within LOOK_BACK is itself a repetition depends on as many records before it."""


class Turn(msgspec.Struct, gc=False):
    """One interaction, as long as it may still matter."""

    offset: int
    seen_at: int
    """Offset at which its id was last seen."""
    id: str
    at_us: int
    who: tuple[str, str, str | None, str | None]
    """Tenant, agent, version, variant."""
    session: str | None
    query: str
    model: str | None
    error: str | None
    latency_ms: float | None
    rating: float | None
    rated_us: int
    """Event time of its rating."""
    findings: tuple[Finding, ...] = ()


class Turns:
    """What one partition said lately."""

    def __init__(self) -> None:
        self._by_id: dict[str, Turn] = {}
        self._sessions: dict[str, deque[tuple[int, SessionTurn]]] = {}
        self._order: deque[tuple[int, str]] = deque()
        self._silences: list[tuple[int, int, str]] = []

    def is_repeated(self, offset: int, interaction_id: str) -> bool:
        """Whether the id was seen within the look-back; notes that it was seen now."""
        self._forget(offset - LOOK_BACK)
        turn = self._by_id.get(interaction_id)
        if turn is None:
            return False
        turn.seen_at = offset
        self._order.append((offset, interaction_id))
        return True

    def add(self, turn: Turn) -> None:
        """Takes a turn that is new."""
        self._by_id[turn.id] = turn
        self._order.append((turn.offset, turn.id))

    def find(self, offset: int, interaction_id: str) -> Turn | None:
        """The interaction with this id, if it is within the look-back."""
        turn = self._by_id.get(interaction_id)
        return turn if turn is not None and offset - turn.offset <= LOOK_BACK else None

    def speak(self, offset: int, session: str, spoken: SessionTurn) -> list[SessionTurn]:
        """Takes what a session says now; what it said within the look-back, oldest first."""
        said = self._sessions.setdefault(session, deque(maxlen=LOOK_BACK_TURNS))
        earlier = [turn for at, turn in said if offset - at <= LOOK_BACK]
        said.append((offset, spoken))
        return earlier

    def await_silence(self, due_us: int, turn: Turn) -> None:
        """Asks for the turn when a record of `due_us` or later comes and its session has said nothing more."""
        if len(self._silences) > REREAD:
            self._silences = [one for one in self._silences if turn.offset - one[1] <= LOOK_BACK]
            heapq.heapify(self._silences)
        heapq.heappush(self._silences, (due_us, turn.offset, turn.id))

    def silent(self, offset: int, at_us: int) -> Iterator[SessionTurn]:
        """The last turns of sessions that were waited for, now that a record of `at_us` is here."""
        while self._silences and self._silences[0][0] <= at_us:
            _, _, interaction_id = heapq.heappop(self._silences)
            turn = self.find(offset, interaction_id)
            said = self._sessions.get(turn.session) if turn is not None and turn.session is not None else None
            if turn is not None and said and said[-1][1].interaction_id == interaction_id:
                yield said[-1][1]

    def _forget(self, before: int) -> None:
        order = self._order
        while order and order[0][0] < before:
            offset, interaction_id = order.popleft()
            turn = self._by_id.get(interaction_id)
            if turn is not None and turn.seen_at == offset:
                del self._by_id[interaction_id]
                self._forget_session(turn, before)

    def _forget_session(self, turn: Turn, before: int) -> None:
        if turn.session is not None and (said := self._sessions.get(turn.session)) and said[-1][0] < before:
            del self._sessions[turn.session]
