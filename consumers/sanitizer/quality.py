"""Is an event worth keeping: lengths, coherence, blocked patterns, feedback that makes sense. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from operator import attrgetter
from typing import NamedTuple

from headrace.errors import ConfigError, Reason
from headrace.events import AnyEvent, Feedback, Label, ProductionInteraction
from headrace.privacy.event import texts_of
from headrace.settings import Quality

RATING = "rating"
"""The feedback name whose score means stars, 1 to 5."""
MIDDLE_RATING = 3.0
_GOOD_LABELS = frozenset({"good", "positive", "thumbs_up", "up", "helpful"})
_BAD_LABELS = frozenset({"bad", "negative", "thumbs_down", "down", "unhelpful"})


class Flaw(NamedTuple):
    """Why an event is refused, and at which of its fields."""

    reason: Reason
    path: str


class DataQualityValidator:
    """Finds the first flaw of an event, if it has one.

    Raises ConfigError where a blocked pattern is no regular expression.

    >>> validator = DataQualityValidator()
    >>> validator(ProductionInteraction(agent_selected="billing", user_query="Why?", response="Because."))
    >>> validator(ProductionInteraction(agent_selected="billing", user_query=" "))
    Flaw(reason=<Reason.INCOHERENT: 'incoherent'>, path='$')
    """

    def __init__(self, quality: Quality | None = None) -> None:
        limits = quality or Quality()
        self._query_characters = limits.max_query_characters
        self._response_characters = limits.max_response_characters
        self._blocked = [_compiled(pattern, place) for place, pattern in enumerate(limits.blocked_patterns)]

    def __call__(self, event: AnyEvent) -> Flaw | None:
        if isinstance(event, ProductionInteraction):
            flaw = self._interaction(event)
        elif isinstance(event, Feedback):
            flaw = self._feedback(event)
        else:
            flaw = self._label(event) if isinstance(event, Label) else None
        return flaw or (self._blocked_text(event) if self._blocked else None)

    def _interaction(self, event: ProductionInteraction) -> Flaw | None:
        if len(event.user_query) > self._query_characters:
            return Flaw(Reason.TOO_LONG, "$.user_query")
        if len(event.response) > self._response_characters:
            return Flaw(Reason.TOO_LONG, "$.response")
        if _says_nothing(event):
            return Flaw(Reason.INCOHERENT, "$")
        return _retrieval_flaw(event) or _number_flaw(event)

    def _feedback(self, event: Feedback) -> Flaw | None:
        if event.comment is not None and len(event.comment) > self._query_characters:
            return Flaw(Reason.TOO_LONG, "$.comment")
        if event.correction is not None and len(event.correction) > self._response_characters:
            return Flaw(Reason.TOO_LONG, "$.correction")
        if event.score is not None and not isfinite(event.score):
            return Flaw(Reason.INVALID_VALUE, "$.score")
        return _contradiction(event)

    def _label(self, event: Label) -> Flaw | None:
        if not event.value.strip():
            return Flaw(Reason.INCONSISTENT_FEEDBACK, "$.value")
        if event.comment is not None and len(event.comment) > self._query_characters:
            return Flaw(Reason.TOO_LONG, "$.comment")
        return None

    def _blocked_text(self, event: AnyEvent) -> Flaw | None:
        texts = texts_of(event)
        blocked = any(pattern.search(text) for pattern in self._blocked for text in texts)
        return Flaw(Reason.BLOCKED_PATTERN, "$") if blocked else None


def _says_nothing(event: ProductionInteraction) -> bool:
    """No query, no response and no error; a query alone is kept, since an abandoned session tells something."""
    return not (event.user_query.strip() or event.response.strip() or (event.error or "").strip())


def _retrieval_flaw(event: ProductionInteraction) -> Flaw | None:
    if (found := event.retrieval) is None:
        return None
    lengths = {len(column) for column in (found.ids, found.scores, found.texts) if column}
    if len(lengths) > 1:
        return Flaw(Reason.INCOHERENT, "$.retrieval")
    return None if _all_finite(found.scores) else Flaw(Reason.INVALID_VALUE, "$.retrieval.scores")


_NUMBERS = (
    "latency_ms",
    "user_feedback_score",
    "routing_confidence",
    "propensity",
    "hallucination_score",
    "cost_usd",
)
_numbers = attrgetter(*_NUMBERS)


def _number_flaw(event: ProductionInteraction) -> Flaw | None:
    numbers = _numbers(event)
    if not isfinite(sum(filter(None, numbers))):
        for place, number in enumerate(numbers):
            if number is not None and not isfinite(number):
                return Flaw(Reason.INVALID_VALUE, f"$.{_NUMBERS[place]}")
    if event.routing_scores and not _all_finite(event.routing_scores.values()):
        return Flaw(Reason.INVALID_VALUE, "$.routing_scores")
    return None


def _all_finite(numbers: Iterable[float]) -> bool:
    return all(isfinite(number) for number in numbers)


def _contradiction(event: Feedback) -> Flaw | None:
    """A feedback that says nothing, stars outside 1 to 5, or a label that its own stars deny."""
    said = (event.score, event.label, event.comment, event.correction, event.correct_agent)
    if all(part is None or part == "" for part in said):
        return Flaw(Reason.INCONSISTENT_FEEDBACK, "$")
    if event.name != RATING or event.score is None:
        return None
    if not 1.0 <= event.score <= 5.0:
        return Flaw(Reason.INCONSISTENT_FEEDBACK, "$.score")
    label = (event.label or "").lower()
    denied = (label in _GOOD_LABELS and event.score < MIDDLE_RATING) or (
        label in _BAD_LABELS and event.score > MIDDLE_RATING
    )
    return Flaw(Reason.INCONSISTENT_FEEDBACK, "$.label") if denied else None


def _compiled(pattern: str, place: int) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ConfigError(
            f"continual_learning.quality.blocked_patterns[{place}]: no regular expression: {error}"
        ) from None
