"""Made-up signals of every shape that production has, and how far a share of trials may stray."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

Draw = Callable[[np.random.Generator, int], NDArray[Any]]

AGENTS = [f"agent-{number}" for number in range(10)]
AGENT_SHARES = [0.3, 0.2, 0.15, 0.1, 0.08, 0.06, 0.04, 0.03, 0.03, 0.01]

SIGNALS: dict[str, Draw] = {
    "latency_ms": lambda rng, n: rng.lognormal(7, 0.76, n),
    "cost_usd": lambda rng, n: rng.lognormal(-5, 1.5, n),
    "tool_ms": lambda rng, n: rng.gamma(2, 100, n),
    "wait_ms": lambda rng, n: np.abs(rng.standard_cauchy(n)),
    "rating": lambda rng, n: rng.choice([1.0, 2, 3, 4, 5], n, p=[0.05, 0.05, 0.1, 0.3, 0.5]),
    "routing_confidence": lambda rng, n: rng.beta(8, 2, n),
    "retrieval_score": lambda rng, n: rng.beta(2, 5, n),
    "tokens_out": lambda rng, n: rng.poisson(20, n).astype(float),
    "tool_cost": lambda rng, n: rng.lognormal(0, 1, n) * (rng.random(n) < 0.3),
    "query_length": lambda rng, n: np.round(rng.lognormal(4, 0.6, n)),
    "score": lambda rng, n: rng.standard_t(3, n),
    "agent": lambda rng, n: rng.choice(AGENTS, n, p=AGENT_SHARES),
    "error": lambda rng, n: np.where(rng.random(n) < 0.02, "timeout", "none"),
}
"""Thirteen, as in the measurements of the peers."""

CHANCE = 1e-4
"""How often a test of a rate may fail though the rate is what it should be."""


def draw(rng: np.random.Generator, n: int) -> dict[str, NDArray[Any]]:
    """One frame of `n` rows."""
    return {name: signal(rng, n) for name, signal in SIGNALS.items()}


def most(share: float, trials: int) -> int:
    """As many hits as `trials` may have where the true share is `share`."""
    return int(binom.isf(CHANCE, trials, share))


def least(share: float, trials: int) -> int:
    """As few hits as `trials` may have where the true share is `share`."""
    return int(binom.ppf(CHANCE, trials, share))
