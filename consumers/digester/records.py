"""Records of `headrace.clean` to a batch: straight to columns where there is native code, else decoded one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from sys import intern
from typing import Any, TypeVar, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from consumers.clean.columns import Kind, Wanted, column_reader
from consumers.digester.batch import Batch, Bools, Interactions, Ints, microseconds, picked
from consumers.digester.languages import LONGEST_TAG, languages
from consumers.digester.slim import SlimClean, SlimFeedback, SlimInteraction, SlimMetadata, SlimRetrieval, decode
from consumers.digests.examples import MAX_TEXT
from consumers.digests.signals import NUMERIC
from consumers.failures.session_rules import asks_back

T = TypeVar("T")
Columns = Mapping[str, Any]
"""Lists and arrays by name: those of `_NATIVE`, with `asks_back` for `response`."""
Read = tuple[Ints, Columns, dict[int, SlimClean]]
"""Places of interactions, their columns, and all other records by place."""
_BLANKS = 2
"""At the end of an answer that are looked through for all at once."""
MAX_ERROR_KIND = 64
"""Characters of an error's kind: what stands before its first colon."""
_NATIVE = {
    "type": Wanted("event.type", Kind.TAG),
    "at_us": Wanted("event.timestamp", Kind.TIME),
    "arrived_us": Wanted("appended_at", Kind.TIME),
    "id": Wanted("event.interaction_id", Kind.STRING),
    "session": Wanted("event.session_id", Kind.SHARED),
    "user": Wanted("event.user_id", Kind.STRING),
    "tenant": Wanted("event.tenant", Kind.SHARED),
    "agent": Wanted("event.agent_selected", Kind.SHARED),
    "version": Wanted("event.agent_version", Kind.SHARED),
    "variant": Wanted("event.variant", Kind.SHARED),
    "model": Wanted("event.model", Kind.SHARED),
    "error": Wanted("event.error", Kind.STRING, MAX_ERROR_KIND),
    "query": Wanted("event.user_query", Kind.STRING, MAX_TEXT),
    "response": Wanted("event.response", Kind.TEXT),
    "language": Wanted("event.metadata.language", Kind.STRING, LONGEST_TAG),
    "lang": Wanted("event.metadata.lang", Kind.STRING, LONGEST_TAG),
    "locale": Wanted("event.metadata.locale", Kind.STRING, LONGEST_TAG),
    "retrieved": Wanted("event.retrieval", Kind.SIZE),
    "scores": Wanted("event.retrieval.scores", Kind.SIZE),
    "texts": Wanted("event.retrieval.texts", Kind.SIZE),
    "latency_ms": Wanted("event.latency_ms", Kind.NUMBER),
    "rating": Wanted("event.user_feedback_score", Kind.NUMBER),
    "routing_confidence": Wanted("event.routing_confidence", Kind.NUMBER),
    "retrieval_score": Wanted("event.retrieval.scores", Kind.GREATEST),
    "hallucination_score": Wanted("event.hallucination_score", Kind.NUMBER),
    "query_length": Wanted("event.user_query", Kind.LENGTH),
    "response_length": Wanted("event.response", Kind.LENGTH),
    "tokens_in": Wanted("event.tokens_in", Kind.NUMBER),
    "tokens_out": Wanted("event.tokens_out", Kind.NUMBER),
    "cost_usd": Wanted("event.cost_usd", Kind.NUMBER),
}
_NOTHING, _SAYS_NOTHING = SlimRetrieval(), SlimMetadata()
_OF_EVENT: dict[str, Callable[[SlimInteraction], Any]] = {
    "id": lambda event: event.interaction_id,
    "session": lambda event: event.session_id,
    "user": lambda event: event.user_id,
    "tenant": lambda event: event.tenant,
    "agent": lambda event: event.agent_selected,
    "version": lambda event: event.agent_version,
    "variant": lambda event: event.variant,
    "model": lambda event: event.model and intern(event.model),
    "error": lambda event: event.error,
    "query": lambda event: event.user_query[:MAX_TEXT],
    "asks_back": lambda event: asks_back(event.response),
    "language": lambda event: (event.metadata or _SAYS_NOTHING).language,
    "lang": lambda event: (event.metadata or _SAYS_NOTHING).lang,
    "locale": lambda event: (event.metadata or _SAYS_NOTHING).locale,
}
_NUMBERS: dict[str, Callable[[SlimInteraction], float | None]] = {
    "retrieved": lambda event: None if event.retrieval is None else 1,
    "scores": lambda event: len((event.retrieval or _NOTHING).scores),
    "texts": lambda event: len((event.retrieval or _NOTHING).texts),
    "latency_ms": lambda event: event.latency_ms,
    "rating": lambda event: event.user_feedback_score,
    "routing_confidence": lambda event: event.routing_confidence,
    "retrieval_score": lambda event: max((event.retrieval or _NOTHING).scores, default=None),
    "hallucination_score": lambda event: event.hallucination_score,
    "query_length": lambda event: len(event.user_query),
    "response_length": lambda event: len(event.response),
    "tokens_in": lambda event: event.tokens_in,
    "tokens_out": lambda event: event.tokens_out,
    "cost_usd": lambda event: event.cost_usd,
}
_read = column_reader(_NATIVE)


