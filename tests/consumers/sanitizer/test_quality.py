"""Which events the validator refuses, and where it puts the blame."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest

from consumers.sanitizer.quality import DataQualityValidator
from headrace.errors import ConfigError, Reason
from headrace.events import Feedback, Label, ProductionInteraction, Retrieval
from headrace.settings import Quality


def interaction(**fields: Any) -> ProductionInteraction:
    return ProductionInteraction(**{"agent_selected": "billing", "user_query": "Why?", "response": "So.", **fields})


def feedback(**fields: Any) -> Feedback:
    return Feedback(interaction_id="i", **fields)


@pytest.mark.parametrize(
    ("event", "reason", "path"),
    [
        (interaction(user_query="x" * 11), Reason.TOO_LONG, "$.user_query"),
        (interaction(response="x" * 21), Reason.TOO_LONG, "$.response"),
        (interaction(user_query="", response=""), Reason.INCOHERENT, "$"),
        (interaction(user_query=" ", response="\n", error="\t"), Reason.INCOHERENT, "$"),
        (interaction(retrieval=Retrieval(ids=["a"], scores=[0.1, 0.2])), Reason.INCOHERENT, "$.retrieval"),
        (interaction(retrieval=Retrieval(ids=["a"], scores=[nan])), Reason.INVALID_VALUE, "$.retrieval.scores"),
        (interaction(latency_ms=nan), Reason.INVALID_VALUE, "$.latency_ms"),
        (interaction(cost_usd=inf), Reason.INVALID_VALUE, "$.cost_usd"),
        (interaction(routing_scores={"a": nan}), Reason.INVALID_VALUE, "$.routing_scores"),
        (interaction(tags=["a bad word"]), Reason.BLOCKED_PATTERN, "$"),
        (interaction(metadata={"a": {"bad word": 1}}), Reason.BLOCKED_PATTERN, "$"),
        (feedback(), Reason.INCONSISTENT_FEEDBACK, "$"),
        (feedback(comment=""), Reason.INCONSISTENT_FEEDBACK, "$"),
        (feedback(score=6.0), Reason.INCONSISTENT_FEEDBACK, "$.score"),
        (feedback(score=nan), Reason.INVALID_VALUE, "$.score"),
        (feedback(score=1.0, label="thumbs_up"), Reason.INCONSISTENT_FEEDBACK, "$.label"),
        (feedback(score=5.0, label="Negative"), Reason.INCONSISTENT_FEEDBACK, "$.label"),
        (feedback(comment="x" * 11), Reason.TOO_LONG, "$.comment"),
        (feedback(correction="x" * 21), Reason.TOO_LONG, "$.correction"),
        (Label(interaction_id="i", annotator="a", name="n", value=" "), Reason.INCONSISTENT_FEEDBACK, "$.value"),
    ],
)
def test_a_flaw_has_a_reason_and_a_place(event: Any, reason: Reason, path: str) -> None:
    quality = Quality(max_query_characters=10, max_response_characters=20, blocked_patterns=["bad +word"])
    assert DataQualityValidator(quality)(event) == (reason, path)


@pytest.mark.parametrize(
    "event",
    [
        interaction(),
        interaction(response="", error="timeout"),
        interaction(response=""),
        interaction(user_query="", response="", error="timeout"),
        interaction(user_query=""),
        interaction(retrieval=Retrieval(ids=["a", "b"], scores=[0.1, 0.2])),
        feedback(score=5.0, label="positive"),
        feedback(score=3.0, label="bad"),
        feedback(name="toxicity", score=0.01),
        feedback(correct_agent="billing"),
        Label(interaction_id="i", annotator="a", name="n", value="v"),
    ],
)
def test_a_sound_event_has_none(event: Any) -> None:
    assert DataQualityValidator()(event) is None


def test_a_blocked_pattern_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match=r"blocked_patterns\[1\]"):
        DataQualityValidator(Quality(blocked_patterns=["a", "("]))
