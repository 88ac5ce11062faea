"""What the corpus is made of: texts with the values in them marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Split = Literal["tune", "held_out", "fresh_tune", "fresh_held_out"]
SPLITS: tuple[Split, ...] = ("tune", "held_out", "fresh_tune", "fresh_held_out")

Task = Literal["plain", "disguised", "harmless", "look_alike", "mixed"]
"""Plain and disguised texts hold one value each; harmless ones and look-alikes of secrets none; mixed ones are whole
interactions for speed."""


class Label(NamedTuple):
    """Characters `start` to `end` (excluded) of a text are a value of this kind."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Sample:
    text: str
    labels: tuple[Label, ...]
    task: Task
    generator: str
    """What made the value, or, where there is none, the text."""
    family: str
    """Where its template comes from."""
    split: Split
    surroundings: tuple[int, int] = (0, 0)
    """What was written as one with the value: the URL of a password, the frame of a key. It may go or stay."""
