"""One event sanitized: every text of it, the keys of its maps too, and its names checked.

Ids (user, session, producer, interaction, rater, annotator) are typed fields: whoever holds the key hashes
them, and no rule reads them as text. Names (agent, version, tenant) have to be plain and hold nothing personal,
or the event is rejected. An event's typed numbers are measurements and stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, TypeVar, cast

import msgspec

from headrace.errors import Poison, Reason
from headrace.events import NAME, AnyEvent, Feedback, Label, ProducerStatus, ProductionInteraction
from headrace.privacy.sanitizer import Sanitizer
from headrace.privacy.tree import leaves, rebuilt

E = TypeVar("E", bound=AnyEvent)

_CACHED_NAMES = 4096
"""A deployment has tens of agents and versions; thousands are somebody's mistake."""

NAMES: Mapping[type, tuple[str, ...]] = {
    ProductionInteraction: ("tenant", "agent_selected", "agent_version"),
    Feedback: ("tenant", "agent_selected", "agent_version", "correct_agent"),
    Label: ("tenant", "correct_agent"),
    ProducerStatus: ("tenant",),
}
"""The fields of each kind of event that have to be names,"""
TEXTS: Mapping[type, tuple[str, ...]] = {
    ProductionInteraction: ("user_query", "response", "model", "error", "experiment", "variant"),
    Feedback: ("name", "label", "comment", "correction", "variant"),
    Label: ("name", "value", "comment"),
    ProducerStatus: (),
}
"""and those that are plain texts."""
_NOTHING: dict[str, int] = {}


def sanitize_event(event: E, sanitizer: Sanitizer) -> tuple[E, dict[str, int]]:
    """The event without personal data, and how many values of each kind were replaced.

    An event in which nothing was found comes back as the very same object. Raises Poison(invalid_name) for a
    name that is none, Poison(too_large) for metadata without end.
    """
    names, plain = _getters(event.__class__)
    if not are_names(sanitizer, names(event)):
        raise Poison(Reason.INVALID_NAME, _bad_name(event, sanitizer))
    texts = _texts(event, plain)
    return _with(event, texts, *sanitizer.texts(texts))


def sanitize_events(events: Sequence[E], sanitizer: Sanitizer) -> list[tuple[E, dict[str, int]] | Exception]:
    """As `sanitize_event` for each, at half of the cost where most hold nothing personal.

    In the place of an event that fails stands its error: Poison, or whatever a rule raised.
    """
    try:
        return _together(events, sanitizer)
    except Exception:
        return [_attempted(event, sanitizer) for event in events]


def _together(events: Sequence[E], sanitizer: Sanitizer) -> list[tuple[E, dict[str, int]] | Exception]:
    """Raises where one of the events does: then each has to be looked at alone."""
    getters = [_getters(event.__class__) for event in events]
    for names in {names(event) for event, (names, _) in zip(events, getters, strict=True)}:
        if not are_names(sanitizer, names):
            raise Poison(Reason.INVALID_NAME)
    texts = [_texts(event, plain) for event, (_, plain) in zip(events, getters, strict=True)]
    clean = sanitizer.groups(texts)
    return [_with(event, own, *found) for event, own, found in zip(events, texts, clean, strict=True)]


def _with(
    event: E, texts: Sequence[str], clean: Sequence[str], findings: Mapping[str, int]
) -> tuple[E, dict[str, int]]:
    """The event with its clean texts in the place of its own."""
    if not findings:
        return event, _NOTHING
    changed = {text: new for text, new in zip(texts, clean, strict=True) if text != new}
    return _replaced(event, changed), in_order(findings)


def in_order(findings: Mapping[str, int]) -> dict[str, int]:
    """By kind, so that a record's bytes do not depend on the order in which its texts were read."""
    return dict(sorted(findings.items()))


def _attempted(event: E, sanitizer: Sanitizer) -> tuple[E, dict[str, int]] | Exception:
    try:
        return sanitize_event(event, sanitizer)
    except Exception as error:
        return error


def texts_of(event: AnyEvent) -> list[str]:
    """Every text of an event that rules read: fields, tags, retrieval, metadata with its keys."""
    return _texts(event, _getters(event.__class__)[1])


_Getter = Callable[[AnyEvent], tuple[str | None, ...]]


@cache
def _getters(kind: type) -> tuple[_Getter, _Getter]:
    """What reads all names, and all plain texts, of a kind of event in one call each."""
    return _getter(_declared(NAMES, kind)), _getter(_declared(TEXTS, kind))


def _getter(fields: tuple[str, ...]) -> _Getter:
    """attrgetter gives a tuple for two fields or more only."""
    if len(fields) > 1:
        return cast(_Getter, attrgetter(*fields))
    return lambda event: tuple(getattr(event, field) for field in fields)


def _declared(table: Mapping[type, tuple[str, ...]], kind: type) -> tuple[str, ...]:
    return next(table[base] for base in kind.__mro__ if base in table)


@lru_cache(_CACHED_NAMES)
def are_names(sanitizer: Sanitizer, names: tuple[str | None, ...]) -> bool:
    """Whether all that are given are plain, and hold nothing personal."""
    return all(name is None or _is_name(sanitizer, name) for name in names)


def _is_name(sanitizer: Sanitizer, name: str) -> bool:
    """A version may look like an IP address (1.2.3.4); nothing else in a name may look personal."""
    if not NAME.fullmatch(name):
        return False
    return all(span.kind == "ip_address" for span in sanitizer.spans(name))


def _bad_name(event: AnyEvent, sanitizer: Sanitizer) -> str:
    fields = _declared(NAMES, event.__class__)
    return next(f"$.{field}" for field in fields if not are_names(sanitizer, (getattr(event, field),)))


def _texts(event: AnyEvent, plain: _Getter) -> list[str]:
    texts = list(filter(None, plain(event)))
    if isinstance(event, ProductionInteraction):
        texts += event.tags
        texts += event.routing_scores
        if event.retrieval is not None:
            texts += event.retrieval.ids
            texts += event.retrieval.texts
        if event.metadata:
            texts += leaves(event.metadata)
    return texts


def _replaced(event: E, changed: dict[str, str]) -> E:
    changes: dict[str, Any] = {
        field: changed[text]
        for field in _declared(TEXTS, event.__class__)
        if (text := getattr(event, field)) in changed
    }
    if isinstance(event, ProductionInteraction):
        changes |= _replaced_collections(event, changed)
    return msgspec.structs.replace(event, **changes)


def _replaced_collections(event: ProductionInteraction, changed: dict[str, str]) -> dict[str, Any]:
    def look_up(text: str) -> str:
        return changed.get(text, text)

    changes: dict[str, Any] = {}
    if not changed.keys().isdisjoint(event.tags):
        changes["tags"] = [look_up(tag) for tag in event.tags]
    for field in ("routing_scores", "metadata"):
        if (tree := getattr(event, field)) and not changed.keys().isdisjoint(leaves(tree)):
            changes[field] = rebuilt(tree, look_up)
    if (found := event.retrieval) is not None:
        ids, texts = [look_up(name) for name in found.ids], [look_up(text) for text in found.texts]
        changes["retrieval"] = msgspec.structs.replace(found, ids=ids, texts=texts)
    return changes
