"""Sessions woven into one stream in the order of their events."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count

from headrace.events import Feedback, ProductionInteraction
from producers.simulator.dice import Dice
from producers.simulator.plan import LONGEST_SESSION, Plan
from producers.simulator.scene import Moment, milliseconds
from producers.simulator.session import session
from producers.simulator.truth import InteractionTruth, Truth


def generate(plan: Plan) -> Iterator[ProductionInteraction | Feedback]:
    """The events alone."""
    return (event for event, _ in simulate(plan))


def simulate(plan: Plan) -> Iterator[tuple[ProductionInteraction | Feedback, Truth]]:
    """`plan.interactions` interactions with the feedback on them, by time, each with what was planted in it.

    Some interactions come a second time; the plan's own `drift` says what changes when.

    >>> [truth.failures for _, truth in simulate(Plan(interactions=1)) if isinstance(truth, InteractionTruth)]
    [[]]
    """
    waiting: list[tuple[int, int, Moment]] = []
    order = count()
    for start_ms, moments in _sessions(plan):
        while waiting and waiting[0][0] < start_ms:
            yield heappop(waiting)[2][1:]
        for moment in moments:
            heappush(waiting, (moment.order_ms, next(order), moment))
    while waiting:
        yield heappop(waiting)[2][1:]


def _sessions(plan: Plan) -> Iterator[tuple[int, list[Moment]]]:
    dice, made = Dice(plan.seed), 0
    begin_ms = milliseconds(plan.start)
    spacing_ms = (plan.span - LONGEST_SESSION).total_seconds() * 1000 / max(plan.interactions, 1)
    for serial in count():
        if made >= plan.interactions:
            return
        start_ms = begin_ms + int((made + dice.random()) * spacing_ms)
        moments = list(session(dice, plan, serial, start_ms, plan.interactions - made))
        made += sum(type(moment.truth) is InteractionTruth for moment in moments)
        yield start_ms, moments
