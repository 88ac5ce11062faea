"""What is said in one session: turns with their planted failures, before anything is measured or rated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from producers.simulator.dice import Dice
from producers.simulator.plan import Rates
from producers.simulator.texts import Domain, Intent, domains, vocabulary
from producers.simulator.truth import Failure

Slots = dict[str, str]
NOVELTY = "novelty"
"""The intent of questions that only the drift brings."""
FIRST_FAILURES: tuple[Failure, ...] = ("poor_retrieval", "routing_mistake", "hallucination", "slow_response", "error")
TURNS_PER_SESSION = 2.6
"""Failures strike openings only: for a share of all turns, that many times more of them."""


@dataclass(slots=True)
class Turn:
    """One question and its answer."""

    intent: str
    right: Domain
    """Whose question it is."""
    chosen: Domain
    """Who answered."""
    query: str
    response: str
    failures: list[Failure] = field(default_factory=list)
    repeats_last: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """What a session is about, and its slots."""

    domain: Domain
    name: str
    intent: Intent
    slots: Slots

    def say(self, text: str) -> str:
        return text.format_map(self.slots)


def topic(dice: Dice) -> Topic:
    """What the next session is about."""
    domain = dice.pick(domains())
    name = dice.pick(tuple(domain.intents))
    return Topic(domain, name, domain.intents[name], _slots(dice, domain))


def turns(dice: Dice, rates: Rates, about: Topic, novel: bool) -> Iterator[Turn]:
    """The session's turns; `novel` opens it with a question nobody asked before the drift."""
    first = _novelty(dice, about) if novel else _opening(dice, rates, about)
    again = _follows(dice, rates, first)
    yield first
    if again:
        yield _again(dice, about)
    if "abandoned" in first.failures:
        return
    for question, answer in about.intent.follow_ups:
        if dice.chance(0.6):
            yield _turn(dice, about, *_translated(dice, rates, about, question, answer))
    if dice.chance(0.4):
        yield _turn(dice, about, *dice.pick(vocabulary().closing))


def _slots(dice: Dice, domain: Domain) -> Slots:
    slots = {name: dice.pick(values) for name, values in vocabulary().slots.items()}
    slots["domain"] = domain.agent.name.replace("_", " ")
    slots["order"] = f"{dice.pick('ABCDEFGHKLMNPRSTUVWXYZ')}{dice.whole(10000, 99999)}"
    slots["amount"] = f"{dice.pick('€£$')}{dice.whole(4, 480)}.{dice.whole(0, 99):02d}"
    slots["number"] = str(dice.whole(2, 9))
    return slots


def _novelty(dice: Dice, about: Topic) -> Turn:
    """A router that has never seen such a question sends it anywhere."""
    owner, question, answer = dice.pick(vocabulary().novelties)
    right = next(domain for domain in domains() if domain.agent.name == owner)
    turn = Turn(NOVELTY, right, about.domain, about.say(question), about.say(answer))
    if turn.chosen is not turn.right:
        turn.failures.append("routing_mistake")
    return turn


def _opening(dice: Dice, rates: Rates, about: Topic) -> Turn:
    question, answer = _translated(dice, rates, about, dice.pick(about.intent.openers), dice.pick(about.intent.answers))
    turn = _turn(dice, about, question, answer)
    if failure := _drawn_failure(dice, rates):
        _fail(dice, about, turn, failure)
    return turn


def _turn(dice: Dice, about: Topic, question: str, answer: str) -> Turn:
    detail = f" {dice.pick(about.domain.details)}" if dice.chance(0.5) else ""
    return Turn(about.name, about.domain, about.domain, about.say(question), about.say(answer + detail))


def _translated(dice: Dice, rates: Rates, about: Topic, question: str, answer: str) -> tuple[str, str]:
    return dice.pick(about.domain.foreign) if dice.chance(rates.foreign) else (question, answer)


def _drawn_failure(dice: Dice, rates: Rates) -> Failure | None:
    left = dice.random() / TURNS_PER_SESSION
    for failure in FIRST_FAILURES:
        left -= getattr(rates, failure)
        if left < 0:
            return failure
    return None


def _fail(dice: Dice, about: Topic, turn: Turn, failure: Failure) -> None:
    turn.failures.append(failure)
    words = vocabulary()
    if failure == "poor_retrieval":
        turn.response = dice.pick(words.poor_answers)
    elif failure == "hallucination":
        turn.response = about.say(dice.pick(about.intent.inventions))
    elif failure == "error":
        turn.error, turn.response = dice.pick(words.errors), ""
    elif failure == "routing_mistake":
        turn.chosen = dice.pick([domain for domain in domains() if domain is not about.domain])
        turn.response = dice.pick(words.off_topic).format(domain=turn.chosen.agent.name.replace("_", " "))


def _follows(dice: Dice, rates: Rates, turn: Turn) -> bool:
    """Whether the user asks again after this turn; marks it where the user leaves instead."""
    if not turn.failures or turn.failures == ["slow_response"]:
        return False
    fate = dice.random()
    if fate < rates.abandoned:
        turn.failures.append("abandoned")
    return rates.abandoned <= fate < rates.abandoned + rates.asked_again


def _again(dice: Dice, about: Topic) -> Turn:
    question = dice.pick(vocabulary().insistence) + dice.pick(about.intent.rephrases)
    turn = _turn(dice, about, question, dice.pick(about.intent.answers))
    turn.repeats_last = True
    turn.failures.append("rephrase")
    return turn