def batch_of(offsets: Sequence[int], values: list[bytes]) -> tuple[Batch, int]:
    """The records that can be decoded, and how many cannot."""
    spoken, columns, others = _natively(values) or _one_by_one(values)
    at_us, arrived_us = np.zeros((2, len(values)), np.int64)
    at_us[spoken], arrived_us[spoken] = columns["at_us"], columns["arrived_us"]
    at_us[list(others)], arrived_us[list(others)] = _times(others.values())
    feedback = [(place, event) for place, one in others.items() if type(event := one.event) is SlimFeedback]
    batch = Batch(offsets, at_us, arrived_us, spoken, _interactions(offsets, values, spoken, columns), feedback)
    known = np.sort(np.append(spoken, np.array(list(others), np.int64)))
    return batch.at(known), len(values) - len(known)


def _natively(values: list[bytes]) -> Read | None:
    """None where there is no native code, and where an interaction is written in another way than ours."""
    if _read is None:
        return None
    odd, columns = _read(values)
    others = _decoded(values, odd)
    if any(type(one.event) is SlimInteraction for one in others.values()):
        return None
    return np.delete(np.arange(len(values)), odd), _arrays(columns), others


def _one_by_one(values: list[bytes]) -> Read:
    decoded = _decoded(values, range(len(values)))
    spoken = {place: one for place, one in decoded.items() if type(one.event) is SlimInteraction}
    events = [cast(SlimInteraction, one.event) for one in spoken.values()]
    times = zip(("at_us", "arrived_us"), _times(spoken.values()), strict=True)
    columns = {name: list(map(get, events)) for name, get in _OF_EVENT.items()}
    numbers = {name: np.array(list(map(get, events)), np.float64) for name, get in _NUMBERS.items()}
    others = {place: one for place, one in decoded.items() if place not in spoken}
    return np.array(list(spoken), np.int64), {**columns, **numbers, **dict(times)}, others


def _decoded(values: Sequence[bytes], places: Iterable[int]) -> dict[int, SlimClean]:
    """Those of the records at some places that can be decoded."""
    found: dict[int, SlimClean] = {}
    for place in places:
        with suppress(msgspec.MsgspecError, UnicodeDecodeError):
            found[place] = decode(values[place])
    return found


def _times(records: Iterable[SlimClean]) -> tuple[Ints, Ints]:
    """Event times and arrivals, microseconds since 1970."""
    times = [(microseconds(one.event.timestamp), microseconds(one.appended_at)) for one in records]
    at, arrived = np.array(times, np.int64).reshape(-1, 2).T
    return at, arrived


def _arrays(columns: Mapping[str, Any]) -> Columns:
    """Native columns, numbers as arrays."""
    found = dict(columns)
    for name, (_, kind, _) in _NATIVE.items():
        if kind in (Kind.NUMBER, Kind.LENGTH, Kind.SIZE, Kind.GREATEST):
            found[name] = np.frombuffer(found[name], np.float64)
        elif kind is Kind.TIME:
            found[name] = np.frombuffer(found[name], np.int64)
    _, ends, texts = found.pop("response")
    return found | {"asks_back": _asking_back(np.frombuffer(ends, np.int32), texts)}


def _asking_back(ends: NDArray[np.int32], texts: bytes) -> Bools:
    """As `asks_back`: most texts show it by one of their last bytes."""
    signs = np.frombuffer(texts + b"?", np.uint8)
    starts, stops = ends[:-1], ends[1:].copy()
    for _ in range(_BLANKS):
        stops -= (signs[stops - 1] == ord(" ")) & (stops > starts)
    last = signs[stops - 1]
    found: Bools = (last == ord("?")) | (stops == starts)
    for place in np.flatnonzero(~found & ((last <= ord(" ")) | (last >= 0x80))).tolist():
        found[place] = asks_back(texts[starts[place] : ends[place + 1]].decode())
    return found


def _interactions(offsets: Sequence[int], values: list[bytes], spoken: Ints, columns: Columns) -> Interactions:
    places = spoken.tolist()
    who = zip(columns["tenant"], columns["agent"], columns["version"], columns["variant"], strict=True)
    whos, who_of = _numbered(list(who))
    errors = [None if error is None else error_kind(error) for error in columns["error"]]
    is_poor = ~np.isnan(columns["retrieved"]) & (~(columns["scores"] > 0) | (columns["texts"] > 0))
    tags = zip(columns["language"], columns["lang"], columns["locale"], strict=True)
    return Interactions(
        picked(offsets, places),
        picked(values, places),
        columns["at_us"],
        columns["id"],
        columns["session"],
        columns["user"],
        whos,
        who_of,
        columns["model"],
        errors,
        languages(columns["query"], list(tags)),
        columns["query"],
        np.array(columns["asks_back"], np.bool_),
        np.array([error is not None for error in errors], np.bool_) | is_poor,
        {signal.name: columns[signal.name] for signal in NUMERIC},
    )


def error_kind(error: str) -> str:
    return error.partition(":")[0][:MAX_ERROR_KIND]


def _numbered(values: list[T]) -> tuple[list[T], Ints]:
    """The distinct ones, and the place of each among them."""
    known = list(dict.fromkeys(values))
    places = {value: place for place, value in enumerate(known)}
    return known, np.array([*map(places.__getitem__, values)], np.int64)
