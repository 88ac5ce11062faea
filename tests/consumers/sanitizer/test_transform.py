"""One raw record has one outcome, and the outcome holds nothing that may not leave raw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import inf, nan
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.sanitizer.transform import Outcome, RawRecord, Transform
from headrace import codec
from headrace.errors import Reason
from headrace.events import AnyEvent, Clean, Feedback, Label, ProducerStatus, ProductionInteraction, Rejected
from headrace.ids import KeyRing, is_uuid7, uuid7
from headrace.privacy import Sanitizer
from headrace.settings import Quality

RING = KeyRing([b"k" * 32])
TRANSFORM = Transform(RING, Quality(blocked_patterns=["forbidden fruit"], max_query_characters=100))
APPENDED = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRODUCER = uuid7()
SOUND = {"type": "interaction.v1", "agent_selected": "a", "user_query": "?", "response": "!"}


def outcome_of(record: RawRecord) -> Outcome:
    """The outcome of a record among sound neighbours, which it must not touch."""
    neighbour = raw(codec.encode(interaction()))
    before, outcome, after = TRANSFORM([neighbour, record, neighbour])
    assert before == after == TRANSFORM([neighbour])[0]
    assert before.reason is None
    return outcome


def raw(value: bytes, **headers: Any) -> RawRecord:
    return RawRecord(value, list(headers.items()) or None, 3, 17, int(APPENDED.timestamp() * 1000))


def interaction(**fields: Any) -> ProductionInteraction:
    defaults = {"agent_selected": "billing", "user_query": "Why?", "response": "So.", "timestamp": APPENDED}
    return ProductionInteraction(**{**defaults, **fields})


def cleaned(event: AnyEvent, **headers: Any) -> Clean:
    outcome = outcome_of(raw(codec.encode(event), **headers))
    assert outcome.reason is None
    return codec.decode_clean(outcome.value)


def rejected(value: bytes, **headers: Any) -> tuple[Outcome, Rejected]:
    outcome = outcome_of(raw(value, **headers))
    assert outcome.reason is not None
    return outcome, codec.decode_rejected(outcome.value)


def test_a_clean_event_says_where_it_came_from_and_what_was_done() -> None:
    event = interaction(user_query="I am ada@example.org")
    clean = cleaned(event, producer_id=PRODUCER.encode(), seq=b"7")
    assert clean.event == msgspec.structs.replace(event, user_query="I am [EMAIL]", producer_id=PRODUCER, seq=7)
    assert (clean.sanitizer, clean.policy) == (TRANSFORM.version, TRANSFORM.policy)
    assert (clean.raw_partition, clean.raw_offset, clean.appended_at) == (3, 17, APPENDED)
    assert (clean.findings, clean.flags) == ({"email": 1}, [])


def test_words_that_name_a_field_do_not_stand_for_it() -> None:
    said = {"type": "interaction.v1", "agent_selected": "a", "response": "timestamp", "user_query": "interaction_id"}
    record = raw(msgspec.msgpack.encode({**said, "metadata": {"timestamp": 1, "interaction_id": "x"}}))
    first, again = outcome_of(record), outcome_of(record)
    assert first == again
    assert codec.decode_clean(first.value).event.timestamp == APPENDED


def test_ids_of_people_and_sessions_are_hashed_once() -> None:
    session = RING.hash("session", "s")
    clean = cleaned(interaction(user_id="ada", session_id=session)).event
    assert isinstance(clean, ProductionInteraction)
    assert (clean.user_id, clean.session_id) == (RING.hash("user", "ada"), session)
    label = cleaned(Label(interaction_id=uuid7(), annotator="ada", name="quality", value="good")).event
    assert isinstance(label, Label)
    assert label.annotator == RING.hash("user", "ada")
    feedback = cleaned(Feedback(interaction_id=uuid7(), rater="ada", score=3.0, session_id="s")).event
    assert isinstance(feedback, Feedback)
    assert (feedback.rater, feedback.session_id) == (RING.hash("user", "ada"), session)


def test_a_foreign_interaction_id_joins_its_feedback_by_hash() -> None:
    first, again = (cleaned(interaction(interaction_id="order 17 of ada")).event for _ in range(2))
    feedback = cleaned(Feedback(interaction_id="order 17 of ada", score=3.0)).event
    other_tenant = cleaned(interaction(interaction_id="order 17 of ada", tenant="acme")).event
    assert isinstance(first, ProductionInteraction)
    assert isinstance(feedback, Feedback)
    assert isinstance(other_tenant, ProductionInteraction)
    assert first == again
    assert is_uuid7(first.interaction_id)
    assert first.external_id == feedback.external_id == feedback.interaction_id != other_tenant.external_id
    assert RING.verifies("interaction", first.external_id or "")


def test_the_sender_cannot_choose_an_external_id() -> None:
    event = interaction(external_id="ada@example.org")
    assert cleaned(event).event == msgspec.structs.replace(event, external_id=None)


@pytest.mark.parametrize(
    ("headers", "ledger"),
    [
        ({"producer_id": PRODUCER.encode(), "seq": b"7"}, (PRODUCER, 7)),
        ({"producer_id": b"ada's laptop", "seq": b"7"}, (RING.hash("producer", "ada's laptop"), 7)),
        ({"producer_id": PRODUCER.encode(), "seq": b"-1"}, (PRODUCER, None)),
        ({"producer_id": PRODUCER.encode(), "seq": b"9" * 30}, (PRODUCER, None)),
        ({"producer_id": b"\xff", "seq": b"7"}, (RING.hash("producer", "mine"), 3)),
        ({"producer_id": None, "seq": None}, (RING.hash("producer", "mine"), 3)),
        ({}, (RING.hash("producer", "mine"), 3)),
    ],
)
def test_the_ledger_pair_comes_from_the_headers_if_they_are_sound(headers: Any, ledger: Any) -> None:
    clean = cleaned(interaction(producer_id="mine", seq=3), **headers).event
    assert (clean.producer_id, clean.seq) == ledger


def test_a_time_in_the_future_is_capped_and_flagged() -> None:
    clean = cleaned(interaction(timestamp=APPENDED + timedelta(days=400)))
    assert (clean.event.timestamp, clean.flags) == (APPENDED + timedelta(minutes=5), ["future_timestamp"])


def test_what_a_record_leaves_out_is_taken_from_where_it_stands() -> None:
    value = b'{"type":"interaction.v1","agent_selected":"a","user_query":"Why?","response":"So.","extra":1}'
    first, again = (outcome_of(raw(value)) for _ in range(2))
    clean = codec.decode_clean(first.value)
    assert first == again
    assert (clean.event.timestamp, clean.flags) == (APPENDED, ["unknown_fields"])


def test_a_time_without_a_zone_is_utc() -> None:
    value = (
        b'{"type":"interaction.v1","agent_selected":"a","user_query":"?","error":"x","timestamp":"2026-03-01T11:00:00"}'
    )
    clean = codec.decode_clean(outcome_of(raw(value)).value)
    assert clean.event.timestamp == APPENDED - timedelta(hours=1)


def test_keys_keep_a_session_together_and_name_nobody() -> None:
    session = RING.hash("session", "ada").encode()
    assert outcome_of(raw(codec.encode(interaction(session_id="ada")))).key == session
    assert rejected(codec.encode(interaction(session_id="ada", response="forbidden fruit")))[0].key == session
    status = ProducerStatus(producer_id=PRODUCER, started_at=APPENDED, last_seq=3)
    assert outcome_of(raw(codec.encode(status))).key == PRODUCER.encode()
    assert rejected(b"no event")[0].key is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", Reason.UNDECODABLE),
        (b"\xc1 ada@example.org", Reason.UNDECODABLE),
        (b'{"type": "interaction.v1", "agent_selected": "a", "user_query": "\xff"}', Reason.INVALID_TEXT),
        (b'{"type": "interaction.v1", "agent_selected": "a", "user_query": "\\udc00"}', Reason.INVALID_TEXT),
        (b'{"type": "rumour.v1"}', Reason.UNKNOWN_TYPE),
        (b'{"type": "interaction.v9"}', Reason.UNKNOWN_VERSION),
        (b'{"type": "interaction.v1"}', Reason.MISSING_FIELD),
        (codec.encode({**SOUND, "user_query": 5}), Reason.WRONG_TYPE),
        (codec.encode({**SOUND, "propensity": 1.5}), Reason.INVALID_VALUE),
        (codec.encode({**SOUND, "latency_ms": float("nan")}), Reason.INVALID_VALUE),
        (codec.encode({**SOUND, "timestamp": float("nan")}), Reason.WRONG_TYPE),
        (codec.encode_json({**SOUND, "metadata": {"n": 2**70}}), Reason.INVALID_VALUE),
        (codec.encode({**SOUND, "agent_selected": "ada@example.org"}), Reason.INVALID_NAME),
        (codec.encode({**SOUND, "user_query": "x" * 101}), Reason.TOO_LONG),
        (codec.encode({**SOUND, "user_query": " ", "response": ""}), Reason.INCOHERENT),
        (codec.encode({**SOUND, "response": "a forbidden fruit"}), Reason.BLOCKED_PATTERN),
        (b'{"type":"interaction.v1","agent_selected":"a","user_query":"?","response":"!","metadata":{"m":'
         + b"[" * 5000 + b"]" * 5000 + b"}}", Reason.TOO_DEEP),
    ],
)  # fmt: skip
def test_bad_records_are_rejected_with_a_reason_and_without_their_text(value: bytes, reason: Reason) -> None:
    outcome, rejection = rejected(value, producer_id=PRODUCER.encode(), seq=b"7")
    assert (outcome.reason, rejection.reason) == (reason, reason)
    assert (rejection.producer_id, rejection.seq) == (PRODUCER, 7)
    assert (rejection.raw_partition, rejection.raw_offset) == (3, 17)
    assert b"ada@" not in outcome.value


FEEDBACK = {"type": "feedback.v1", "interaction_id": "i"}


@pytest.mark.parametrize("number", [nan, inf, -inf])
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("$.latency_ms", lambda number: {**SOUND, "latency_ms": number}),
        ("$.cost_usd", lambda number: {**SOUND, "cost_usd": number}),
        ("$.user_feedback_score", lambda number: {**SOUND, "user_feedback_score": number}),
        ("$.routing_confidence", lambda number: {**SOUND, "routing_confidence": number}),
        ("$.propensity", lambda number: {**SOUND, "propensity": number}),
        ("$.hallucination_score", lambda number: {**SOUND, "hallucination_score": number}),
        ("$.routing_scores", lambda number: {**SOUND, "routing_scores": {"a": 0.5, "b": number}}),
        ("$.retrieval.scores", lambda number: {**SOUND, "retrieval": {"scores": [0.5, number]}}),
        ("$.score", lambda number: {**FEEDBACK, "score": number}),
        ("$.score", lambda number: {**FEEDBACK, "name": "toxicity", "score": number}),
    ],
)
def test_a_number_that_is_not_finite_is_rejected_at_its_field(path: str, field: Any, number: float) -> None:
    _, rejection = rejected(codec.encode(field(number)))
    assert (rejection.reason, rejection.path) == (Reason.INVALID_VALUE, path)


def test_metadata_200_levels_deep_passes() -> None:
    tree: Any = "ada@example.org"
    for _ in range(200):
        tree = {"a": tree}
    assert cleaned(interaction(metadata=tree)).findings == {"email": 1}


def test_a_rule_that_fails_rejects_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("ada@example.org")

    monkeypatch.setattr("headrace.privacy.sanitizer.Sanitizer._each", broken)
    [outcome] = TRANSFORM([raw(codec.encode(interaction(user_query="ada@example.org")))])
    assert outcome.reason is Reason.SANITIZER_ERROR
    assert b"ada@" not in outcome.value


def test_a_batch_that_fails_has_each_event_looked_at_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    together = Sanitizer.groups

    def broken(sanitizer: Sanitizer, groups: Sequence[Sequence[str]]) -> Any:
        if len(groups) > 1:
            raise ZeroDivisionError
        return together(sanitizer, groups)

    records = [raw(codec.encode(interaction(user_query=query))) for query in ("ada@example.org", "hello")]
    expected = TRANSFORM(records)
    monkeypatch.setattr("headrace.privacy.sanitizer.Sanitizer.groups", broken)
    assert TRANSFORM(records) == expected


TREES = st.recursive(st.none() | st.text(), lambda tree: st.lists(tree) | st.dictionaries(st.text(), tree))


@pytest.mark.slow
@given(st.binary(max_size=200) | TREES.map(codec.encode_json))
def test_no_bytes_make_it_raise(value: bytes) -> None:
    assert outcome_of(raw(value)).reason is not None


def test_an_empty_id_is_as_good_as_none() -> None:
    """Events of one instant that all lack an id must not become one row."""
    value = codec.encode(interaction(interaction_id=""))
    first = codec.decode_clean(outcome_of(raw(value)).value).event
    second = codec.decode_clean(outcome_of(msgspec.structs.replace(raw(value), offset=18)).value).event
    assert isinstance(first, ProductionInteraction)
    assert isinstance(second, ProductionInteraction)
    assert is_uuid7(first.interaction_id)
    assert first.interaction_id != second.interaction_id
