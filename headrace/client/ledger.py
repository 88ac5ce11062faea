"""One producer's account of its events: how many it numbered, which it let go, and why."""

from __future__ import annotations

from typing import Any

import msgspec

from headrace.client.ranges import Drops
from headrace.codec import encode
from headrace.errors import Poison, Reason
from headrace.events import DroppedRange, DropPolicy, ProducerStatus, now
from headrace.ids import uuid7
from headrace.topics import MAX_EVENT_BYTES

MAX_STATUS_RANGES = 20_000
"""A range takes at most 30 bytes: 20,000 stay well below the limit of one record."""
assert MAX_STATUS_RANGES * 30 < MAX_EVENT_BYTES


class FlushResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the events of one logger: logged = delivered + all dropped + pending."""

    logged: int
    """Events numbered so far."""
    accepted: int
    """Those the buffer took: all but the ones refused at the edge."""
    delivered: int
    """Acknowledged by the broker."""
    dropped: dict[DropPolicy, int] = {}
    """Let go, by policy, before or after the buffer took them."""
    pending: int = 0
    """In the buffer or on their way."""


class Ledger:
    """Numbers events 1, 2, 3 … and remembers each one dropped. Its owner's lock guards it."""

    def __init__(self) -> None:
        self.producer_id = uuid7()
        self.started_at = now()
        self.last_seq = 0
        self.accepted = 0
        self.last_invalid: Poison | None = None
        self.drops = Drops()
        self._delivered = 0

    def drop(self, seq: int, policy: DropPolicy) -> None:
        self.drops.add(seq, policy)

    def reject(self, seq: int, poison: Poison) -> None:
        """Drops an event whose content cannot be sent."""
        if poison.reason is Reason.TOO_LARGE:
            self.drop(seq, "too_large")
        else:
            self.drop(seq, "invalid")
            self.last_invalid = poison

    def result(self, pending: int) -> FlushResult:
        """The account, with `pending` events on their way; delivered never goes back."""
        dropped = self.drops.counts()
        settled = self.last_seq - sum(dropped.values())
        self._delivered = max(self._delivered, settled - pending)
        return FlushResult(
            logged=self.last_seq,
            accepted=self.accepted,
            delivered=self._delivered,
            dropped=dropped,
            pending=settled - self._delivered,
        )

    def version(self) -> tuple[int, int]:
        """Differs whenever a status would say something new."""
        return self.last_seq, len(self.drops)

    def snapshot(self) -> dict[str, Any]:
        """What a status says, copied out so that it can be encoded without holding the lock."""
        return {
            "producer_id": self.producer_id,
            "started_at": self.started_at,
            "last_seq": self.last_seq,
            "dropped": self.drops.ranges(),
        }


def status_records(snapshot: dict[str, Any], *, closed: bool) -> list[bytes]:
    """The status as records of raw: one, or several that share out its ranges where they are too many."""
    dropped: list[DroppedRange] = snapshot["dropped"]
    parts = [dropped[at : at + MAX_STATUS_RANGES] for at in range(0, max(len(dropped), 1), MAX_STATUS_RANGES)]
    return [encode(ProducerStatus(**{**snapshot, "dropped": part}, closed=closed)) for part in parts]
