"""Seeded chance in the shapes that identifiers have."""

from __future__ import annotations

import random
from collections.abc import Sequence
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import TypeVar

T = TypeVar("T")

LOWER_HEX = "0123456789abcdef"
BASE32 = ascii_uppercase + "234567"
ALNUM = ascii_letters + digits
BASE64 = ALNUM + "+/"
BASE64URL = ALNUM + "-_"
LOWER_ALNUM = ascii_lowercase + digits
UPPER_ALNUM = ascii_uppercase + digits
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

_SHAPES = {"#": digits, "^": digits[1:], "?": ascii_uppercase, "~": ascii_lowercase}


class Dice:
    """The same seed gives the same throws on every machine.

    >>> Dice("x").shaped("^##-??") == Dice("x").shaped("^##-??")
    True
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def whole(self, least: int, most: int) -> int:
        """A number from `least` to `most`, both included."""
        return self._random.randint(least, most)

    def pick(self, options: Sequence[T]) -> T:
        return options[self._random.randrange(len(options))]

    def some(self, alphabet: str, count: int) -> str:
        """`count` characters of an alphabet."""
        return "".join(self._random.choice(alphabet) for _ in range(count))

    def digits(self, count: int) -> str:
        return self.some(digits, count)

    def shaped(self, shape: str) -> str:
        """`shape` with a digit for each #, a digit from 1 for ^, a capital for ?, a small letter for ~."""
        return "".join(self._random.choice(_SHAPES[mark]) if mark in _SHAPES else mark for mark in shape)

    def mixed(self, alphabet: str, count: int) -> str:
        """As `some`, with a letter and a digit among them at least where the alphabet has both."""
        drawn = self.some(alphabet, count)
        if count < len(digits) or not (_varied(alphabet) and not _varied(drawn)):
            return drawn
        return self.mixed(alphabet, count)

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        return self._random.sample(items, len(items))


def _varied(text: str) -> bool:
    return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
