"""Telemetry of a turn: routing, retrieval, latency, tokens and cost, with the planted failures in the numbers."""

from __future__ import annotations

from functools import cache
from math import exp

from headrace.events import Retrieval
from producers.simulator.conversation import Turn
from producers.simulator.dice import Dice
from producers.simulator.texts import Agent, Domain, domains

EXPLORATION = 0.06
"""The simulated router sends this share of queries to an agent drawn evenly."""
CHARACTERS_PER_TOKEN = 4
PROMPT_TOKENS = 180
"""The instructions in front of every query."""


def latency_ms(dice: Dice, agent: Agent, slow: bool, factor: float) -> float:
    """Log-normal around the agent's median; `slow` is far outside of it."""
    usual = agent.median_latency_ms * exp(agent.spread * dice.normal())
    return round(usual * factor * (dice.between(9, 20) if slow else 1.0), 1)


def routing(dice: Dice, turn: Turn) -> tuple[dict[str, float], float]:
    """The router's scores, and the propensity of what it chose.

    A mistake is explored (the right agent scored best, the router drew another) or believed.
    """
    mistaken = turn.chosen is not turn.right
    explored = mistaken and dice.chance(0.3)
    best, second = (turn.right, turn.chosen) if explored or not mistaken else (turn.chosen, turn.right)
    confidence = dice.between(0.35, 0.6) if mistaken else dice.between(0.62, 0.99)
    rest = 1.0 - confidence
    runner_up = second if mistaken else dice.pick(_others(best.agent.name))
    scores = {best.agent.name: round(confidence, 3), runner_up.agent.name: round(rest * 0.7, 3)}
    each = EXPLORATION / len(domains())
    return scores, round(each if explored else 1.0 - EXPLORATION + each, 4)


@cache
def _others(name: str) -> tuple[Domain, ...]:
    return tuple(domain for domain in domains() if domain.agent.name != name)


def retrieval(dice: Dice, turn: Turn) -> Retrieval | None:
    """What was looked up: fitting documents, others with low scores where retrieval was planted as poor."""
    poor = "poor_retrieval" in turn.failures
    if not poor and dice.chance(0.35):
        return None
    source = dice.pick(_others(turn.chosen.agent.name)) if poor else turn.chosen
    first = dice.whole(0, len(source.documents) - 2)
    found = source.documents[first : first + 2]
    top = dice.between(0.08, 0.3) if poor else dice.between(0.62, 0.95)
    texts = [document.text for document in found] if dice.chance(0.3) else []
    return Retrieval(ids=[document.id for document in found], scores=[round(top, 3), round(top * 0.8, 3)], texts=texts)


def hallucination_score(dice: Dice, turn: Turn) -> float:
    """A judge's score: high where an answer was invented."""
    invented = "hallucination" in turn.failures
    return round(dice.between(0.7, 0.98) if invented else dice.between(0.0, 0.25), 3)


def tokens(query: str, response: str) -> tuple[int, int]:
    """Tokens in and out."""
    return PROMPT_TOKENS + len(query) // CHARACTERS_PER_TOKEN, len(response) // CHARACTERS_PER_TOKEN


def cost_usd(agent: Agent, tokens_in: int, tokens_out: int) -> float:
    return round((tokens_in + 3 * tokens_out) * agent.usd_per_1000_tokens / 1000, 6)
