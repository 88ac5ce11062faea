"""Which variant a user sees: a documented hash, so that every process, and every language, agrees.

A unit (a user or a session) has a place in an experiment: the first 53 bits of
SHA-256(`<experiment>:<unit id>`) as a big-endian number, divided by 2**53. Places below `share` get the
candidate, the others the control. So a unit stays where it is, and a greater share keeps every unit that had
the candidate already.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from headrace.events import NAME, Share, now

Unit = Literal["user", "session"]
Name = Annotated[str, Meta(pattern=f"^{NAME.pattern}$")]

_PLACE_BITS = 53
"""What a double holds exactly."""


class Assignment(NamedTuple):
    """What a unit sees: goes onto its interactions as `experiment`, `variant` and `propensity`."""

    experiment: str
    variant: str
    propensity: float
    """Probability with which a unit gets this variant."""


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate against the control that it may replace.

    >>> experiment = Experiment(name="router-7", control="6", candidate="7", share=0.5)
    >>> experiment.assign("user-1")
    Assignment(experiment='router-7', variant='7', propensity=0.5)
    """

    name: Name
    control: Name
    candidate: Name
    share: Share = 0.5
    """Share of units that get the candidate."""
    unit: Unit = "user"
    """Who stays with one variant; compared are units, not interactions."""
    since: datetime = msgspec.field(default_factory=now)
    """Since when `share` holds: only what came later is compared."""

    def assign(self, unit_id: str) -> Assignment:
        """The variant of a unit; the same for ever, unless `share` changes."""
        if place(self.name, unit_id) < self.share:
            return Assignment(self.name, self.candidate, self.share)
        return Assignment(self.name, self.control, 1 - self.share)

    def ramped(self, share: float, since: datetime | None = None) -> Experiment:
        """The same experiment with another share from `since` on (now, unless given)."""
        return msgspec.structs.replace(self, share=share, since=since or now())


def place(experiment: str, unit_id: str) -> float:
    """Where a unit stands in an experiment, 0 (included) to 1 (excluded).

    >>> round(place("router-7", "user-1"), 6)
    0.197083
    """
    digest = sha256(f"{experiment}:{unit_id}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - _PLACE_BITS)) / float(2**_PLACE_BITS)
