"""What two variants are compared by: each metric a ratio of two sums, and which direction is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """One metric; both sums are SQL over rows of `interactions_with_feedback`."""

    name: str
    words: str
    better: Literal["higher", "lower"]
    sums: str
    counts: str
    unit: str = ""

    def gain(self, difference: float) -> float:
        """How much better a difference is; below zero, how much worse."""
        return difference if self.better == "higher" else -difference


RATING = Metric("rating", "mean rating", "higher", "coalesce(sum(rating), 0)", "count(rating)", "of 5")
ERRORS = Metric("errors", "share of errors", "lower", "count(error)", "count(*)")
CORRECTIONS = Metric(
    "corrections", "share sent to the wrong agent", "lower", "count(nullif(correct_agent, agent_selected))", "count(*)"
)
LATENCY = Metric(
    "latency",
    "latency, natural logarithm of milliseconds",
    "lower",
    "coalesce(sum(ln(greatest(latency_ms, 1))), 0)",
    "count(latency_ms)",
)
COST = Metric("cost", "cost of an interaction", "lower", "coalesce(sum(cost_usd), 0)", "count(cost_usd)", "US dollars")

METRICS = {metric.name: metric for metric in (RATING, ERRORS, CORRECTIONS, LATENCY, COST)}
