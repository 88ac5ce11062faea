"""How far out does a sum of scores lie whose distribution is known? Tails that hold for a handful of ugly scores.

Three moments do not tell the tail of a sum of thirty scores of which most are one value. The saddlepoint takes all of
the scores' distribution, and is right to a few per cent of a tail however far out.

O. E. Barndorff-Nielsen, "Modified signed log likelihood ratio", 1991.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from consumers.drift.pooled import Floats
from consumers.drift.tails import SMALLEST

STEPS = 12
"""Of Newton's method within a bracket; 6 are enough for most."""


class Sums(NamedTuple):
    """Sums of values drawn from a score's distribution, less what a reference of `reference_size` says of its mean."""

    scores: Floats
    """Distinct, of mean 0 and variance 1 under `masses`."""
    masses: Floats
    sizes: Floats
    """Values in each sum."""
    reference_size: float


def beyond(z: Floats, sums: Sums) -> Floats:
    """Two-sided p-value of each standardised sum; for those some two deviations out and further.

    >>> waits = -np.log1p(-(np.arange(4000) + 0.5) / 4000)
    >>> scores = (waits - waits.mean()) / waits.std()
    >>> beyond(np.array([3.0]), Sums(scores, np.full(4000, 1 / 4000), np.array([30.0]), 1e12)).round(4).tolist()
    [0.0082]
    """
    total = z * np.sqrt(sums.sizes + sums.sizes**2 / sums.reference_size)
    slope = _saddlepoint(total, sums)
    cumulant, _, second = _cumulants(slope, sums)
    root = np.sign(slope) * np.sqrt(np.maximum(2 * (slope * total - cumulant), 1e-12))
    p_values: Floats = np.clip(2 * ndtr(-np.abs(root + np.log(slope * np.sqrt(second) / root) / root)), SMALLEST, 1.0)
    return p_values


def _saddlepoint(total: Floats, sums: Sums) -> Floats:
    """The slope at which the sums' tilted law has each total for its mean."""
    side = np.sign(total)
    slope = total / (sums.sizes + sums.sizes**2 / sums.reference_size)
    near, far = np.zeros(len(total)), np.full(len(total), np.inf)
    for _ in range(STEPS):
        _, first, second = _cumulants(slope, sums)
        short = side * (first - total) < 0
        size = np.abs(slope)
        near, far = np.where(short, size, near), np.where(short, far, size)
        size = side * (slope - (first - total) / np.maximum(second, 1e-12))
        middle = np.where(np.isinf(far), 2 * near, (near + far) / 2)
        slope = side * np.where((near <= size) & (size <= far), size, middle)
    return slope


def _cumulants(slope: Floats, sums: Sums) -> tuple[Floats, Floats, Floats]:
    """The sums' cumulant generating function at `slope`, and its first two derivatives."""
    exponents = slope[:, None] * sums.scores
    greatest = exponents.max(axis=1)
    tilted = sums.masses * np.exp(exponents - greatest[:, None])
    mass = tilted.sum(axis=1)
    mean = tilted @ sums.scores / mass
    square = tilted @ sums.scores**2 / mass
    n, noise = sums.sizes, sums.sizes**2 / sums.reference_size
    return (
        n * (np.log(mass) + greatest) + noise * slope**2 / 2,
        n * mean + noise * slope,
        n * (square - mean**2) + noise,
    )
