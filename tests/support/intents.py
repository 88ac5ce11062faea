"""Queries with known agents and intents, made from templates: enough to learn from, never anybody's words."""

from __future__ import annotations

import random
from dataclasses import dataclass

TEMPLATES = {
    "billing/invoice": ["send me the {x} invoice", "my {x} invoice is wrong", "why is there {x} on the invoice"],
    "billing/refund": ["refund the {x} payment", "i want my money back for {x}", "was {x} refunded yet"],
    "delivery/track": ["where is my {x} parcel", "track the parcel with {x}", "has the {x} shipped"],
    "delivery/address": ["deliver {x} to another address", "change the address for {x}", "new address for {x} please"],
    "account/password": ["reset my {x} password", "forgot the password of {x}", "password for {x} does not work"],
    "account/close": ["close my {x} account", "delete the account {x}", "cancel my {x} membership"],
}
OUT_OF_SCOPE = ["what is the weather in {x}", "tell me a joke about {x}", "who won the {x} match last night"]
THINGS = ["march", "blue", "second", "desk lamp", "rain jacket", "family", "team", "winter", "office", "garden"]
OPENINGS = ["", "please ", "hi ", "hello, ", "could you help: ", "quick question, "]


@dataclass(frozen=True)
class Queries:
    """Texts and their labels, `agent/intent`."""

    texts: list[str]
    labels: list[str]

    @property
    def agents(self) -> list[str]:
        return [label.partition("/")[0] for label in self.labels]


def queries(count: int, seed: int, labels: tuple[str, ...] = tuple(TEMPLATES)) -> Queries:
    """`count` queries with labels drawn from `labels`; the same for the same seed."""
    dice = random.Random(seed)
    chosen = [dice.choice(labels) for _ in range(count)]
    return Queries([_said(dice, TEMPLATES[label]) for label in chosen], chosen)


def out_of_scope(count: int, seed: int) -> list[str]:
    """Queries that belong to none of the agents."""
    dice = random.Random(seed)
    return [_said(dice, OUT_OF_SCOPE) for _ in range(count)]


def _said(dice: random.Random, templates: list[str]) -> str:
    return dice.choice(OPENINGS) + dice.choice(templates).format(x=dice.choice(THINGS))
