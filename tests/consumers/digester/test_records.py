"""A batch read by native code is the batch that decoding gives, whatever the records hold."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import msgpack
import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.digester import records
from consumers.digester.batch import Batch, Interactions
from consumers.digester.records import batch_of
from headrace.codec import encode
from headrace.events import AnyEvent, Clean, Feedback, Label, ProductionInteraction, Retrieval
from tests.support.digests import BEGIN, events

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["", "?", "Which one? ", "ok？\u2003", "Wo ist mein Paket?", "word " * 150, "Timeout: 3 s", "\0", "😀 "]
)
TAG = st.sampled_from(["de", "en-US", "pt_BR.UTF-8", "gsw", "x" * 40, "", "fr\n"]) | st.integers(0, 9) | st.none()
RETRIEVAL = st.builds(
    Retrieval,
    ids=st.lists(TEXT, max_size=2),
    scores=st.lists(st.floats(-1, 1) | st.integers(0, 1), max_size=3),
    texts=st.lists(TEXT, max_size=2),
)
MOMENT = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))
SPOKEN = st.builds(
    ProductionInteraction,
    interaction_id=TEXT,
    timestamp=MOMENT,
    tenant=st.sampled_from(["default", "acme"]),
    session_id=st.none() | TEXT,
    user_id=st.none() | TEXT,
    agent_selected=TEXT,
    agent_version=st.none() | TEXT,
    variant=st.none() | TEXT,
    user_query=TEXT,
    response=TEXT,
    latency_ms=st.none() | st.floats(0, 1e9) | st.integers(0, 9),
    user_feedback_score=st.none() | st.floats(1, 5),
    routing_confidence=st.none() | st.floats(0, 1),
    retrieval=st.none() | RETRIEVAL,
    hallucination_score=st.none() | st.floats(0, 1),
    model=st.none() | TEXT,
    tokens_in=st.none() | st.integers(0, 2**62),
    error=st.none() | TEXT,
    metadata=st.dictionaries(st.sampled_from(["language", "lang", "locale", "else"]), TAG, max_size=3),
)
OTHERS = st.builds(Feedback, interaction_id=TEXT, timestamp=MOMENT, score=st.floats(1, 5)) | st.builds(
    Label, interaction_id=TEXT, timestamp=MOMENT, annotator=TEXT, name=TEXT, value=TEXT
)


def record(event: Any) -> bytes:
    return encode(Clean(event=event, sanitizer="1", policy="p", raw_partition=0, raw_offset=0, appended_at=BEGIN))


def one_by_one(values: list[bytes]) -> tuple[Batch, int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "_read", None)
        return batch_of(range(100, 100 + len(values)), values)


def natively(values: list[bytes]) -> tuple[Batch, int]:
    assert records._read is not None
    return batch_of(range(100, 100 + len(values)), values)


def content(one: Any) -> Any:
    """What can be compared; not the order in which whos were met."""
    if isinstance(one, np.ndarray):
        return one.tolist()
    if isinstance(one, Interactions):
        said = {field.name: content(getattr(one, field.name)) for field in fields(one)}
        return said | {"whos": [one.whos[place] for place in one.who_of], "who_of": None}
    if isinstance(one, Batch):
        return {field.name: content(getattr(one, field.name)) for field in fields(one)}
    if isinstance(one, dict):
        return {name: content(np.nan_to_num(numbers, nan=-7.0)) for name, numbers in one.items()}
    return list(one)


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(SPOKEN | OTHERS, max_size=8))
def test_a_batch_is_the_one_that_decoding_gives(happened: list[AnyEvent]) -> None:
    values = [record(event) for event in happened]
    (ours, lost), (decoded, _) = natively(values), one_by_one(values)
    assert lost == 0
    assert content(ours) == content(decoded)


@settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(SPOKEN | OTHERS, min_size=1, max_size=6), st.data())
def test_records_at_some_places_are_those_alone(happened: list[AnyEvent], data: st.DataObject) -> None:
    values = [record(event) for event in happened]
    places = sorted(data.draw(st.sets(st.integers(0, len(values) - 1))))
    batch, _ = natively(values)
    alone, _ = batch_of([100 + place for place in places], [values[place] for place in places])
    assert content(batch.at(places)) == content(alone)


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(SPOKEN | OTHERS, min_size=1, max_size=3), st.data())
def test_damage_leaves_a_record_or_none(happened: list[AnyEvent], data: st.DataObject) -> None:
    values = [bytearray(record(event)) for event in happened]
    for value in values:
        for place in data.draw(st.lists(st.integers(0, len(value) - 1), max_size=2)):
            value[place] = data.draw(st.integers(0, 255))
    batch, lost = natively([bytes(value) for value in values])
    assert len(batch.offsets) + lost == len(values)
    assert len(batch.interactions.ids) == len(batch.spoken)


def test_an_interaction_written_in_another_way_is_read_too() -> None:
    said = {"type": "interaction.v1", "interaction_id": "i", "timestamp": "2026-03-01T00:00:00Z"}
    event = {**said, "agent_selected": "a", "user_query": "Why?"}
    other = bytes(msgpack.packb({"event": event, "appended_at": BEGIN}, datetime=True))
    batch, lost = natively([record(made) for made in events(3, seed=1)] + [other, b"", b"\x80", other[:-9]])
    assert lost == 3
    assert list(batch.offsets) == [100, 101, 102, 103]
    assert batch.interactions.ids[-1] == "i"


def test_an_interaction_can_be_read_whole() -> None:
    event = ProductionInteraction(agent_selected="a", user_query="word " * 200, retrieval=Retrieval(texts=["t"]))
    batch, _ = natively([record(event)])
    assert batch.interactions.event(0).user_query == event.user_query
    assert msgspec.to_builtins(batch.interactions.event(0).retrieval) == {"ids": [], "scores": [], "texts": ["t"]}
