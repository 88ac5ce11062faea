"""What later work relies on: equal plans give equal bytes, and the truth tells what stands in the events."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from datetime import timedelta
from statistics import median
from typing import Any

import msgspec
import pytest

from headrace.codec import decode_event, encode
from headrace.events import AnyEvent, Feedback, ProductionInteraction
from headrace.ids import is_uuid7, uuid7_milliseconds
from producers.simulator import Plan, Truth, simulate
from producers.simulator.conversation import NOVELTY
from producers.simulator.texts import domains
from producers.simulator.truth import FeedbackTruth, InteractionTruth, PlantedSpan, ResentTruth

PLAN = Plan(seed=7, interactions=6000)
Stream = list[tuple[AnyEvent, Truth]]


@pytest.fixture(scope="module")
def stream() -> Stream:
    return list(simulate(PLAN))


def interactions(stream: Stream) -> list[tuple[ProductionInteraction, InteractionTruth]]:
    return [
        (event, truth)
        for event, truth in stream
        if isinstance(event, ProductionInteraction) and isinstance(truth, InteractionTruth)
    ]


def test_equal_plans_give_equal_bytes_in_any_process() -> None:
    code = (
        "import hashlib; from headrace.codec import encode; from producers.simulator import Plan, generate\n"
        "print(hashlib.sha256(b''.join(map(encode, generate(Plan(seed=3, interactions=200))))).hexdigest())"
    )
    digests = {
        subprocess.check_output([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}) for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_another_seed_gives_other_events() -> None:
    first, second = (
        [event for event, _ in simulate(msgspec.structs.replace(PLAN, seed=seed, interactions=50))] for seed in (1, 2)
    )
    assert first != second


def test_the_number_of_interactions_is_exact_and_their_ids_differ(stream: Stream) -> None:
    ids = [event.interaction_id for event, _ in interactions(stream)]
    assert len(set(ids)) == len(ids) == PLAN.interactions


def test_ids_are_uuid7_of_the_event_time(stream: Stream) -> None:
    for event, _ in interactions(stream):
        assert is_uuid7(event.interaction_id)
        assert uuid7_milliseconds(event.interaction_id) == round(event.timestamp.timestamp() * 1000)


def test_every_event_is_one_that_the_contract_accepts(stream: Stream) -> None:
    for event, _ in stream:
        accepted, unknown_fields = decode_event(encode(event))
        assert encode(accepted) == encode(event)
        assert not unknown_fields


def test_no_event_is_outside_of_the_span(stream: Stream) -> None:
    assert all(PLAN.start <= event.timestamp <= PLAN.end for event, _ in stream)


def test_events_come_in_the_order_of_their_time_but_for_feedback_that_overtakes(stream: Stream) -> None:
    times = [
        event.timestamp
        for event, truth in stream
        if not (isinstance(truth, ResentTruth) or (isinstance(truth, FeedbackTruth) and truth.published_first))
    ]
    assert times == sorted(times)


def test_spans_enclose_the_personal_data_that_they_name(stream: Stream) -> None:
    marks = {"email": "@", "ssn": "-", "phone": "555"}
    found = Counter[str]()
    for event, truth in stream:
        for span in getattr(truth, "personal", []):
            value = text_at(event, span)[span.start : span.end]
            assert marks.get(span.kind, "") in value
            assert value == value.strip()
            assert len(value) == span.end - span.start >= 7
            found[span.kind] += 1
    assert set(found) == {"email", "phone", "ssn", "credit_card", "api_key", "ip_address"}


def text_at(event: AnyEvent, span: PlantedSpan) -> str:
    value: Any = msgspec.to_builtins(event)
    for step in span.path.split("."):
        value = value[step]
    assert isinstance(value, str)
    return value


def test_planted_cards_pass_luhn(stream: Stream) -> None:
    cards = [
        "".join(filter(str.isdigit, text_at(event, span)[span.start : span.end]))
        for event, truth in stream
        for span in getattr(truth, "personal", [])
        if span.kind == "credit_card"
    ]
    assert cards
    for card in cards:
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(card))]
        assert sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def test_every_kind_of_failure_is_planted_and_shows_in_the_event(stream: Stream) -> None:
    median_ms = {domain.agent.name: domain.agent.median_latency_ms for domain in domains()}
    seen = Counter[str]()
    for event, truth in interactions(stream):
        seen.update(truth.failures)
        failures = set(truth.failures)
        assert (event.agent_selected != truth.right_agent) == ("routing_mistake" in failures)
        assert (event.error is not None) == ("error" in failures)
        assert ((event.hallucination_score or 0) > 0.5) == ("hallucination" in failures)
        assert (truth.repeats is not None) == ("rephrase" in failures)
        poor = event.retrieval is not None and max(event.retrieval.scores) < 0.5
        assert poor == ("poor_retrieval" in failures)
        if "slow_response" in failures:
            assert (event.latency_ms or 0) > 2 * median_ms[event.agent_selected]
    assert set(seen) == {
        "low_rating",
        "poor_retrieval",
        "routing_mistake",
        "hallucination",
        "slow_response",
        "error",
        "rephrase",
        "abandoned",
    }


def test_low_ratings_are_those_of_one_or_two_stars_whenever_they_came(stream: Stream) -> None:
    late = defaultdict[str, list[float]](list)
    for event, _ in stream:
        if isinstance(event, Feedback) and event.name == "rating" and event.score is not None:
            late[event.interaction_id].append(event.score)
    for event, truth in interactions(stream):
        given = [*late[event.interaction_id], *filter(None, [event.user_feedback_score])]
        assert any(score <= 2 for score in given) == ("low_rating" in truth.failures)


def test_nothing_follows_in_a_session_that_was_abandoned(stream: Stream) -> None:
    abandoned = set[str]()
    for _, truth in interactions(stream):
        assert truth.session_id not in abandoned
        if "abandoned" in truth.failures:
            abandoned.add(truth.session_id)


def test_feedback_comes_seconds_to_weeks_late_and_some_before_its_interaction(stream: Stream) -> None:
    position = {event.interaction_id: place for place, (event, _) in enumerate(interactions(stream))}
    delays = [truth.seconds_late for _, truth in stream if isinstance(truth, FeedbackTruth)]
    assert all(event.interaction_id in position for event, _ in stream if isinstance(event, Feedback))
    assert min(delays) < 60
    assert max(delays) > timedelta(days=7).total_seconds()
    assert any(isinstance(truth, FeedbackTruth) and truth.published_first for _, truth in stream)


def test_a_resent_interaction_is_the_same_event(stream: Stream) -> None:
    first = {event.interaction_id: event for event, _ in interactions(stream)}
    resent = [event for event, truth in stream if isinstance(truth, ResentTruth)]
    assert resent
    assert all(isinstance(event, ProductionInteraction) and first[event.interaction_id] == event for event in resent)


@pytest.mark.slow
def test_the_drift_changes_queries_latency_and_ratings_and_nothing_before_it() -> None:
    plan = Plan(seed=5, interactions=20_000)
    before, after = list[tuple[ProductionInteraction, InteractionTruth]](), list[Any]()
    for event, truth in interactions(list(simulate(plan))):
        (after if event.timestamp >= plan.drift.at + timedelta(hours=1) else before).append((event, truth))
    before = [pair for pair in before if pair[0].timestamp < plan.drift.at]
    assert not any(truth.intent == NOVELTY for _, truth in before)
    assert sum(truth.intent == NOVELTY for _, truth in after) > 0.05 * len(after)
    slower = latency(after, plan.drift.agent) / latency(before, plan.drift.agent)
    assert slower == pytest.approx(plan.drift.latency_factor, rel=0.15)
    assert latency(after, "billing") / latency(before, "billing") == pytest.approx(1, rel=0.15)
    assert poor_share(after, plan.drift.agent) > poor_share(before, plan.drift.agent) + 0.2


def latency(pairs: list[Any], agent: str) -> float:
    return float(median(event.latency_ms for event, _ in pairs if event.agent_selected == agent))


def poor_share(pairs: list[Any], agent: str) -> float:
    scores = [event.user_feedback_score for event, _ in pairs if event.agent_selected == agent]
    given: list[float] = [score for score in scores if score is not None]
    return sum(score <= 2 for score in given) / len(given)


def test_text_is_not_only_ascii(stream: Stream) -> None:
    share = sum(not event.user_query.isascii() for event, _ in interactions(stream)) / PLAN.interactions
    assert share > 0.05
