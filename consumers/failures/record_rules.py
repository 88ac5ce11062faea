"""Rules on one record: pure, a microsecond each, for the hot path.

    low_rating       rating <= low_rating
    poor_retrieval   best retrieval score < poor_retrieval, or nothing retrieved
    routing_mistake  routing confidence < low_confidence; or somebody names another agent
    hallucination    a given score >= hallucination; or the share of facts that the retrieved texts do not hold
    error            the agent reported one

Slow answers are judged against the agent's own distribution (`latency`), what happens between
the turns of a session by `session_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from consumers.failures.facts import unsupported_facts
from consumers.failures.finding import Finding
from headrace.events import Feedback, ProductionInteraction
from headrace.settings import FailureAnalysis

MIN_UNSUPPORTED = 2
"""One number that no text holds may be the answer's own sum or count; two are rarely."""
_ERROR_KIND = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,63}(?=$|[:(\[])")
"""The name before the colon or bracket, as programs write them; a sentence has none, and its words stay out."""
WRONG_AGENT = "wrong_agent"
"""The label of a routing feedback that names no better agent."""


def rules_of_record(event: ProductionInteraction, rules: FailureAnalysis) -> list[Finding]:
    """What is wrong with an interaction by itself.

    >>> event = ProductionInteraction(interaction_id="i", agent_selected="a", user_query="?", error="Timeout: 9 s")
    >>> rules_of_record(event, FailureAnalysis())
    [Finding(flag='error', interaction_id='i', value=None, limit=None, detail='Timeout')]
    """
    return list(_of_record(event, rules))


def suspects(
    is_noted: NDArray[np.bool_], numbers: Mapping[str, NDArray[np.float64]], rules: FailureAnalysis
) -> NDArray[np.bool_]:
    """Whether `rules_of_record` may find anything, for many interactions at once.

    `is_noted` says of each whether it has an error, or a retrieval without scores or with texts; `numbers` are the
    signals as arrays, NaN where an interaction says nothing.
    """
    return (
        is_noted
        | (numbers["rating"] <= rules.low_rating)
        | (numbers["retrieval_score"] < rules.poor_retrieval)
        | (numbers["routing_confidence"] < rules.low_confidence)
        | (numbers["hallucination_score"] >= rules.hallucination)
    )


def rules_of_feedback(feedback: Feedback, rules: FailureAnalysis) -> list[Finding]:
    """What a rater, judge or program says is wrong with the interaction it is about."""
    return list(_of_feedback(feedback, rules))


def _of_record(event: ProductionInteraction, rules: FailureAnalysis) -> Iterator[Finding]:
    id_, stars, confidence = event.interaction_id, event.user_feedback_score, event.routing_confidence
    if stars is not None and stars <= rules.low_rating:
        yield Finding("low_rating", id_, stars, rules.low_rating)
    if event.retrieval is not None:
        yield from _of_retrieval(event, rules)
    if confidence is not None and confidence < rules.low_confidence:
        yield Finding("routing_mistake", id_, confidence, rules.low_confidence, "low_confidence")
    if event.hallucination_score is not None and event.hallucination_score >= rules.hallucination:
        yield Finding("hallucination", id_, event.hallucination_score, rules.hallucination, "given_score")
    if event.error is not None:
        kind = _ERROR_KIND.match(event.error)
        yield Finding("error", id_, detail=kind[0] if kind else "")


def _of_retrieval(event: ProductionInteraction, rules: FailureAnalysis) -> Iterator[Finding]:
    retrieval = event.retrieval
    assert retrieval is not None
    if retrieval.scores:
        best = max(retrieval.scores)
        if best < rules.poor_retrieval:
            yield Finding("poor_retrieval", event.interaction_id, best, rules.poor_retrieval, "best_score")
    elif not retrieval.ids and not retrieval.texts:
        yield Finding("poor_retrieval", event.interaction_id, detail="nothing_found")
    if retrieval.texts and event.response and event.hallucination_score is None:
        yield from _of_facts(event, retrieval.texts, rules)


def _of_facts(event: ProductionInteraction, texts: list[str], rules: FailureAnalysis) -> Iterator[Finding]:
    unsupported, facts = unsupported_facts(event.response, [*texts, event.user_query])
    if unsupported >= MIN_UNSUPPORTED and unsupported / facts >= rules.unsupported_facts:
        yield Finding(
            "hallucination", event.interaction_id, unsupported / facts, rules.unsupported_facts, "unsupported_facts"
        )


def _of_feedback(feedback: Feedback, rules: FailureAnalysis) -> Iterator[Finding]:
    id_, score, right = feedback.interaction_id, feedback.score, feedback.correct_agent
    if feedback.name == "rating" and score is not None and score <= rules.low_rating:
        yield Finding("low_rating", id_, score, rules.low_rating, feedback.source)
    if feedback.name == "hallucination" and score is not None and score >= rules.hallucination:
        yield Finding("hallucination", id_, score, rules.hallucination, f"judged_by_{feedback.source}")
    if right is not None and right != feedback.agent_selected:
        yield Finding("routing_mistake", id_, detail=f"corrected:{right}")
    elif feedback.label == WRONG_AGENT:
        yield Finding("routing_mistake", id_, detail="corrected")
