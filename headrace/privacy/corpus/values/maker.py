"""What makes values: one maker a kind and format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from headrace.privacy.corpus.dice import Dice
from headrace.privacy.corpus.sample import Split

VALUE_OPEN, VALUE_CLOSE = "\x02", "\x03"
"""Around that part of what a maker makes which is the value; without them all of it is."""


@dataclass(frozen=True)
class Maker:
    kind: str
    name: str
    split: Split
    words: tuple[str, ...]
    """What people write before such a value."""
    make: Callable[[Dice], str]
    needs_word: bool = False
    """Whether nobody could know the value for what it is without such a word."""


def shapes(*options: str) -> Callable[[Dice], str]:
    """Makes one of some shapes: # a digit, ^ a digit from 1, ? a capital, ~ a small letter."""
    return lambda dice: dice.shaped(dice.pick(options))
