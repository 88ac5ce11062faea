"""The logger an agent holds: what it says becomes numbered events on `headrace.raw`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Self, TypeVar

import msgspec

from headrace.client import lifetime
from headrace.client.edge import Numbered, copied, hash_ids, is_priority, key_of, packed, require_names
from headrace.client.ledger import FlushResult
from headrace.client.masking import Mask, masker
from headrace.client.outbox import Outbox
from headrace.client.sender import Sender, check
from headrace.errors import Poison, Reason
from headrace.events import Feedback, Label, ProductionInteraction
from headrace.ids import KeyRing, uuid7
from headrace.settings import Settings, load

E = TypeVar("E", ProductionInteraction, Feedback, Label)

FLUSH_TIMEOUT_S = 10.0
"""A broker that is up takes a full buffer in under a second; ten cover one that restarts."""
ROOM_TIMEOUT_S = 60.0
"""How long bulk logging waits for a broker that is away before it drops."""


class ProductionInteractionLogger:
    """Logs interactions to Kafka without ever raising into the agent or waiting for the broker.

        logger = ProductionInteractionLogger()
        interaction_id = logger.log(agent_selected="billing", user_query="…", response="…", latency_ms=420)
        logger.close()

    Safe to use from several threads, from coroutines, after a fork, and unclosed at exit (2 s are then
    spent at most on delivering the rest). An event that cannot be taken is dropped by a named policy,
    counted and numbered: `queue_full` at 75 % of `buffer_bytes` for routine successes and at 100 % for
    errors, low ratings, feedback and labels; `too_large`; `invalid`; `undelivered` if the broker refuses
    it; `not_sent` if close() ran out of time. One warning a minute tells of them in the program's log.

    Raises ConfigError, and MissingIdKey where ids are to be hashed and there is no key, when it is made;
    a broker that does not answer is no error. With `logging.enabled: false` it does nothing.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or load()
        self._logging = self._settings.continual_learning.logging
        self._enabled = self._logging.enabled
        self._ring: KeyRing | None = None
        if self._enabled and self._settings.continual_learning.privacy.anonymize_user_ids:
            self._ring = KeyRing.from_environment()
        self._mask = self._new_mask() if self._enabled and self._logging.sanitize_pii else None
        self._outbox = self._new_outbox()
        if self._enabled:
            check(self._settings)
            lifetime.opened(self)

    # --- logging --------------------------------------------------------------------------------

    def log(self, interaction: ProductionInteraction | None = None, /, **fields: Any) -> str:
        """Logs one interaction, given as such or as its fields; returns its id, for feedback to refer to."""
        return self._log(ProductionInteraction, "interaction_id", interaction, fields)

    async def log_interaction(self, interaction: ProductionInteraction | None = None, /, **fields: Any) -> str:
        """As `log`, to be awaited: it never blocks the event loop."""
        return self.log(interaction, **fields)

    def log_feedback(self, feedback: Feedback | None = None, /, **fields: Any) -> str:
        """Logs what somebody thought of an interaction; returns the feedback's id."""
        return self._log(Feedback, "feedback_id", feedback, fields)

    def log_label(self, label: Label | None = None, /, **fields: Any) -> str:
        """Logs an annotator's verdict on an interaction; returns the label's id."""
        return self._log(Label, "label_id", label, fields)

    def log_many(self, events: Iterable[Numbered], *, timeout_s: float = ROOM_TIMEOUT_S) -> int:
        """Logs many interactions (or feedback, or labels), for bulk jobs; returns how many the buffer took.

        Unlike `log` it waits for room, at most `timeout_s` each time; after that it drops as `log` does.
        """
        if not self._enabled:
            return 0
        before = self._outbox.ledger.accepted
        for event in events:
            try:
                own = copied(event)
            except Exception:
                self._outbox.reject(Poison(Reason.WRONG_TYPE))
            else:
                self._send(own, timeout_s)
        return self._outbox.ledger.accepted - before

    def _log(self, kind: type[E], id_field: str, event: E | None, fields: dict[str, Any]) -> str:
        if self._enabled:
            try:
                own = kind(**fields) if event is None else copied(event)
            except Exception:
                self._outbox.reject(_fault(kind, fields))
            else:
                self._send(own)
                event = own
        return str(getattr(event, id_field, None) or fields.get(id_field) or uuid7())

    def _send(self, event: Numbered, room_timeout_s: float = 0.0) -> None:
        """Sends an event of our own, which nobody else changes."""
        try:
            require_names(event)
            if self._ring is not None:
                hash_ids(event, self._ring)
            payload, key, priority = packed(event), key_of(event), is_priority(event)
        except Poison as poison:
            self._outbox.reject(poison)
        except Exception:
            self._outbox.reject(Poison(Reason.WRONG_TYPE))
        else:
            if room_timeout_s:
                self._outbox.await_room(len(payload), room_timeout_s)
            self._outbox.put(payload, key, priority=priority)

    # --- accounts -------------------------------------------------------------------------------

    @property
    def producer_id(self) -> str:
        """Names this logger in this process on every event."""
        return self._outbox.ledger.producer_id

    @property
    def last_seq(self) -> int:
        """The greatest number among the events logged so far, once all have theirs; they count from 1."""
        return self._outbox.ledger.logged

    @property
    def counts(self) -> FlushResult:
        """What has become of the events so far."""
        return self._outbox.result()

    def flush(self, timeout_s: float = FLUSH_TIMEOUT_S) -> FlushResult:
        """Waits until every event so far is delivered or dropped, at most `timeout_s`; tells what became of them."""
        return self._outbox.flush(timeout_s)

    def close(self, timeout_s: float = FLUSH_TIMEOUT_S) -> FlushResult:
        """Takes no more events, delivers what it can within `timeout_s`, drops the rest as `not_sent`.

        A quarter of the time is kept for the closing status, so that even an unhappy end is on record.
        """
        lifetime.closed(self)
        return self._outbox.close(timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the process around it ------------------------------------------------------------------

    def _new_mask(self) -> Mask:
        privacy = self._settings.continual_learning.privacy
        keyed = privacy.placeholders == "pseudonyms"
        return masker(privacy, self._ring or (KeyRing.from_environment() if keyed else None))

    def _new_outbox(self) -> Outbox:
        return Outbox(partial(Sender, self._settings), self._logging.buffer_bytes, self._mask)

    def _close_at_exit(self, timeout_s: float) -> None:
        self.close(timeout_s)

    def _renew_after_fork(self) -> None:
        self._outbox.abandon()
        self._outbox = self._new_outbox()


def _fault(kind: type[E], fields: dict[str, Any]) -> Poison:
    """Why `kind` cannot be made of `fields`: only names of our own appear."""
    missing = [field.name for field in msgspec.structs.fields(kind) if field.required and field.name not in fields]
    return Poison(Reason.MISSING_FIELD, f"$.{missing[0]}") if missing else Poison(Reason.INVALID_VALUE)
