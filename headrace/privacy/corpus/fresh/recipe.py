"""A maker before it is known which half it goes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from headrace.privacy.corpus.dice import Dice


class Recipe(NamedTuple):
    name: str
    words: tuple[str, ...]
    make: Callable[[Dice], str]
    needs_word: bool = False
