"""One session as events in the order they happen, each with its truth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from headrace.events import Feedback, ProductionInteraction
from producers.simulator import conversation, measures, ratings
from producers.simulator.conversation import Turn
from producers.simulator.dice import Dice
from producers.simulator.personal import plant, plant_reply, value
from producers.simulator.plan import Plan
from producers.simulator.ratings import Opinion
from producers.simulator.scene import EPOCH, Moment, Scene
from producers.simulator.scene import scene as scene_of
from producers.simulator.truth import FeedbackTruth, InteractionTruth, PlantedSpan, ResentTruth

CLOCK_SKEW_MS = 500
"""A rating that overtakes its interaction on the way does so by this much."""


class _Draft(NamedTuple):
    event: ProductionInteraction
    personal: list[PlantedSpan]


def session(dice: Dice, plan: Plan, serial: int, start_ms: int, most: int) -> Iterator[Moment]:
    """The events of one session, of at most `most` interactions."""
    scene = scene_of(dice, plan, serial, start_ms)
    novel = scene.drift is not None and dice.chance(scene.drift.novelty_share)
    at_ms, last_id = start_ms, None
    for number, turn in enumerate(conversation.turns(dice, plan.rates, conversation.topic(dice), novel)):
        if number == most:
            return
        interaction = _interaction(dice, plan, scene, turn, number, at_ms)
        yield from _with_opinions(dice, plan, scene, turn, interaction, last_id, at_ms)
        last_id = interaction.event.interaction_id
        at_ms += int((interaction.event.latency_ms or 0) + dice.between(4_000, 90_000))


def _interaction(dice: Dice, plan: Plan, scene: Scene, turn: Turn, number: int, at_ms: int) -> _Draft:
    agent = turn.chosen.agent
    personal: list[PlantedSpan] = []
    metadata: dict[str, Any] = {"channel": scene.channel, "turn": number}
    if dice.chance(plan.rates.personal_data):
        _plant_somewhere(dice, turn, metadata, personal)
    drift = scene.drift_of(agent.name)
    scores, propensity = measures.routing(dice, turn)
    tokens_in, tokens_out = measures.tokens(turn.query, turn.response)
    event = ProductionInteraction(
        interaction_id=scene.id(at_ms, str(number)),
        timestamp=EPOCH + timedelta(milliseconds=at_ms),
        tenant=scene.tenant,
        session_id=scene.session_id,
        user_id=scene.user_id,
        agent_selected=agent.name,
        agent_version=agent.versions[scene.released],
        user_query=turn.query,
        response=turn.response,
        latency_ms=measures.latency_ms(
            dice, agent, "slow_response" in turn.failures, drift.latency_factor if drift else 1.0
        ),
        routing_confidence=scores[agent.name],
        routing_scores=scores,
        propensity=propensity,
        retrieval=measures.retrieval(dice, turn),
        hallucination_score=measures.hallucination_score(dice, turn),
        model=agent.model,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost_usd=measures.cost_usd(agent, tokens_in, tokens_out),
        error=turn.error,
        experiment="reply-tone",
        variant="warm" if scene.user % 2 else "plain",
        tags=[scene.channel],
        metadata=metadata,
    )
    return _Draft(event, personal)


def _plant_somewhere(dice: Dice, turn: Turn, metadata: dict[str, Any], personal: list[PlantedSpan]) -> None:
    place = dice.random()
    if turn.error and place < 0.3:
        turn.error, span = plant(dice, turn.error, "error")
    elif turn.response and place < 0.2:
        turn.response, span = plant_reply(dice, turn.response, "response")
    elif place < 0.3:
        contact = value(dice, "email")
        metadata["crm"] = {"contact": contact, "stage": "open"}
        span = PlantedSpan("metadata.crm.contact", 0, len(contact), "email")
    else:
        turn.query, span = plant(dice, turn.query, "user_query")
    personal.append(span)


def _with_opinions(
    dice: Dice, plan: Plan, scene: Scene, turn: Turn, draft: _Draft, last_id: str | None, at_ms: int
) -> Iterator[Moment]:
    """The interaction and all that is said about it before the simulation ends."""
    opinions = [
        opinion
        for opinion in _opinions(dice, plan, scene, turn, draft.event)
        if at_ms + opinion.seconds_late * 1000 < scene.end_ms
    ]
    if _is_low(draft.event.user_feedback_score) or any(_is_low(_rating(opinion)) for opinion in opinions):
        turn.failures.append("low_rating")
    truth = InteractionTruth(
        interaction_id=draft.event.interaction_id,
        session_id=scene.session_id,
        intent=turn.intent,
        right_agent=turn.right.agent.name,
        failures=turn.failures,
        repeats=last_id if turn.repeats_last else None,
        personal=draft.personal,
    )
    yield Moment(at_ms, draft.event, truth)
    if dice.chance(plan.rates.resent):
        yield Moment(at_ms + dice.whole(1, 30_000), draft.event, ResentTruth(interaction_id=truth.interaction_id))
    for number, opinion in enumerate(opinions):
        yield _feedback(dice, scene, draft.event, opinion, number, at_ms)


def _opinions(dice: Dice, plan: Plan, scene: Scene, turn: Turn, event: ProductionInteraction) -> Iterator[Opinion]:
    drift = scene.drift_of(event.agent_selected)
    fate = dice.random()
    if fate < plan.rates.rated_at_once + plan.rates.rated_late:
        rating = ratings.stars(dice, bool(turn.failures), drift.poor_rating_shift if drift else 0.0)
        if fate < plan.rates.rated_at_once:
            event.user_feedback_score = float(rating)
        else:
            yield ratings.late_rating(dice, plan.rates, rating)
    yield from ratings.corrections(dice, plan.rates, turn)
    yield from ratings.judged(dice, turn)


def _rating(opinion: Opinion) -> float | None:
    return opinion.fields["score"] if opinion.fields.get("name", "rating") == "rating" else None


def _is_low(rating: float | None) -> bool:
    return rating is not None and rating <= ratings.LOW


def _feedback(
    dice: Dice, scene: Scene, event: ProductionInteraction, opinion: Opinion, number: int, at_ms: int
) -> Moment:
    given_ms = at_ms + int(opinion.seconds_late * 1000)
    feedback = Feedback(
        feedback_id=scene.id(given_ms, f"{event.interaction_id}/{number}"),
        interaction_id=event.interaction_id,
        timestamp=EPOCH + timedelta(milliseconds=given_ms),
        tenant=scene.tenant,
        session_id=scene.session_id,
        **(_known_context(dice, event) | opinion.fields),
    )
    overtakes = dice.chance(0.01)
    truth = FeedbackTruth(
        feedback_id=feedback.feedback_id,
        interaction_id=event.interaction_id,
        seconds_late=opinion.seconds_late,
        published_first=overtakes,
        personal=opinion.personal,
    )
    return Moment(at_ms - CLOCK_SKEW_MS if overtakes else given_ms, feedback, truth)


def _known_context(dice: Dice, event: ProductionInteraction) -> dict[str, Any]:
    """Seven ratings in ten know which agent they rate."""
    if dice.chance(0.3):
        return {}
    return {"agent_selected": event.agent_selected, "agent_version": event.agent_version, "variant": event.variant}
