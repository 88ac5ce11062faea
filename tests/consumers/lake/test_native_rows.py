"""Rows made by native code are those of the decoded records, whatever these hold."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.lake.columns import clean_table
from consumers.lake.native_rows import interaction_rows
from consumers.lake.records import Records
from consumers.lake.tables import INTERACTIONS
from headrace.codec import decode_clean, encode
from headrace.events import Clean, ProductionInteraction, Retrieval
from tests.consumers.lake.support import NOON, batch, clean, feedback, interaction

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(["", "é", "😀" * 20, "\0"])
NUMBER = st.floats(0, 1e300) | st.integers(0, 2**53)
SHARE = st.floats(0, 1)
COUNT = st.integers(0, 2**62)
MOMENT = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
VALUE = TEXT | st.integers(-(2**53), 2**53) | st.lists(SHARE | st.none(), max_size=3)
METADATA = st.dictionaries(TEXT, VALUE, max_size=3)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "timestamp": MOMENT,
    "tenant": TEXT,
    "producer_id": st.none() | TEXT,
    "seq": st.none() | COUNT,
    "session_id": st.none() | TEXT,
    "user_query": TEXT,
    "response": TEXT,
    "latency_ms": st.none() | NUMBER,
    "user_feedback_score": st.none() | st.floats(1, 5),
    "routing_scores": st.dictionaries(TEXT, SHARE, max_size=3),
    "propensity": st.none() | SHARE,
    "retrieval": st.none()
    | st.builds(Retrieval, ids=st.lists(TEXT, max_size=2), scores=st.lists(SHARE, max_size=2), texts=st.just(["t"])),
    "tokens_in": st.none() | COUNT,
    "cost_usd": st.none() | NUMBER,
    "error": st.none() | TEXT,
    "tags": st.lists(TEXT, max_size=3),
    "metadata": METADATA,
}
ENVELOPE: dict[str, st.SearchStrategy[Any]] = {
    "findings": st.dictionaries(TEXT, st.integers(0, 9), max_size=2),
    "flags": st.lists(st.sampled_from(["future_timestamp", "unknown_fields"]), max_size=2),
    "raw_partition": st.integers(0, 2**15 - 1),
    "raw_offset": COUNT,
    "appended_at": MOMENT,
}
CLEANS = st.builds(
    lambda event, around: clean(interaction(0, **event), **around),
    st.fixed_dictionaries({}, optional=FIELDS),
    st.fixed_dictionaries({}, optional=ENVELOPE),
)


def records(values: list[bytes]) -> Records:
    return Records("headrace.clean", list(range(len(values))), list(range(100, 100 + len(values))), values)


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(CLEANS, min_size=1, max_size=6))
def test_rows_are_those_of_the_decoded_records(cleans: list[Clean]) -> None:
    read = records([encode(one) for one in cleans])
    rows, others = interaction_rows(read)
    assert rows is not None
    assert not others.values
    rows.validate(full=True)
    assert rows.equals(clean_table(INTERACTIONS, list(map(decode_clean, read.values)), read.partitions, read.offsets))


@settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(CLEANS, min_size=1, max_size=3), st.data())
def test_damage_is_never_taken_for_something_else(cleans: list[Clean], data: st.DataObject) -> None:
    """Each record leaves a row or waits to be decoded; what was left of a damaged one is in no row."""
    values = [bytearray(encode(one)) for one in cleans]
    for value in values:
        for place in data.draw(st.lists(st.integers(0, len(value) - 1), max_size=2)):
            value[place] = data.draw(st.integers(0, 255))
    read = records([bytes(value) for value in values])
    rows, others = interaction_rows(read)
    kept = rows.column("clean_offset").to_pylist() if rows is not None else []
    assert sorted(kept + others.offsets) == read.offsets
    if rows is not None:
        rows.validate(full=True)


def packed(event: dict[str, Any], **around: Any) -> bytes:
    said = {
        "type": "clean.v1",
        "event": {"type": "interaction.v1", **event},
        "sanitizer": "1",
        "policy": "p",
        "raw_partition": 0,
        "raw_offset": 0,
        "appended_at": NOON,
        **around,
    }
    return bytes(msgpack.packb(said, datetime=True))


SAID = {"interaction_id": "i", "timestamp": NOON, "agent_selected": "a", "user_query": "q"}


@pytest.mark.parametrize(
    "value",
    [
        encode(clean(feedback(0))),
        packed({name: value for name, value in SAID.items() if name != "timestamp"}),
        packed({name: value for name, value in SAID.items() if name != "user_query"}),
        packed({**SAID, "user_query": 7}),
        packed({**SAID, "user_query": None}),
        packed({**SAID, "latency_ms": "slow"}),
        packed({**SAID, "cost_usd": float("nan")}),
        packed({**SAID, "seq": 0.5}),
        packed({**SAID, "timestamp": "2026-03-01T12:00:00Z"}),
        packed(SAID, type="clean.v2"),
        packed(SAID) + b"\x00",
        packed(SAID)[:-1],
        packed(SAID).replace(b"\xa1q", b"\xa1\xff"),
        packed({**SAID, "metadata": {"a": {"b": [1, 2]}}})[:-60],
        struct.pack(">BH", 0xDC, 2) + packed(SAID),
        b"",
    ],
)
def test_what_is_no_plain_interaction_waits(value: bytes) -> None:
    read = records([packed(SAID), value, packed(SAID)])
    rows, others = interaction_rows(read)
    assert others == read.at([1])
    assert rows is not None
    assert rows.column("clean_offset").to_pylist() == [100, 102]
    assert rows.column("user_query").to_pylist() == ["q", "q"]


def test_a_record_may_hold_what_nobody_knows() -> None:
    read = records([packed({**SAID, "later": {"deep": [1]}}, later=1)])
    rows, others = interaction_rows(read)
    assert not others.values
    assert rows is not None
    assert rows.equals(clean_table(INTERACTIONS, list(map(decode_clean, read.values)), [0], [100]))


def test_the_first_of_an_id_stays_the_first_where_records_are_written_in_two_ways() -> None:
    first, then = interaction(0, user_query="first"), interaction(0, user_query="then")
    as_time = {**msgspec.to_builtins(first), "timestamp": "2026-03-01T12:00:00Z"}
    values = [msgspec.msgpack.encode({**msgspec.to_builtins(clean(first)), "event": as_time}), encode(clean(then))]
    assert decode_clean(values[0]).event == first
    made = batch()
    made.add(Records("headrace.clean", [0, 0], [0, 1], values))
    rows = made.rows(INTERACTIONS)
    assert rows is not None
    assert rows.column("user_query").to_pylist() == ["first", "then"]


def test_an_interaction_of_our_own_type_is_read_whole() -> None:
    fields = {field.name for field in msgspec.structs.fields(ProductionInteraction)}
    assert fields <= set(INTERACTIONS.names)
