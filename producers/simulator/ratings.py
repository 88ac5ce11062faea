"""What users, judges and annotating code say about a turn, at once or weeks later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from producers.simulator.conversation import Turn
from producers.simulator.dice import Dice
from producers.simulator.personal import plant
from producers.simulator.plan import Rates
from producers.simulator.texts import vocabulary
from producers.simulator.truth import PlantedSpan

POOR_WITHOUT_CAUSE = 0.06
"""Somebody is always unhappy."""
POOR_WITH_CAUSE = 0.85
LOW = 2
"""Stars that count as a low rating, at most."""


@dataclass(slots=True)
class Opinion:
    """The content of one Feedback event, how late it comes, and what was planted in it."""

    seconds_late: float
    fields: dict[str, Any]
    personal: list[PlantedSpan]


def stars(dice: Dice, failed: bool, shift: float) -> int:
    """A rating from 1 to 5."""
    poor = dice.chance((POOR_WITH_CAUSE if failed else POOR_WITHOUT_CAUSE) + shift)
    return dice.whole(1, LOW) if poor else dice.pick((3, 4, 4, 5, 5, 5))


def late_rating(dice: Dice, rates: Rates, rating: int) -> Opinion:
    """A rating that is an event of its own, in one case of three with a comment."""
    opinion = Opinion(_delay_s(dice), {"score": float(rating)}, [])
    if dice.chance(rates.commented):
        _comment(dice, rates, opinion, rating)
    return opinion


def corrections(dice: Dice, rates: Rates, turn: Turn) -> Iterator[Opinion]:
    """What somebody who knows better says about a wrong route or answer."""
    if "routing_mistake" in turn.failures and dice.chance(rates.corrected):
        right = turn.right.agent.name
        yield Opinion(_delay_s(dice), {"name": "routing", "label": "wrong_agent", "correct_agent": right}, [])
    if "hallucination" in turn.failures and dice.chance(rates.corrected):
        fact = dice.pick(turn.right.documents).text
        correction = dice.pick(vocabulary().corrections).format(fact=fact)
        yield Opinion(_delay_s(dice), {"name": "correction", "label": "invented", "correction": correction}, [])


def judged(dice: Dice, turn: Turn) -> Iterator[Opinion]:
    """One turn in fifty is judged by a model within the minute."""
    if dice.chance(0.02):
        score = dice.between(0.0, 0.4) if turn.failures else dice.between(0.6, 1.0)
        fields = {"name": "helpfulness", "score": round(score, 3), "source": "llm", "rater": "judge-1"}
        yield Opinion(dice.between(2, 60), fields, [])


def _delay_s(dice: Dice) -> float:
    """Seconds to minutes in six cases of ten, hours in three, days to weeks in one."""
    kind = dice.random()
    if kind < 0.6:
        return dice.between(2, 900)
    return dice.between(900, 36_000) if kind < 0.9 else dice.between(86_400, timedelta(days=21).total_seconds())


def _comment(dice: Dice, rates: Rates, opinion: Opinion, rating: int) -> None:
    comment = dice.pick(vocabulary().comments["poor" if rating <= LOW else "good"])
    if dice.chance(rates.personal_data):
        comment, span = plant(dice, comment, "comment")
        opinion.personal.append(span)
    opinion.fields["comment"] = comment
