"""Some records of a partition as columns: what every event needs is done for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from consumers.digester.slim import SlimFeedback, SlimInteraction, decode

T = TypeVar("T")
Ints = NDArray[np.int64]
Numbers = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = Sequence[int] | Ints
Who = tuple[str, str, str | None, str | None]
"""Tenant, agent, version, variant."""
MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Interactions:
    """Interactions in the order of their offsets."""

    offsets: Sequence[int]
    values: Sequence[bytes]
    """Their records."""
    at_us: Ints
    ids: list[str]
    sessions: list[str | None]
    users: list[str | None]
    whos: list[Who]
    """Each that occurs, once."""
    who_of: Ints
    """The place of each interaction's own among them."""
    models: list[str | None]
    errors: list[str | None]
    """Kinds of error."""
    languages: list[str]
    queries: list[str]
    """As far as they are kept: `MAX_TEXT` characters."""
    asks_back: Bools
    """Whether the answer is empty or ends in a question."""
    is_noted: Bools
    """Whether it has an error, or a retrieval without scores or with texts: no number tells whether it failed."""
    numbers: dict[str, Numbers]
    """The signals by name, NaN where an interaction says nothing."""

    def event(self, place: int) -> SlimInteraction:
        """One of them whole."""
        event = decode(self.values[place]).event
        assert isinstance(event, SlimInteraction)
        return event

    def at(self, places: Places) -> Interactions:
        """Those at some places, in ascending order."""
        if len(places) == len(self.ids):
            return self
        rows = np.asarray(places, np.int64)
        return Interactions(
            picked(self.offsets, places),
            picked(self.values, places),
            self.at_us[rows],
            picked(self.ids, places),
            picked(self.sessions, places),
            picked(self.users, places),
            self.whos,
            self.who_of[rows],
            picked(self.models, places),
            picked(self.errors, places),
            picked(self.languages, places),
            picked(self.queries, places),
            self.asks_back[rows],
            self.is_noted[rows],
            {name: numbers[rows] for name, numbers in self.numbers.items()},
        )


@dataclass(frozen=True)
class Batch:
    """Records in the order of their offsets."""

    offsets: Sequence[int]
    at_us: Ints
    """Event times."""
    arrived_us: Ints
    spoken: Ints
    """Places of those that are interactions."""
    interactions: Interactions
    feedback: Sequence[tuple[int, SlimFeedback]]
    """Places of feedback, and what it says."""

    def at(self, places: Places) -> Batch:
        """Those at some places, in ascending order."""
        if len(places) == len(self.offsets):
            return self
        rows = np.asarray(places, np.int64)
        kept = np.flatnonzero(np.isin(self.spoken, rows))
        numbers = {place: number for number, place in enumerate(rows.tolist())}
        return Batch(
            picked(self.offsets, places),
            self.at_us[rows],
            self.arrived_us[rows],
            np.searchsorted(rows, self.spoken[kept]),
            self.interactions.at(kept),
            [(numbers[place], said) for place, said in self.feedback if place in numbers],
        )

    def without(self, places: Sequence[int]) -> Batch:
        """All but those at some places."""
        return self.at(np.delete(np.arange(len(self.offsets)), places)) if places else self


def picked(values: Sequence[T], places: Places) -> list[T]:
    """The values at some places."""
    return [values[place] for place in places]


def moment(at_us: int) -> datetime:
    """From microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=at_us)


def microseconds(moment: datetime) -> int:
    """Since 1970; a time without a zone is UTC."""
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)
