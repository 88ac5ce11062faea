"""Somebody's JSON objects as interactions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from headrace.errors import ConfigError, Poison, Reason
from headrace.events import Feedback, ProductionInteraction
from headrace.topics import MAX_EVENT_BYTES
from producers.mapping import assignments, event_reader


def interaction(line: dict[str, Any], maps: dict[str, str] | None = None, **constants: str) -> ProductionInteraction:
    event = event_reader(maps or {}, constants)(json.dumps(line).encode())
    assert isinstance(event, ProductionInteraction)
    return event


def test_common_names_are_understood_and_the_rest_is_metadata() -> None:
    event = interaction(
        {
            "split": "dev",
            "conversation_id": "7_1",
            "turn": 3,
            "agent": "media",
            "user_query": "Any jazz?",
            "response": "Yes.",
        }
    )
    assert (event.session_id, event.agent_selected, event.user_query, event.response) == (
        "7_1",
        "media",
        "Any jazz?",
        "Yes.",
    )
    assert event.metadata == {"split": "dev", "turn": 3}


def test_a_field_with_our_name_goes_before_one_that_only_resembles_it() -> None:
    event = interaction({"agent": "old", "agent_selected": "new", "query": "q"})
    assert event.agent_selected == "new"
    assert event.metadata == {"agent": "old"}


def test_maps_take_values_at_dotted_paths_and_go_before_names() -> None:
    event = interaction(
        {"turn": {"text": "Where?", "at": "2026-03-01T10:00:00Z"}, "agent": "a", "user_query": "ignored"},
        {"user_query": "turn.text", "timestamp": "turn.at"},
    )
    assert event.user_query == "Where?"
    assert event.timestamp == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert event.metadata == {"user_query": "ignored"}


def test_constants_are_read_as_what_the_field_is() -> None:
    event = interaction({"query": "q"}, agent_selected="desk", latency_ms="12.5", tokens_in="7")
    assert (event.agent_selected, event.latency_ms, event.tokens_in) == ("desk", 12.5, 7)


def test_an_id_of_the_sender_is_kept() -> None:
    assert interaction({"id": "ticket-4", "agent": "a", "query": "q"}).interaction_id == "ticket-4"


def test_an_event_of_ours_is_taken_as_it_is() -> None:
    event = event_reader({}, {"agent_selected": "x"})(b'{"type": "feedback.v1", "interaction_id": "i", "score": 2}')
    assert isinstance(event, Feedback)
    assert event.score == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"no json", Reason.UNDECODABLE),
        (b"[1, 2]", Reason.UNDECODABLE),
        (b'{"agent": "a", "query": "', Reason.UNDECODABLE),
        (b'{"agent": "a", "query": "\xff"}', Reason.INVALID_TEXT),
        (b'{"agent": "a", "query": "q", "timestamp": NaN}', Reason.UNDECODABLE),
        (b'{"agent": "a", "query": "q", "timestamp": "soon"}', Reason.INVALID_VALUE),
        (b'{"agent": "a", "query": 7}', Reason.WRONG_TYPE),
        (b'{"agent": "a"}', Reason.MISSING_FIELD),
        (b'{"agent": "a", "query": "q", "rating": 9}', Reason.INVALID_VALUE),
        (b'{"type": "zebra.v1"}', Reason.UNKNOWN_TYPE),
        (b'{"type": "interaction.v99"}', Reason.UNKNOWN_VERSION),
        (b'{"agent": "a", "query": "q", "m": ' + b"[" * 5000 + b"]" * 5000 + b"}", Reason.TOO_DEEP),
        (b'{"agent": "a", "query": "' + b"x" * MAX_EVENT_BYTES + b'"}', Reason.TOO_LARGE),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else value[:40].decode(errors="replace"),
)
def test_a_line_that_is_no_event_is_refused_with_a_reason(line: bytes, reason: Reason) -> None:
    with pytest.raises(Poison) as poison:
        event_reader({}, {})(line)
    assert poison.value.reason == reason


def test_a_long_line_whose_event_is_small_enough_is_taken() -> None:
    text = "é" * (MAX_EVENT_BYTES // 4)
    assert interaction({"agent": "a", "query": text}).user_query == text


def test_a_mapping_to_no_field_of_ours_is_a_settings_error() -> None:
    with pytest.raises(ConfigError, match="user_qurey is no field of an interaction; there are: agent_selected"):
        event_reader({"user_qurey": "q"}, {})


def test_a_constant_that_the_field_cannot_hold_is_a_settings_error() -> None:
    with pytest.raises(ConfigError, match="--constant latency_ms"):
        event_reader({}, {"latency_ms": "fast"})


@pytest.mark.parametrize("text", ["user_query", "=q", "user_query="])
def test_an_option_without_both_sides_is_explained(text: str) -> None:
    with pytest.raises(ConfigError, match="FIELD=VALUE"):
        assignments([text], "--map")
