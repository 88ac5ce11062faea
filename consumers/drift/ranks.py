"""Does one sample lie higher, or spread wider? Permutation tests on normal scores of the pooled ranks.

Normal scores lose nothing against the t-test on normal logs, need no choice of a scale, and heavy tails and ties
change neither their level nor their worth. Under the null the labels of the pooled sample are exchangeable: mean,
variance and skewness of each score's sum are known exactly, so the p-values hold for small and unequal samples.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from consumers.drift.pooled import Floats, Pooled
from consumers.drift.tails import two_sided

LEAST_NORM = 1e-9
"""A score that is shorter than this after orthogonalisation is a function of the others."""


def normal_scores(pooled: Pooled) -> tuple[Floats, Floats]:
    """Location and scale scores of each distinct value (columns), of mean 0, variance 1, uncorrelated; and masses.

    Fewer columns where there are too few distinct values.
    """
    below = (pooled.below_reference + pooled.below_current).astype(float)
    masses = np.diff(below, prepend=0.0) / below[-1]
    location = ndtri(below / below[-1] - masses / 2)
    columns: list[Floats] = []
    for score in (location, location**2):
        score = score - masses @ score
        for other in columns:
            score = score - (masses @ (score * other)) * other
        norm = np.sqrt(masses @ score**2)
        if norm > LEAST_NORM:
            columns.append(score / norm)
    return np.column_stack(columns) if columns else np.zeros((len(masses), 0)), masses


def standardised(pooled: Pooled) -> tuple[Floats, Floats]:
    """z and p-value of each score's sum over the current sample: location, then scale."""
    scores, masses = normal_scores(pooled)
    n, m = pooled.current_size, pooled.reference_size
    total = n + m
    current = np.diff(pooled.below_current, prepend=0)
    z = (current @ scores) / np.sqrt(n * m / (total - 1))
    third = masses @ scores**3
    skewness = third * (m - n) / (total - 2) * np.sqrt((total - 1) / (n * m))
    return z, two_sided(z, skewness)
