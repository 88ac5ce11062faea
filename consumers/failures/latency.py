"""Slow answers, relative to their own agent's recent distribution.

Latencies are close to log-normal, with tails. The bound is median · exp(z · s), where s is the logarithm's
standard deviation estimated from the quartiles (IQR / 1.349), which a quarter of slow answers cannot move:
a bound from mean and deviation would rise with the very failures it should find.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import exp, log
from typing import NamedTuple

from consumers.failures.finding import Finding
from headrace.settings import FailureAnalysis

MIN_ANSWERS = 50
"""Fewer place the quartiles too badly: the bound's factor would be off by half."""
MIN_FACTOR = 2.0
"""Of the median that a slow answer takes at least: of an agent that always takes the same time, a hiccup is none."""
NORMAL_IQR = 1.349
"""Standard deviations between the quartiles of a normal distribution."""


class Quartiles(NamedTuple):
    """Milliseconds that a quarter, half and three quarters of that many answers took at most."""

    lower: float
    median: float
    upper: float
    answers: int


def quartiles(values: Sequence[float], counts: Sequence[int]) -> Quartiles:
    """Of weighted values in ascending order, such as a digest's buckets.

    >>> quartiles([100.0, 200.0, 400.0], [1, 2, 1])
    Quartiles(lower=100.0, median=200.0, upper=200.0, answers=4)
    """
    reached = list(accumulate(counts))
    total = reached[-1] if reached else 0

    def at(share: float) -> float:
        return next((v for v, sofar in zip(values, reached, strict=True) if sofar >= share * total), 0.0)

    return Quartiles(at(0.25), at(0.5), at(0.75), total)


def slow_limit(recent: Quartiles, rules: FailureAnalysis) -> float | None:
    """Milliseconds beyond which an answer of this agent is slow; None while too few answers are known.

    >>> round(slow_limit(Quartiles(80.0, 100.0, 125.0, 1000), FailureAnalysis()))
    376
    """
    if recent.answers < MIN_ANSWERS or recent.lower <= 0:
        return None
    deviation = log(recent.upper / recent.lower) / NORMAL_IQR
    return recent.median * max(MIN_FACTOR, exp(rules.slow_deviations * deviation))


def slow_response(interaction_id: str, latency_ms: float, limit_ms: float | None) -> Finding | None:
    """The finding where an answer took longer than `slow_limit` allows."""
    if limit_ms is None or latency_ms <= limit_ms:
        return None
    return Finding("slow_response", interaction_id, latency_ms, limit_ms)
