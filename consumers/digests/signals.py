"""The signals that are watched: the closed list, frozen with the digest format."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_STEPS = 2**31 - 1
"""A value's size in steps is capped here: the squares of a chunk then add up without rounding."""


@dataclass(frozen=True)
class Signal:
    """A number of an interaction; its moments are kept as whole multiples of `step`."""

    name: str
    step: float


LATENCY = Signal("latency_ms", 0.01)
RATING = Signal("rating", 0.001)
"""The rating sent with the interaction, or the latest that came after it."""
NUMERIC: tuple[Signal, ...] = (
    LATENCY,
    RATING,
    Signal("routing_confidence", 1e-6),
    Signal("retrieval_score", 1e-6),
    Signal("hallucination_score", 1e-6),
    Signal("query_length", 1.0),
    Signal("response_length", 1.0),
    Signal("tokens_in", 1.0),
    Signal("tokens_out", 1.0),
    Signal("cost_usd", 1e-7),
)
STEPS = {signal.name: signal.step for signal in NUMERIC}

RATED = "rated"
"""Category: `yes` or `no`."""
MODEL = "model"
LANGUAGE = "language"
"""Category: an ISO 639 code that the event carries, or a guess from the question (`und` where it tells nothing)."""
ERROR = "error"
"""Category: the kind of error, `none` where there was none."""
FAILURE = "failure"
"""Category: an interaction counts once for each rule it broke, and once as `any` of them."""
ANY_FAILURE = "any"
CATEGORIES = (RATED, MODEL, LANGUAGE, ERROR, FAILURE)
"""Chunks of before there was one of these lack it: signals that only one of two windows has are not compared."""
