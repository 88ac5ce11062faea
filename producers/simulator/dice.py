"""Seeded chance: the only source of randomness in the simulator."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws that a seed fixes.

    >>> Dice(1).pick("abc") == Dice(1).pick("abc")
    True
    """

    __slots__ = ("_gauss", "random")

    def __init__(self, seed: int) -> None:
        source = Random(seed)
        self.random = source.random
        """A number in [0, 1)."""
        self._gauss = source.gauss

    def chance(self, share: float) -> bool:
        return self.random() < share

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self.random() * len(items))]

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def normal(self) -> float:
        """A standard normal number."""
        return self._gauss(0.0, 1.0)
