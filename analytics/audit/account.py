"""The audit's arithmetic: what each producer says it sent, against what became of it. Values in, values out.

Every number counts once, under the first of OUTCOMES that explains it. A number that a client dropped
and the store has nevertheless (the broker's answer came too late) was stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from analytics.audit.ranges import Range, Ranges, count, merged, upto, without

OUTCOMES = ("stored", "duplicate", "rejected", "superseded", "erased")
Outcome = Literal["stored", "duplicate", "rejected", "superseded", "erased"]


class OutcomeRange(msgspec.Struct, frozen=True):
    """Numbers `first` to `last` of one producer, and what became of them."""

    producer_id: str
    first: int
    last: int
    outcome: Outcome


class Status(msgspec.Struct, frozen=True):
    """What a producer has said of itself up to the cut, all its statuses taken together."""

    producer_id: str
    started_at: datetime
    last_seq: int
    """The greatest number it said it had given out."""
    settled_seq: int
    """The greatest it said so of long enough before the cut for every one to have arrived."""
    closed: bool
    dropped: tuple[tuple[int, int, str], ...] = ()
    """First, last, policy."""


class ProducerAccount(msgspec.Struct, frozen=True, kw_only=True):
    """sent = the sum of `explained` and `dropped`, and the unexplained, and the unsettled."""

    producer_id: str
    closed: bool
    started_at: datetime | None
    """None where not one of its statuses arrived."""
    sent: int
    """The last number known."""
    explained: dict[str, int]
    """How many numbers up to `sent`, by outcome."""
    dropped: dict[str, int]
    """How many of the rest, by the client's policy."""
    unexplained: Ranges
    """Given out, and neither here nor dropped."""
    unsettled: Ranges
    """An open producer's latest: they may still be in its memory."""
    beyond: int
    """Events with a number greater than the last one known: stored, but the producer has not spoken since."""


def accounts(statuses: Iterable[Status], outcomes: Iterable[OutcomeRange]) -> list[ProducerAccount]:
    """One account for each producer that spoke or of which something arrived, by id."""
    spoken = {status.producer_id: status for status in statuses}
    found: dict[str, dict[str, list[Range]]] = {producer_id: {} for producer_id in spoken}
    for outcome in outcomes:
        by_outcome = found.setdefault(outcome.producer_id, {})
        by_outcome.setdefault(outcome.outcome, []).append((outcome.first, outcome.last))
    return [_account(name, spoken.get(name), found[name]) for name in sorted(found)]


def _account(producer_id: str, status: Status | None, found: Mapping[str, list[Range]]) -> ProducerAccount:
    sent = status.last_seq if status else 0
    all_found = merged(range_ for ranges in found.values() for range_ in ranges)
    left: Ranges = ((1, sent),) if sent else ()
    explained, left = _taken(left, {name: merged(found.get(name, ())) for name in OUTCOMES})
    dropped, left = _taken(left, _by_policy(status))
    settled = sent if status and status.closed else status.settled_seq if status else 0
    unexplained = upto(left, settled)
    return ProducerAccount(
        producer_id=producer_id,
        closed=bool(status and status.closed),
        started_at=status.started_at if status else None,
        sent=sent,
        explained=explained,
        dropped=dropped,
        unexplained=unexplained,
        unsettled=without(left, unexplained),
        beyond=count(all_found) - count(upto(all_found, sent)),
    )


def _taken(left: Ranges, parts: Mapping[str, Ranges]) -> tuple[dict[str, int], Ranges]:
    """How many of `left` each part explains, the first one first, and what no part does."""
    counts = {}
    for name, ranges in parts.items():
        rest = without(left, ranges)
        if taken := count(left) - count(rest):
            counts[name] = taken
        left = rest
    return counts, left


def _by_policy(status: Status | None) -> dict[str, Ranges]:
    ranges: dict[str, list[Range]] = {}
    for first, last, policy in status.dropped if status else ():
        ranges.setdefault(policy, []).append((first, last))
    return {policy: merged(ranges[policy]) for policy in sorted(ranges)}
