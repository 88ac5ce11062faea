"""What is written in one list, dealt to the two fresh halves in turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from headrace.privacy.corpus.sample import Split

T = TypeVar("T")
HALVES: tuple[Split, Split] = ("fresh_tune", "fresh_held_out")


def dealt(items: Iterable[T]) -> Iterator[tuple[Split, T]]:
    """The first to the one half, the second to the other, and so on.

    >>> [split for split, _ in dealt("abc")]
    ['fresh_tune', 'fresh_held_out', 'fresh_tune']
    """
    return ((HALVES[number % 2], item) for number, item in enumerate(items))
