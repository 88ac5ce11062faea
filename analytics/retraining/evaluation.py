"""How good a model is on what was held out, with intervals that count sessions, not turns.

Source of the interval: percentile bootstrap over sessions (B. Efron and R. Tibshirani, An Introduction to the
Bootstrap, 1993, chapters 8 and 13).
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
"""Enough for the two digits that are shown."""
LEVEL = 0.95
AT_ONCE = 64
"""Resamples drawn together: a few MB for 10,000 sessions."""
ALL = "all"

Bools = NDArray[np.bool_]


class Score(msgspec.Struct, frozen=True):
    """Share of right answers, and between what it lies with a probability of 95 %."""

    value: float
    lower: float
    upper: float
    rows: int


def accuracy(is_right: Bools, sessions: NDArray[np.str_], seed: int = 0) -> Score:
    """Share of right answers over rows of sessions.

    >>> accuracy(np.array([True, True, False, True]), np.array(["a", "b", "c", "d"])).value
    0.75
    """
    if not len(is_right):
        return Score(float("nan"), float("nan"), float("nan"), 0)
    _, session = np.unique(sessions, return_inverse=True)
    rows = np.bincount(session).astype(float)
    right = np.bincount(session, is_right).astype(float)
    shares = _resampled(right, rows, np.random.default_rng(seed))
    lower, upper = np.quantile(shares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Score(float(is_right.mean()), float(lower), float(upper), len(is_right))


def scores(
    predicted: NDArray[np.str_], truth: NDArray[np.str_], sessions: NDArray[np.str_], slices: Mapping[str, Bools]
) -> dict[str, Score]:
    """The accuracy over all rows, and over each slice of them."""
    is_right = predicted == truth
    everything = {ALL: np.ones(len(truth), bool), **slices}
    return {name: accuracy(is_right[mask], sessions[mask]) for name, mask in everything.items()}


def agent_slices(truth: NDArray[np.str_]) -> dict[str, Bools]:
    """One slice for each agent: the rows that it should answer."""
    return {f"agent {agent}": truth == agent for agent in np.unique(truth)}


def _resampled(
    right: NDArray[np.float64], rows: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.float64]:
    sessions = len(rows)
    shares = []
    for start in range(0, RESAMPLES, AT_ONCE):
        drawn = random.integers(0, sessions, (min(AT_ONCE, RESAMPLES - start), sessions))
        shares.append(right[drawn].sum(axis=1) / rows[drawn].sum(axis=1))
    return np.concatenate(shares)
