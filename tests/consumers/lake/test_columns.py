"""Events to columns: whatever an event may hold arrives as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.lake.columns import clean_table, json_text
from consumers.lake.dedup import MAX_RANGES, id_ranges
from consumers.lake.tables import INTERACTIONS, PRODUCER_STATUS
from headrace.codec import decode_clean, encode
from headrace.events import ProducerStatus
from tests.consumers.lake.support import NOON, clean, interaction

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
MOMENT = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2999, 1, 1), timezones=st.just(UTC))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXT, children, max_size=3),
    max_leaves=8,
)
ID = st.uuids().map(str)


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(query=TEXT, moment=MOMENT, metadata=st.dictionaries(TEXT, JSON, max_size=3), tags=st.lists(TEXT, max_size=3))
def test_texts_times_and_json_survive(query: str, moment: datetime, metadata: dict[str, Any], tags: list[str]) -> None:
    said = interaction(0, user_query=query, timestamp=moment, metadata=metadata, tags=tags)
    row = clean_table(INTERACTIONS, [decode_clean(encode(clean(said)))], [0], [0]).to_pylist()[0]
    assert row["user_query"] == query
    assert row["timestamp"] == moment.replace(tzinfo=None)
    assert row["day"] == moment.date()
    assert msgspec.json.decode(row["metadata"] or "{}") == metadata
    assert row["tags"] == (tags or None)


def test_a_time_without_a_zone_is_utc() -> None:
    status = ProducerStatus(producer_id="p", last_seq=1, timestamp=NOON, started_at=NOON.replace(tzinfo=None))
    row = clean_table(PRODUCER_STATUS, [decode_clean(encode(clean(status)))], [0], [0]).to_pylist()[0]
    assert row["started_at"] == row["timestamp"] == NOON.replace(tzinfo=None)


def test_what_json_cannot_hold_is_left_out() -> None:
    assert json_text({"a": {None: 1}, "b": 2}) in (
        b'{"a":{},"b":2}',
        b'{"a": {"null": 1}, "b": 2}',
        b'{"a": {}, "b": 2}',
    )


@given(st.lists(ID, min_size=1, max_size=200))
def test_ranges_hold_every_id_and_are_few(ids: list[str]) -> None:
    ranges = id_ranges(ids)
    assert len(ranges) <= MAX_RANGES
    assert all(any(low <= id_ <= high for low, high in ranges) for id_ in ids)
    assert ranges[0][0] == min(ids)
    assert ranges[-1][1] == max(ids)
    assert ranges == sorted(ranges)
