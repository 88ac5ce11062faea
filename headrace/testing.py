"""For the tests of programs that log: a logger without Kafka that keeps its events, and complains.

>>> logger = CapturingLogger()
>>> _ = logger.log(agent_selected="billing", user_query="I am ada@example.org")
>>> logger.events[0].user_query
'I am [EMAIL]'
>>> logger.log(agent_selected="the billing agent", user_query="?")
Traceback (most recent call last):
headrace.errors.Poison: invalid_name at $.agent_selected
"""

from __future__ import annotations

from functools import partial

from headrace.client.logger import ProductionInteractionLogger
from headrace.client.masking import Mask
from headrace.client.outbox import Outbox
from headrace.client.sender import Sender
from headrace.codec import decode_event
from headrace.errors import Poison
from headrace.events import AnyEvent
from headrace.ids import KeyRing
from headrace.settings import ContinualLearning, Privacy, Settings

TEST_KEY = b"a key for tests, known to anyone"


class CapturingLogger(ProductionInteractionLogger):
    """A ProductionInteractionLogger whose events are in `events` as raw would get them, as soon as they are logged.

    Ids are hashed under a key for tests. What a real logger would drop as `invalid` or `too_large` is raised
    as Poison, so that a mistake in the program's logging fails its test.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.events: list[AnyEvent] = []
        settings = settings or Settings()
        super().__init__(_without_key(settings))
        if settings.continual_learning.privacy.anonymize_user_ids:
            self._ring = KeyRing([TEST_KEY])

    def _new_outbox(self) -> Outbox:
        return _Capture(self._settings, self.events, self._mask)


class _Capture(Outbox):
    def __init__(self, settings: Settings, events: list[AnyEvent], mask: Mask | None) -> None:
        super().__init__(partial(Sender, settings), 0, mask)
        self._events = events

    def put(self, payload: bytes, key: bytes | None, *, priority: bool) -> None:  # noqa: ARG002
        event, _ = decode_event(self._mask(payload) if self._mask else payload)
        with self._lock:
            self.ledger.logged += 1
            self.ledger.accepted += 1
            self.ledger.last_seq += 1
            self._events.append(event)

    def await_room(self, payload_bytes: int, timeout_s: float) -> None:
        """There always is."""

    def reject(self, poison: Poison) -> None:
        raise poison


def _without_key(settings: Settings) -> Settings:
    from msgspec.structs import replace

    learning: ContinualLearning = settings.continual_learning
    return replace(settings, continual_learning=replace(learning, privacy=Privacy(anonymize_user_ids=False)))
