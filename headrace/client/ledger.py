"""One producer's account of its events: how many it numbered, which it let go, and why."""

from __future__ import annotations

from collections import Counter
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
    """Events that the agent has logged so far."""
    accepted: int
    """Those the buffer took: all but the ones refused at the edge."""
    delivered: int
    """Acknowledged by the broker."""
    dropped: dict[DropPolicy, int] = {}
    """Let go, by policy, before or after the buffer took them."""
    pending: int = 0
    """In the buffer or on their way."""


class Ledger:
    """Numbers events 1, 2, 3 … and remembers each one dropped. Its owner's lock guards it.

    An event gets its number when it is handed to Kafka. One that was refused before travels nowhere, so
    its number says nothing but that it was: refused events are counted, and get their numbers together, a
    block for each policy, when a status tells of them. So the ranges stay few, whatever is refused.
    """

    def __init__(self) -> None:
        self.producer_id = uuid7()
        self.started_at = now()
        self.last_seq = 0
        self.logged = 0
        self.accepted = 0
        self.last_invalid: Poison | None = None
        self._dropped = Drops()
        self._refused: Counter[DropPolicy] = Counter()
        self._delivered = 0

    def refuse(self, policy: DropPolicy) -> None:
        """Drops an event that has no number yet."""
        self._refused[policy] += 1

    def reject(self, poison: Poison) -> None:
        """Refuses an event for its content."""
        if poison.reason is Reason.TOO_LARGE:
            self.refuse("too_large")
        else:
            self.refuse("invalid")
            self.last_invalid = poison

    def drop(self, seq: int, policy: DropPolicy) -> None:
        """Drops an event that was on its way."""
        self._dropped.add(seq, policy)

    def number_refused(self, at_least_share: float = 0.0) -> None:
        """Gives refused events their numbers, if they are that share of those that were dropped before."""
        if sum(self._refused.values()) < at_least_share * len(self._dropped):
            return
        for policy, count in self._refused.items():
            self._dropped.append(self.last_seq + 1, self.last_seq + count, policy)
            self.last_seq += count
        self._refused.clear()

    def result(self, pending: int) -> FlushResult:
        """The account, with `pending` events on their way; delivered never goes back."""
        dropped = dict(Counter(self._dropped.counts()) + self._refused)
        settled = self.logged - sum(dropped.values())
        self._delivered = max(self._delivered, settled - pending)
        return FlushResult(
            logged=self.logged,
            accepted=self.accepted,
            delivered=self._delivered,
            dropped=dropped,
            pending=settled - self._delivered,
        )

    def drops(self) -> int:
        """How many events were dropped so far."""
        return len(self._dropped) + sum(self._refused.values())

    def version(self) -> tuple[int, int]:
        """Differs whenever a status would say something new."""
        return self.last_seq, len(self._dropped)

    def snapshot(self) -> dict[str, Any]:
        """What a status says, copied out so that it can be encoded without holding the lock."""
        return {
            "producer_id": self.producer_id,
            "started_at": self.started_at,
            "last_seq": self.last_seq,
            "dropped": self._dropped.ranges(),
        }


def status_records(snapshot: dict[str, Any], *, closed: bool) -> list[bytes]:
    """The status as records of raw: one, or several that share out its ranges where they are too many."""
    dropped: list[DroppedRange] = snapshot["dropped"]
    parts = [dropped[at : at + MAX_STATUS_RANGES] for at in range(0, max(len(dropped), 1), MAX_STATUS_RANGES)]
    return [encode(ProducerStatus(**{**snapshot, "dropped": part}, closed=closed)) for part in parts]
