"""Lines of a file as events: those that cannot be read are counted and named by number and reason, never by text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import msgspec

from headrace.client.edge import require_names
from headrace.errors import Poison, Reason
from headrace.events import AnyEvent, ProducerStatus
from producers.lines import Line
from producers.publish import Publishable


class BadLine(msgspec.Struct, frozen=True):
    """A refused line: its number from 1, a code from the closed list, and a path of our own field names."""

    line: int
    reason: Reason
    path: str


class Intake:
    """Reads lines one after the other and keeps account of what it refused.

    >>> from producers.mapping import event_reader
    >>> intake = Intake(event_reader({}, {}), on_bad=print)
    >>> events = list(intake.events([Line(1, b'{"agent": "a", "query": "q"}'), Line(2, b"hello")]))
    BadLine(line=2, reason=<Reason.UNDECODABLE: 'undecodable'>, path='$')
    >>> len(events), intake.lines, dict(intake.reasons)
    (1, 2, {'undecodable': 1})
    """

    def __init__(self, read: Callable[[bytes], AnyEvent], on_bad: Callable[[BadLine], object]) -> None:
        self._read = read
        self._on_bad = on_bad
        self.lines = 0
        self.reasons: Counter[str] = Counter()

    def events(self, lines: Iterable[Line]) -> Iterator[Publishable]:
        """The events in the lines that hold one."""
        for line in lines:
            self.lines += 1
            try:
                yield self._event(line.content)
            except Poison as poison:
                self.reasons[poison.reason.value] += 1
                self._on_bad(BadLine(line.number, poison.reason, poison.path))

    def _event(self, content: bytes | None) -> Publishable:
        if content is None:
            raise Poison(Reason.TOO_LARGE)
        event = self._read(content)
        if isinstance(event, ProducerStatus):
            raise Poison(Reason.INVALID_VALUE, "$.type")
        require_names(event)
        return event
