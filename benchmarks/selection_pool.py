"""Made-up requests with many intents, as pools for comparing selections: no text of anybody's.

An agent looks after a few things; an intent is something done with one of them. Each intent has a dozen or two
phrasings of its own, dressed with what people say around a request, and now and then a slip of the finger.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

AGENTS: dict[str, list[list[str]]] = {
    "bank": [["credit card", "visa", "plastic card"], ["savings account", "account", "savings"], ["loan", "mortgage"]],
    "travel": [["flight", "plane ticket", "trip by plane"], ["hotel room", "room", "stay"], ["rental car", "hire car"]],
    "kitchen": [["recipe", "dish", "meal idea"], ["shopping list", "groceries"], ["oven", "stove", "cooker"]],
    "home": [["lights", "lamps"], ["thermostat", "heating"], ["front door", "lock", "door lock"]],
    "office": [
        ["meeting", "appointment", "call with the team"],
        ["invoice", "bill from the supplier"],
        ["badge", "pass"],
    ],
    "health": [["prescription", "medicine", "pills"], ["doctor's visit", "checkup"], ["insurance claim", "claim"]],
    "music": [["playlist", "mix"], ["album", "record"], ["speaker", "loudspeaker", "sound box"]],
    "parcel": [["package", "parcel", "delivery"], ["return", "item i send back"], ["pickup point", "locker"]],
    "phone": [["data plan", "mobile contract", "plan"], ["sim card", "sim"], ["voicemail", "mailbox"]],
    "school": [["homework", "assignment"], ["exam", "test"], ["library book", "book i borrowed"]],
}
"""Things that an agent looks after, each with the names people give it."""

ACTIONS: dict[str, list[str]] = {
    "cancel": ["cancel my {}", "i no longer want the {}", "please call off the {}", "get rid of my {}", "stop the {}"],
    "status": [
        "what is the status of my {}",
        "how is my {} coming along",
        "any news about the {}",
        "is my {} ready yet",
    ],
    "cost": [
        "how much does the {} cost",
        "what will i pay for the {}",
        "price of a {}",
        "what do you charge for the {}",
    ],
    "lost": ["i lost my {}", "my {} has gone missing", "cannot find the {} anywhere", "somebody took my {}"],
    "change": ["change my {}", "i need to modify the {}", "make a correction to the {}", "update the {} for me"],
    "new": ["i need a new {}", "set up a {} for me", "get me another {}", "i would like to start a {}"],
    "broken": ["my {} does not work", "the {} is broken", "there is something wrong with the {}", "problem with my {}"],
    "when": ["when is my {} due", "what date is the {}", "on which day do i have the {}", "how long until my {}"],
    "share": ["share the {} with my wife", "let my brother use the {}", "give a friend access to the {}"],
    "explain": ["how does the {} work", "explain the {} to me", "what is a {} exactly", "tell me more about the {}"],
    "compare": ["which {} is the best", "what other {} do you have", "is there a better {}", "recommend a {}"],
    "history": [
        "show what happened with my {} before",
        "list everything about my {} since spring",
        "past uses of my {}",
    ],
    "remind": ["remind me of the {}", "do not let me forget the {}", "ping me about the {} later"],
    "extend": ["can i keep the {} longer", "extend the {}", "renew my {}", "i need more time with the {}"],
}
BEFORE = [
    "", "", "", "hi ", "hello there, ", "please ", "could you help, ", "i was wondering, ", "quick question, ", "hey, ",
    "sorry to bother you but ", "so ", "okay ", "good morning, ", "um ", "can you tell me, ", "for my mother, ",
]  # fmt: skip
AFTER = [
    "", "", "", "", " please", " thanks", " right now", " today", " by friday", " if possible", " as soon as you can",
    " before i leave", " because i am in a hurry", " for next week", " again", " at last", " and tell me what to do",
]  # fmt: skip
INTENTS_OF_AGENT = 13
SLIP_SHARE = 0.15


def pool(rows: int, seed: int = 0) -> tuple[list[str], list[str], list[str]]:
    """Different texts, the intent of each (130 of them, equally often), and the agent of each (10)."""
    dice = random.Random(seed)
    intents = list(_intents(dice))
    texts: dict[str, tuple[str, str]] = {}
    turn = 0
    while len(texts) < rows:
        agent, things, action = intents[turn % len(intents)]
        text = _slipped(dice.choice(BEFORE) + _request(dice, things, action) + dice.choice(AFTER), dice)
        if text not in texts:
            texts[text] = (f"{agent}/{things[0]}/{action}", agent)
        turn += 1
    return list(texts), [intent for intent, _ in texts.values()], [agent for _, agent in texts.values()]


def _intents(dice: random.Random) -> Iterator[tuple[str, list[str], str]]:
    for agent, things in AGENTS.items():
        for own, action in dice.sample(list(product(things, ACTIONS)), INTENTS_OF_AGENT):
            yield agent, own, action


def _request(dice: random.Random, things: list[str], action: str) -> str:
    return dice.choice(ACTIONS[action]).format(dice.choice(things))


def _slipped(text: str, dice: random.Random) -> str:
    if dice.random() > SLIP_SHARE:
        return text
    place = dice.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
