"""What a rule says about an interaction."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Flag = Literal[
    "low_rating",
    "poor_retrieval",
    "routing_mistake",
    "hallucination",
    "slow_response",
    "error",
    "rephrase",
    "abandoned",
]
FLAGS: tuple[Flag, ...] = get_args(Flag)
"""In the order in which reports name them."""


class Finding(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One flag on one interaction, with its evidence: never text that a user or a model wrote."""

    flag: Flag
    interaction_id: str
    value: float | None = None
    """What was measured: stars, a score, a share, milliseconds, minutes."""
    limit: float | None = None
    """The setting, or the computed bound, that `value` is beyond."""
    detail: str = ""
    """The kind of evidence, and an agent's name or an interaction's id where one belongs to it."""
