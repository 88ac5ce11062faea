"""Tail probabilities that hold for small samples and skewed scores."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincc, ndtr

LEAST_SKEWNESS = 1e-3
"""Below it a Pearson III distribution and a normal one agree to six digits."""
SMALLEST = 1e-300
"""No p-value is 0: what is that far out is beyond any approximation."""


def two_sided(z: ArrayLike, skewness: ArrayLike) -> Any:
    """p-values of standardised sums whose null distribution has this skewness (Pearson type III).

    >>> round(float(two_sided(1.96, 0.0)), 3)
    0.05
    """
    upper = upper_tail(z, skewness)
    lower = upper_tail(np.negative(z), np.negative(skewness))
    return np.clip(2 * np.minimum(upper, lower), SMALLEST, 1.0)


def upper_tail(z: ArrayLike, skewness: ArrayLike) -> Any:
    """Probability of a value of at least `z` under a standardised Pearson III distribution."""
    z, skewness = np.asarray(z, float), np.asarray(skewness, float)
    size = np.maximum(np.abs(skewness), LEAST_SKEWNESS)
    shape = 4 / size**2
    right = gammaincc(shape, np.maximum(shape + 2 * z / size, 0))
    left = 1 - gammaincc(shape, np.maximum(shape - 2 * z / size, 0))
    pearson = np.where(skewness > 0, right, left)
    return np.where(np.abs(skewness) <= LEAST_SKEWNESS, ndtr(-z), pearson)


def smallest_weighted(p_values: ArrayLike, weights: ArrayLike) -> float:
    """One p-value for several of one hypothesis, each with its share of the error (weights sum to 1).

    >>> smallest_weighted([0.01, 0.5], [0.5, 0.5])
    0.02
    """
    return float(min(1.0, np.min(np.asarray(p_values) / np.asarray(weights))))
