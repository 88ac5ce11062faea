"""Families of templates, and how one becomes a text with its value marked.

A template has ⟨v⟩ where the value goes, ⟨label⟩ where the word for it goes, and others that any text has.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from headrace.privacy.corpus.dice import ALNUM, LOWER_HEX, Dice
from headrace.privacy.corpus.sample import Split

Group = Literal["labelled", "bare", "assigned", "block"]
"""Labelled: a word says what the value is; bare: nothing does; assigned: as code and settings name a secret; block:
fit for values of many lines."""

_SLOT = re.compile(r"⟨([a-z_]+)⟩")
_WORDS = ("invoice", "order", "shipment", "renewal", "upgrade", "account", "backup", "refund", "deploy", "meeting")
_NAMES = ("Anna", "Ben", "Chloé", "Dmitri", "Eun-ji", "Farid", "Grace", "Hiro", "Inés", "Jamal", "Katja", "Liam")


@dataclass(frozen=True)
class Family:
    name: str
    split: Split
    group: Group
    templates: tuple[str, ...]


def filled(dice: Dice, template: str, label: str, value: str) -> tuple[str, int]:
    """The template's text with the value in it, and where that starts."""
    before, _, after = template.partition("⟨v⟩")
    before, after = (_SLOT.sub(lambda slot: _filler(dice, slot[1], label), part) for part in (before, after))
    return f"{before}{value}{after}", len(before)


def _filler(dice: Dice, name: str, label: str) -> str:
    return label if name == "label" else _FILLERS[name](dice)


_FILLERS: dict[str, Callable[[Dice], str]] = {
    "name": lambda dice: dice.pick(_NAMES),
    "word": lambda dice: dice.pick(_WORDS),
    "n": lambda dice: str(dice.whole(1, 999)),
    "d": lambda dice: str(dice.whole(1, 9)),
    "date": lambda dice: f"20{dice.whole(19, 26)}-{dice.whole(1, 12):02d}-{dice.whole(1, 28):02d}",
    "time": lambda dice: f"{dice.whole(0, 23):02d}:{dice.whole(0, 59):02d}:{dice.whole(0, 59):02d}",
    "uuid": lambda dice: str(uuid.UUID(bytes=dice.bytes(16), version=4)),
    "hex": lambda dice: dice.some(LOWER_HEX, 8),
    "sha": lambda dice: dice.some(LOWER_HEX, 40),
    "digest": lambda dice: dice.some(LOWER_HEX, 64),
    "md": lambda dice: dice.some(LOWER_HEX, 32),
    "order": lambda dice: f"{dice.pick(('ORD', 'SO', 'RMA', 'INC', 'TKT'))}-{dice.digits(7)}",
    "digits": lambda dice: dice.shaped("^#########"),
    "number": lambda dice: dice.digits(dice.whole(5, 14)),
    "price": lambda dice: f"{dice.whole(1, 9999)}.{dice.digits(2)}",
    "version": lambda dice: f"{dice.whole(0, 9)}.{dice.whole(0, 40)}.{dice.whole(0, 30)}",
    "epoch": lambda dice: f"17{dice.digits(8)}",
    "base": lambda dice: dice.mixed(ALNUM, 44),
}
