"""Some records of a partition as columns: what every event needs is done for all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from consumers.digester.languages import languages
from consumers.digester.slim import SlimClean, SlimInteraction
from consumers.digests.signals import NUMERIC

T = TypeVar("T")
Ints = NDArray[np.int64]
Numbers = NDArray[np.float64]
Who = tuple[str, str, str | None, str | None]
"""Tenant, agent, version, variant."""
MICROSECONDS = 1_000_000
_ASKING = "?？"
MAX_ERROR_KIND = 64
"""Characters of an error's kind: what stands before its first colon."""
_GETTERS: dict[str, Callable[[Sequence[SlimInteraction]], Iterable[float | None]]] = {
    "latency_ms": lambda events: [event.latency_ms for event in events],
    "rating": lambda events: [event.user_feedback_score for event in events],
    "routing_confidence": lambda events: [event.routing_confidence for event in events],
    "retrieval_score": lambda events: [
        max(event.retrieval.scores) if event.retrieval is not None and event.retrieval.scores else None
        for event in events
    ],
    "hallucination_score": lambda events: [event.hallucination_score for event in events],
    "query_length": lambda events: [len(event.user_query) for event in events],
    "response_length": lambda events: [len(event.response) for event in events],
    "tokens_in": lambda events: [event.tokens_in for event in events],
    "tokens_out": lambda events: [event.tokens_out for event in events],
    "cost_usd": lambda events: [event.cost_usd for event in events],
}


class Interactions:
    """Interactions in the order of their offsets; `numbers` has NaN where an interaction says nothing, and `who_of`
    the place of each one's tenant, agent, version and variant among the `whos`."""

    def __init__(self, offsets: Sequence[int], events: Sequence[SlimInteraction], at_us: Ints) -> None:
        self.offsets, self.events, self.at_us = offsets, events, at_us
        self.ids = [event.interaction_id for event in events]
        self.sessions = [event.session_id for event in events]
        self.whos, self.who_of = _numbered([(e.tenant, e.agent_selected, e.agent_version, e.variant) for e in events])
        self.models = _shared([event.model for event in events])
        self.languages = languages(events)
        self.errors = [error_kind(event.error) if event.error is not None else None for event in events]
        self.numbers: dict[str, Numbers] = {
            signal.name: np.array(_GETTERS[signal.name](events), np.float64) for signal in NUMERIC
        }


def times_of(records: Sequence[SlimClean]) -> tuple[Ints, Ints]:
    """Event times and arrivals, microseconds since 1970."""
    return (
        _microseconds([record.event.timestamp.timestamp() for record in records]),
        _microseconds([record.appended_at.timestamp() for record in records]),
    )


def error_kind(error: str) -> str:
    return error.partition(":")[0][:MAX_ERROR_KIND]


def asking_back(responses: Sequence[str]) -> list[bool]:
    """Of each answer, whether it is empty or ends in a question.

    >>> asking_back(["", "Which one? ", "Done."])
    [True, True, False]
    """
    return [(last := text[-1:]) in _ASKING or (last.isspace() and text.rstrip()[-1:] in _ASKING) for text in responses]


def _numbered(values: list[T]) -> tuple[list[T], Ints]:
    """The distinct ones, and the place of each among them."""
    known: dict[T, int] = {}
    places = [known.setdefault(value, len(known)) for value in values]
    return list(known), np.array(places, np.int64)


def _shared(values: list[T]) -> list[T]:
    """Equal ones as one object: they are kept long."""
    known: dict[T, T] = {}
    return [known.setdefault(value, value) for value in values]


def _microseconds(seconds: Sequence[float]) -> Ints:
    return np.rint(np.array(seconds, np.float64) * MICROSECONDS).astype(np.int64)
