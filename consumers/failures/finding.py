"""What a rule says about an interaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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


def findings_without(findings: Iterable[Finding], interaction_ids: Collection[str]) -> tuple[Finding, ...]:
    """The same findings, none of which names one of these interactions as its evidence.

    >>> findings_without([Finding("rephrase", "b", detail="repeats:a")], {"a"})[0].detail
    'repeats'
    """
    return tuple(
        msgspec.structs.replace(one, detail=one.detail.partition(":")[0])
        if one.detail.rpartition(":")[2] in interaction_ids
        else one
        for one in findings
    )
