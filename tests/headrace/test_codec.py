"""Bad input: each kind is named by a reason and a path of our own field names, never by its text."""

from __future__ import annotations

import contextlib

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.codec import decode_event, encode, encode_json
from headrace.errors import Poison, Reason
from headrace.events import ProductionInteraction

CANARY = "ada@example.org"
LEAST = {"type": "interaction.v1", "agent_selected": "billing", "user_query": CANARY}


def as_json(**fields: object) -> bytes:
    return msgspec.json.encode({**LEAST, **fields})


def as_msgpack(**fields: object) -> bytes:
    packed: bytes = msgpack.packb({**LEAST, **fields}, unicode_errors="surrogatepass")
    return packed


def nested_json(depth: int) -> bytes:
    return as_json()[:-1] + b',"metadata":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"


def nested_msgpack(depth: int) -> bytes:
    fields = as_msgpack()
    return bytes([fields[0] + 1]) + fields[1:] + b"\xa8metadata" + b"\x81\xa1a" * depth + b"\x01"


BAD = {
    "empty": (b"", Reason.UNDECODABLE, "$"),
    "no JSON": (b"hello " + CANARY.encode(), Reason.UNDECODABLE, "$"),
    "JSON cut short": (as_json()[:-9], Reason.UNDECODABLE, "$"),
    "msgpack cut short": (as_msgpack()[:-3], Reason.UNDECODABLE, "$"),
    "bytes after the end": (as_msgpack() + b"x", Reason.UNDECODABLE, "$"),
    "a list": (b'["ada@example.org"]', Reason.UNDECODABLE, "$"),
    "invalid UTF-8 in JSON": (as_json().replace(b"ada", b"\xff\xfe"), Reason.INVALID_TEXT, "$"),
    "invalid UTF-8 in msgpack": (as_msgpack().replace(b"ada", b"\xff\xfea"), Reason.INVALID_TEXT, "$"),
    "a lone surrogate in msgpack": (as_msgpack(response="\ud800"), Reason.INVALID_TEXT, "$"),
    "a lone low surrogate in JSON": (as_json().replace(b"ada", b"\\udc00"), Reason.INVALID_TEXT, "$"),
    "a lone high surrogate in JSON": (as_json().replace(b"ada", b"\\ud800"), Reason.INVALID_TEXT, "$"),
    "a lone surrogate as a whole string in JSON": (
        as_json(error="?").replace(b"?", b"\\ud800"),
        Reason.INVALID_TEXT,
        "$",
    ),
    "a lone surrogate before an escape in JSON": (as_json().replace(b"ada", b"\\ud800\\n"), Reason.INVALID_TEXT, "$"),
    "a lone surrogate in a key in JSON": (
        as_json(metadata={"?": 1}).replace(b"?", b"\\uDFFF"),
        Reason.INVALID_TEXT,
        "$",
    ),
    "JSON cut short in a pair": (as_json()[:-2] + b"\\ud83d", Reason.UNDECODABLE, "$"),
    "a whole pair, and a wrong type": (
        as_json(response="?", error=7).replace(b"?", b"\\ud83d\\ude00"),
        Reason.WRONG_TYPE,
        "$.error",
    ),
    "NaN as time in JSON": (as_json()[:-1] + b',"timestamp":NaN}', Reason.UNDECODABLE, "$"),
    "NaN as time": (as_msgpack(timestamp=float("nan")), Reason.WRONG_TYPE, "$.timestamp"),
    "text as time": (as_json(timestamp=CANARY), Reason.INVALID_VALUE, "$.timestamp"),
    "NaN as latency": (as_msgpack(latency_ms=float("nan")), Reason.INVALID_VALUE, "$.latency_ms"),
    "3000 levels of JSON": (nested_json(3000), Reason.TOO_DEEP, "$"),
    "3000 levels of msgpack": (nested_msgpack(3000), Reason.TOO_DEEP, "$"),
    "an unknown type": (as_json(type="thing.v1"), Reason.UNKNOWN_TYPE, "$.type"),
    "a future version": (as_json(type="interaction.v2"), Reason.UNKNOWN_VERSION, "$.type"),
    "no type": (b'{"a": 1}', Reason.MISSING_FIELD, "$.type"),
    "a missing field": (b'{"type": "interaction.v1", "user_query": "q"}', Reason.MISSING_FIELD, "$.agent_selected"),
    "a wrong type": (as_json(user_query=7), Reason.WRONG_TYPE, "$.user_query"),
    "a wrong type in a list": (as_json(tags=["a", 7]), Reason.WRONG_TYPE, "$.tags[…]"),
    "a wrong type under a user's key": (
        as_json(routing_scores={CANARY: "x"}),
        Reason.WRONG_TYPE,
        "$.routing_scores[…]",
    ),
    "a score of 9": (as_json(user_feedback_score=9), Reason.INVALID_VALUE, "$.user_feedback_score"),
    "a negative count": (as_json(tokens_in=-1), Reason.INVALID_VALUE, "$.tokens_in"),
    "a count of 2**63": (as_msgpack(tokens_in=2**63), Reason.INVALID_VALUE, "$.tokens_in"),
}


@pytest.mark.parametrize(("payload", "reason", "path"), BAD.values(), ids=BAD.keys())
def test_bad_input_has_a_reason_and_a_path(payload: bytes, reason: Reason, path: str) -> None:
    with pytest.raises(Poison) as caught:
        decode_event(payload)
    assert (caught.value.reason, caught.value.path) == (reason, path)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("payload", [nested_json(200), nested_msgpack(200)], ids=["JSON", "msgpack"])
def test_200_levels_of_metadata_are_fine(payload: bytes) -> None:
    event, _ = decode_event(payload)
    assert isinstance(event, ProductionInteraction)
    assert encode(event)


@pytest.mark.parametrize("payload", [as_json(a_new_field=CANARY), as_msgpack(a_new_field=CANARY)])
def test_an_unknown_field_is_dropped_and_told(payload: bytes) -> None:
    event, dropped_some = decode_event(payload)
    assert dropped_some
    assert not hasattr(event, "a_new_field")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)
interactions = st.builds(
    ProductionInteraction,
    agent_selected=st.text(),
    user_query=st.text(),
    response=st.text(),
    latency_ms=st.none() | st.floats(0, 1e12),
    tags=st.lists(st.text(), max_size=4),
    metadata=st.dictionaries(st.text(), json_values, max_size=4),
    routing_scores=st.dictionaries(st.text(), st.floats(0, 1), max_size=4),
)


@given(interactions)
def test_msgpack_gives_back_what_it_was_given(event: ProductionInteraction) -> None:
    assert decode_event(encode(event)) == (event, False)


@given(interactions)
def test_json_gives_back_what_it_was_given(event: ProductionInteraction) -> None:
    assert decode_event(encode_json(event)) == (event, False)


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_poison(payload: bytes) -> None:
    with contextlib.suppress(Poison):
        decode_event(payload)


@given(interactions, st.data())
def test_a_damaged_event_does_no_worse_than_poison(event: ProductionInteraction, data: st.DataObject) -> None:
    payload = bytearray(encode(event))
    place = data.draw(st.integers(0, len(payload) - 1))
    payload[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Poison):
        decode_event(bytes(payload))
