"""What passes by the fast lane is byte for byte what the thorough way makes of it."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from math import inf, nan
from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.sanitizer.transform import RawRecord, Transform
from headrace import codec
from headrace.events import Clean, Feedback, ProductionInteraction, Retrieval
from headrace.ids import KeyRing, uuid7
from headrace.privacy._scan import Lane, Scanner
from headrace.privacy.lane import harmless, table_of
from headrace.privacy.native import compiled
from headrace.privacy.sanitizer import Sanitizer
from headrace.privacy.table import RULES
from headrace.settings import Privacy, Quality, TenantPrivacy

RING = KeyRing([b"k" * 32])
APPENDED = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
TRANSFORM = Transform(RING, Quality(max_query_characters=200, max_response_characters=400))
PSEUDONYMS = Transform(RING, privacy=Privacy(placeholders="pseudonyms"))
LEDGER = [("producer_id", uuid7().encode()), ("seq", b"7")]


def raw(value: bytes, headers: Any = LEDGER, offset: int = 17) -> RawRecord:
    return RawRecord(value, headers, 3, offset, int(APPENDED.timestamp() * 1000))


def interaction(**fields: Any) -> ProductionInteraction:
    given = {"agent_selected": "billing", "user_query": "Why?", "response": "So.", "timestamp": APPENDED}
    return ProductionInteraction(**{**given, **fields})


def passes(record: RawRecord, transform: Transform = TRANSFORM) -> bool:
    assert transform._lane is not None
    (outcome,) = transform._lane([record])
    return outcome is not None


def written(event: Any) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.msgpack.decode(codec.encode(event))
    return decoded


def as_our_encoder(fields: dict[str, Any]) -> bytes:
    """As our encoder writes an event, whose map has a long head whatever it holds."""
    pairs = (msgpack.packb(part, datetime=True) for pair in fields.items() for part in pair)
    return struct.pack(">BH", 0xDE, len(fields)) + b"".join(pairs)


FULL = interaction(
    tenant="acme",
    session_id=RING.hash("session", "s"),
    user_id="ada",
    agent_version="2.1.0",
    latency_ms=420,
    user_feedback_score=4.0,
    routing_confidence=0.9,
    routing_scores={"billing": 0.9, "travel": 1},
    propensity=1.0,
    retrieval=Retrieval(ids=["a", "b"], scores=[0.5, 0], texts=["Terms — of sale", "é"]),
    hallucination_score=0,
    model="m-1",
    tokens_in=10,
    tokens_out=0,
    cost_usd=0.0021,
    error="timeout: upstream",
    experiment="e",
    variant="b",
    tags=["one", "two"],
    metadata={"deep": {"list": [1, -5, 1_700_000_000_000, 0.5, True, None, {"k": "v"}]}, "locale": "de"},
)
PERSONAL = interaction(
    user_query="I am ada@example.org, call +1 415 555 2671 ✅, or ada (at) example — dot — org",
    response="Not found: a\\nb — 4\u200b155552671",
    tags=["ada@example.org"],
    metadata={"note": {"from": "card 4111 1111 1111 1111"}},
)


@pytest.mark.parametrize(
    "event", [FULL, PERSONAL, interaction(), interaction(response="a — b 😀"), interaction(user_id="u")]
)
@pytest.mark.parametrize("transform", [TRANSFORM, PSEUDONYMS])
def test_what_our_client_writes_passes(event: ProductionInteraction, transform: Transform) -> None:
    record = raw(codec.encode(event))
    assert passes(record, transform)
    assert transform([record]) == transform.thorough([record])


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"ada@example.org": 1}},
        {"metadata": {"phone": 4155552671}},
        {"metadata": {str(n): "x" for n in range(40)}},
        {"metadata": {"at": APPENDED}},
        {"routing_scores": {"call +1 415 555 2671": 0.5}},
        {"external_id": "x"},
        {"producer_id": "p"},
        {"tags": [f"call +1 415 555 26{n}" for n in range(70)]},
        {"interaction_id": "order-17"},
        {"timestamp": APPENDED + timedelta(hours=1)},
        {"timestamp": datetime(1969, 1, 1, tzinfo=UTC)},
        {"user_query": " ", "response": " "},
        {"agent_selected": "ada@example.org"},
        {"cost_usd": inf},
        {"routing_scores": {"a": nan}},
        {"response": "x" * 401},
        {"retrieval": Retrieval(ids=["a"], scores=[0.1, 0.2])},
        {"error": "\ud800"},
    ],
)
def test_what_is_out_of_the_ordinary_is_looked_at_thoroughly(fields: dict[str, Any]) -> None:
    event = written(interaction()) | {"type": "interaction.v1"}
    if "\ud800" in str(fields.get("error")):
        value = codec.encode(interaction(error="?")).replace(b"?", b"\xff", 1)
    else:
        value = codec.encode(interaction(**fields)) if fields else msgspec.msgpack.encode(event)
    record = raw(value)
    assert not passes(record)
    assert TRANSFORM([record]) == TRANSFORM.thorough([record])


def test_other_events_and_other_encodings_are_looked_at_thoroughly() -> None:
    fields = written(FULL)
    backwards = dict(reversed(fields.items()))
    for value in (
        codec.encode(Feedback(interaction_id=FULL.interaction_id, score=4.0, timestamp=APPENDED)),
        codec.encode_json(FULL),
        msgspec.msgpack.encode(backwards),
        msgspec.msgpack.encode(fields | {"unheard_of": 1}),
        msgspec.msgpack.encode(fields | {"variant": None}),
        msgspec.msgpack.encode(fields | {"tags": []}),
        msgpack.packb(fields, use_single_float=True, datetime=True),
        codec.encode(FULL) + b"\xc0",
        b"",
        b"\x80",
    ):
        assert not passes(raw(value))
        assert TRANSFORM([raw(value)]) == TRANSFORM.thorough([raw(value)])


@pytest.mark.parametrize(
    "headers",
    [None, [], LEDGER[:1], LEDGER[1:], [*LEDGER, LEDGER[0]], [("producer_id", None), ("seq", b"1")]]
    + [[LEDGER[0], ("seq", seq)] for seq in (b"0", b"-1", b"x", b"", b"9" * 30, None, "7")]
    + [[("producer_id", b"\xff"), ("seq", b"1")], [*LEDGER, ("traceparent", b"00-1")]],
)
def test_headers_may_be_anything(headers: Any) -> None:
    record = raw(codec.encode(FULL), headers)
    assert TRANSFORM([record]) == TRANSFORM.thorough([record])


TEXTS = st.sampled_from(
    ["", " ", "Why?", "é — ✅", "\0", "a@b.org", "+1 415 555 2671", "[EMAIL]", "x" * 201, "4111 1111"]
)
NUMBERS = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.sampled_from([0.5, -0.0, inf, nan, 2**53 + 1, 2**63, 1e300, "1", True, 7_000_000.0]),
)
ANYTHING = st.recursive(
    st.one_of(TEXTS, NUMBERS, st.binary(max_size=3), st.integers(-(2**63), 2**64 - 1)),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS | st.integers(0, 5), below, max_size=3),
    max_leaves=6,
)
VALUES = {
    "timestamp": st.sampled_from([APPENDED, APPENDED + timedelta(days=1), "2026-01-01T00:00:00Z", 5, None]),
    "tenant": st.sampled_from(["default", "acme", "a b", None]),
    "producer_id": st.just("p"),
    "seq": st.just(1),
    "session_id": st.sampled_from(["s", "", RING.hash("session", "s"), RING.hash("user", "s"), None]),
    "user_id": st.sampled_from(["u", "", RING.hash("user", "u"), None]),
    "interaction_id": st.sampled_from([uuid7(), uuid7().upper(), "x", ""]),
    "agent_selected": st.sampled_from(["billing", "", "a@b.org"]),
    "agent_version": st.sampled_from(["1.2.3.4", "", None]),
    "user_query": TEXTS,
    "response": TEXTS,
    "error": TEXTS | st.none(),
    "model": TEXTS | st.none(),
    "variant": TEXTS | st.none(),
    "routing_scores": st.dictionaries(TEXTS, NUMBERS, max_size=3) | st.none(),
    "retrieval": st.fixed_dictionaries(
        {},
        optional={"ids": st.lists(TEXTS, max_size=2), "scores": st.lists(NUMBERS, max_size=2), "more": TEXTS},
    )
    | st.none(),
    "tags": st.lists(TEXTS, max_size=3) | st.none(),
    "metadata": st.dictionaries(TEXTS, ANYTHING, max_size=3) | st.none(),
    "external_id": st.just("x"),
    "unheard_of": TEXTS,
    **dict.fromkeys(("latency_ms", "user_feedback_score", "propensity", "tokens_in", "cost_usd"), NUMBERS),
}
BASE = {name: value for name, value in written(interaction()).items() if name != "type"}
ORDER = ["type", *ProductionInteraction.__struct_fields__, "unheard_of"]


@st.composite
def events(draw: st.DrawFn) -> bytes:
    """An event with some fields of any value, mostly in the order in which our encoder writes them."""
    names = draw(st.sets(st.sampled_from(sorted(VALUES)), max_size=2))
    fields = {"type": "interaction.v1"} | BASE | {name: draw(VALUES[name]) for name in names}
    if draw(st.integers(0, 9)):
        fields = dict(sorted(fields.items(), key=lambda item: ORDER.index(item[0])))
    return as_our_encoder(fields)


@given(st.lists(events(), min_size=1, max_size=5))
@settings(max_examples=400, deadline=None)
def test_any_event_comes_out_as_the_thorough_way_gives_it(values: list[bytes]) -> None:
    records = [raw(value, offset=offset) for offset, value in enumerate(values)]
    for transform in (TRANSFORM, PSEUDONYMS):
        assert transform(records) == transform.thorough(records)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_damaged_bytes_come_out_as_the_thorough_way_gives_them(data: st.DataObject) -> None:
    value = bytearray(codec.encode(data.draw(st.sampled_from([FULL, PERSONAL]))))
    for _ in range(data.draw(st.integers(1, 3))):
        value[data.draw(st.integers(0, len(value) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(value[: data.draw(st.integers(0, len(value)))]) if data.draw(st.booleans()) else bytes(value)
    record = raw(cut)
    assert TRANSFORM([record]) == TRANSFORM.thorough([record])


@given(st.floats(), st.integers(-(2**63), 2**64 - 1), st.text(max_size=300))
def test_a_number_or_text_of_any_size_is_written_as_our_encoder_does(number: float, integer: int, text: str) -> None:
    fields = BASE | {"metadata": {"n": number, "i": integer, "t": text}, "latency_ms": abs(number)}
    ordered = {"type": "interaction.v1"} | dict(sorted(fields.items(), key=lambda item: ORDER.index(item[0])))
    try:
        record = raw(as_our_encoder(ordered))
    except UnicodeEncodeError:
        return
    assert TRANSFORM([record]) == TRANSFORM.thorough([record])


def test_positions_and_times_of_any_size_are_written_as_our_encoder_does() -> None:
    for partition, offset, appended_ms in [
        (0, 0, 0),
        (127, 128, 999),
        (255, 256, 2**32 * 1000),
        (65_535, 65_536, 10**12),
    ]:
        event = interaction(timestamp=datetime.fromtimestamp(appended_ms / 1000, UTC))
        record = RawRecord(codec.encode(event), LEDGER, partition, offset, appended_ms)
        assert passes(record)
        assert TRANSFORM([record]) == TRANSFORM.thorough([record])
    record = RawRecord(codec.encode(interaction()), LEDGER, 0, 2**40, -1)
    assert not passes(record)


def test_a_record_that_is_too_large_for_the_clean_topic_does_not_pass() -> None:
    transform = Transform(RING, Quality(max_response_characters=5_000_000))
    record = raw(codec.encode(interaction(response="ab " * 1_398_000)))
    assert not passes(record, transform)
    assert transform([record]) == transform.thorough([record])


@pytest.mark.parametrize(
    ("quality", "privacy"),
    [
        (Quality(blocked_patterns=["x"]), Privacy()),
        (Quality(), Privacy(patterns={"employee": "EMP-[0-9]{6}"})),
        (Quality(), Privacy(tenants={"acme": TenantPrivacy(kinds={"email": False})})),
    ],
)
def test_there_is_no_lane_where_settings_ask_for_more(quality: Quality, privacy: Privacy) -> None:
    assert Transform(RING, quality, privacy)._lane is None


def test_clean_records_stay_in_the_order_of_their_records() -> None:
    events = [FULL, interaction(metadata={"phone": 4155552671}), PERSONAL, FULL]
    records = [raw(codec.encode(event), offset=offset) for offset, event in enumerate(events)]
    cleans = [codec.decode_clean(outcome.value) for outcome in TRANSFORM(records)]
    assert [clean.raw_offset for clean in cleans] == [0, 1, 2, 3]
    assert [clean.findings for clean in cleans] == [{}, {"phone": 1}, {"credit_card": 1, "email": 2, "phone": 2}, {}]
    assert all(isinstance(clean, Clean) for clean in cleans)


def test_bytes_are_harmless_where_nothing_would_change() -> None:
    is_harmless = harmless(Sanitizer(engine="accelerated"))
    assert is_harmless(codec.encode(msgspec.structs.replace(FULL, metadata={"version": "4.12", "size": 17})))
    assert not is_harmless(codec.encode(PERSONAL))
    assert not is_harmless(codec.encode(interaction(agent_selected="a b")))
    assert not is_harmless(struct.pack("B", 0xC1))
    assert not harmless(Sanitizer(engine="python"))(codec.encode(interaction()))


def test_a_lane_is_made_of_what_belongs_to_it() -> None:
    scanner = Scanner(*compiled(RULES))
    table = table_of({})
    with pytest.raises(TypeError, match="scanner"):
        Lane(table, object(), bool, None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Lane((1, 2), scanner, lambda *_: True, None)
    with pytest.raises(TypeError):
        Lane(table, scanner, lambda *_: True, (1,))
    lane = Lane(table, scanner, lambda *_: True, None)
    with pytest.raises(ValueError, match="envelope"):
        lane.outcomes([])
    with pytest.raises(TypeError):
        lane.is_harmless("text")  # type: ignore[arg-type]
