"""Probabilities that mean what they say, and the threshold of "none of them", from held-out scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from headrace.router.model import Calibration, Doubles, evidence

REJECTED = 0.05
"""Share of queries in scope that may be called out of scope: what the threshold costs."""
PRIOR = 1.0
"""Right and wrong decisions added to those seen, so that a router that never erred is not certain."""


def calibrate(
    scores: Doubles,
    clarity: Doubles,
    agent: NDArray[np.int64],
    unknown: Doubles,
    similarity: Doubles,
    weights: tuple[float, float],
) -> Calibration:
    """From scores of examples by a model that had not seen them, and their true agents.

    `weights` are those of unknown words and of similarity in the evidence.
    """
    raw = Calibration(1.0, *weights, 1.0, 0.0, 0.0)
    found = evidence(clarity, unknown, similarity, raw)
    slope, offset = _logistic(found, scores.argmax(axis=1) == agent)
    sure = 1.0 / (1.0 + np.exp(-(slope * found + offset)))
    return Calibration(_temperature(scores, agent), *weights, slope, offset, float(np.quantile(sure, REJECTED)))


def expected_calibration_error(sure: Doubles, right: NDArray[np.bool_], bins: int = 15) -> float:
    """Mean distance between how sure and how often right, over equal bins of sureness, weighted by their size.

    >>> float(expected_calibration_error(np.array([0.9, 0.9]), np.array([True, True])).__round__(2))
    0.1
    """
    place = np.minimum((sure * bins).astype(int), bins - 1)
    gap = np.abs(np.bincount(place, sure, bins) - np.bincount(place, right, bins))
    return float(gap.sum() / len(sure))


def _temperature(scores: Doubles, agent: NDArray[np.int64]) -> float:
    rows = np.arange(len(scores))

    def loss(logarithm: float) -> float:
        sharp = scores / np.exp(logarithm)
        sharp = sharp - sharp.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(sharp).sum(axis=1)) - sharp[rows, agent]))

    return float(np.exp(minimize_scalar(loss, bounds=(-5.0, 3.0), method="bounded").x))


def _logistic(found: Doubles, right: NDArray[np.bool_]) -> tuple[float, float]:
    middle, spread = found.mean(), found.std() + 1e-9
    sizes = (found - middle) / spread

    def loss(place: NDArray[np.float64]) -> float:
        logits = np.exp(place[0]) * sizes + place[1]
        errors = np.logaddexp(0, np.where(right, -logits, logits)).sum()
        return float(errors + PRIOR * (np.logaddexp(0, place[1]) + np.logaddexp(0, -place[1]) + place[0] ** 2))

    rise, level = minimize(loss, np.array([0.0, 1.0]), method="Nelder-Mead").x
    slope = float(np.exp(rise) / spread)
    return slope, float(level - slope * middle)
