"""The rules: what each flag needs, what it does not take for a failure, and what evidence it keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from consumers.failures.facts import unsupported_facts
from consumers.failures.finding import Finding
from consumers.failures.latency import MIN_ANSWERS, Quartiles, quartiles, slow_limit, slow_response
from consumers.failures.record_rules import rules_of_feedback, rules_of_record
from consumers.failures.session_rules import abandoned, common_words, rules_of_session, turn_of
from headrace.events import Feedback, ProductionInteraction, Retrieval
from headrace.settings import FailureAnalysis

RULES = FailureAnalysis()
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def event(number: int = 0, **fields: Any) -> ProductionInteraction:
    known: dict[str, Any] = {
        "interaction_id": f"i{number}",
        "timestamp": START + timedelta(minutes=number),
        "agent_selected": "billing",
        "user_query": "Where is my invoice?",
        "response": "It was sent on Monday.",
    }
    return ProductionInteraction(**(known | fields))


def flags(**fields: Any) -> list[tuple[str, str]]:
    return [(finding.flag, finding.detail) for finding in rules_of_record(event(**fields), RULES)]


def test_an_interaction_without_complaint_has_no_finding() -> None:
    assert rules_of_record(event(), RULES) == []
    good = event(
        user_feedback_score=5.0,
        routing_confidence=0.9,
        hallucination_score=0.1,
        retrieval=Retrieval(ids=["d1"], scores=[0.8]),
    )
    assert rules_of_record(good, RULES) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"user_feedback_score": 2.0}, ("low_rating", "")),
        ({"retrieval": Retrieval(ids=["d1", "d2"], scores=[0.1, 0.39])}, ("poor_retrieval", "best_score")),
        ({"retrieval": Retrieval()}, ("poor_retrieval", "nothing_found")),
        ({"routing_confidence": 0.49}, ("routing_mistake", "low_confidence")),
        ({"hallucination_score": 0.5}, ("hallucination", "given_score")),
        ({"error": "Timeout: the tool did not answer"}, ("error", "Timeout")),
        ({"error": "the tool of Ada Lovelace broke"}, ("error", "")),
        ({"error": "¿?"}, ("error", "")),
    ],
)
def test_what_a_record_says_by_itself(fields: dict[str, Any], expected: tuple[str, str]) -> None:
    assert flags(**fields) == [expected]


def test_several_flags_may_hold_at_once() -> None:
    assert [flag for flag, _ in flags(user_feedback_score=1.0, error="Broken", routing_confidence=0.2)] == [
        "low_rating",
        "routing_mistake",
        "error",
    ]


def test_thresholds_come_from_the_settings() -> None:
    strict = FailureAnalysis(low_rating=3.0)
    assert rules_of_record(event(user_feedback_score=3.0), strict) == [Finding("low_rating", "i0", 3.0, 3.0)]


def test_an_answer_whose_facts_no_retrieved_text_holds_is_invented() -> None:
    texts = Retrieval(ids=["d"], scores=[0.9], texts=["Returns are free within 30 days; write to Bergen."])
    assert flags(response="You have 30 days to return it.", retrieval=texts) == []
    invented = flags(response="You have 45 days, and it costs €12.50 to send it to Oslo.", retrieval=texts)
    assert invented == [("hallucination", "unsupported_facts")]
    assert flags(response="You have 45 days and €12.50.", retrieval=texts, hallucination_score=0.1) == []


@pytest.mark.parametrize(
    ("answer", "text", "expected"),
    [
        ("That is 1,250.00 in all.", "Total: 1250", (0, 1)),
        ("Ask Jürgen Müller about it.", "JURGEN MULLER is in charge.", (0, 1)),
        ("It is called “Winter Saver”.", "the winter   saver plan", (0, 1)),
        ("Nothing to check here.", "", (0, 0)),
        ("Meet at 17:45.", "We open at 17:30.", (1, 1)),
    ],
)
def test_facts_are_compared_without_regard_to_spelling(answer: str, text: str, expected: tuple[int, int]) -> None:
    assert unsupported_facts(answer, [text]) == expected


def test_feedback_names_low_ratings_and_wrong_routes() -> None:
    def said(**fields: Any) -> list[tuple[str, str]]:
        feedback = Feedback(interaction_id="i0", agent_selected="billing", **fields)
        return [(finding.flag, finding.detail) for finding in rules_of_feedback(feedback, RULES)]

    assert said(score=1.0) == [("low_rating", "human")]
    assert said(score=1.0, name="politeness") == []
    assert said(correct_agent="travel") == [("routing_mistake", "corrected:travel")]
    assert said(correct_agent="billing") == []
    assert said(label="wrong_agent", name="routing") == [("routing_mistake", "corrected")]
    assert said(score=0.8, name="hallucination", source="llm") == [("hallucination", "judged_by_llm")]


def of_session(*events: ProductionInteraction, as_of: datetime | None = None) -> list[tuple[str, str, str]]:
    turns = [turn_of(one, bool(rules_of_record(one, RULES))) for one in events]
    return [(f.flag, f.interaction_id, f.detail) for f in rules_of_session(turns, RULES, as_of)]


def test_a_question_asked_again_in_other_words_is_a_rephrase() -> None:
    asked = event(0, user_query="How do I cancel my monthly subscription?")
    again = event(1, user_query="I want the monthly subscription cancelled, please")
    assert of_session(asked, again) == [("rephrase", "i1", "repeats:i0")]


def test_a_complaint_is_a_rephrase_of_the_question_before() -> None:
    complaint = event(1, user_query="That is not what I asked.")
    assert of_session(event(0), complaint) == [("rephrase", "i1", "repeats:i0")]


@pytest.mark.parametrize("query", ["Thanks, where is my invoice now? Ah, found.", "And how do I pay it?"])
def test_thanks_and_follow_ups_are_no_rephrase(query: str) -> None:
    assert of_session(event(0), event(1, user_query=query)) == []


def test_a_repetition_that_another_agent_answers_was_routed_wrongly_before() -> None:
    assert of_session(event(0), event(1, agent_selected="accounts")) == [
        ("rephrase", "i1", "repeats:i0"),
        ("routing_mistake", "i0", "rerouted:accounts"),
    ]


def test_the_same_question_an_hour_later_is_a_new_one() -> None:
    assert of_session(event(0), event(60)) == []


def test_silence_after_an_answer_that_did_not_help_is_abandonment() -> None:
    later = START + timedelta(hours=1)
    failed = event(0, error="Timeout")
    assert of_session(failed, as_of=later) == [("abandoned", "i0", "")]
    assert of_session(event(0, response="Which one do you mean?"), as_of=later) == [("abandoned", "i0", "")]
    assert of_session(event(0), as_of=later) == []
    assert abandoned(turn_of(failed, True), START + timedelta(minutes=5), RULES) is None


def test_common_words_is_symmetric_and_bounded() -> None:
    one, other = "cancel the order", "please cancel my orders today"
    assert common_words(one, other) == common_words(other, one)
    assert 0 < common_words(one, other) < 1
    assert common_words("?", "!") == 0
    assert common_words("?", "?") == 1


def test_slow_is_relative_to_the_agents_own_answers() -> None:
    fast = slow_limit(Quartiles(90.0, 100.0, 110.0, 500), RULES)
    slow = slow_limit(Quartiles(900.0, 1000.0, 1100.0, 500), RULES)
    assert fast is not None
    assert slow == pytest.approx(10 * fast)
    assert slow_response("i", 2 * fast, fast) == Finding("slow_response", "i", 2 * fast, fast)
    assert slow_response("i", fast, fast) is None


def test_a_fifth_of_slow_answers_does_not_hide_itself() -> None:
    values = [100.0 + number for number in range(80)] + [5_000.0] * 20
    limit = slow_limit(quartiles(values, [1] * 100), RULES)
    assert limit is not None
    assert limit < 5_000.0


def test_few_answers_set_no_limit() -> None:
    assert slow_limit(Quartiles(90.0, 100.0, 110.0, MIN_ANSWERS - 1), RULES) is None
    assert slow_response("i", 1e9, None) is None
