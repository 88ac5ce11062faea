"""Has a mix of categories drifted? Chi-square over all of them, and each category by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from consumers.drift.distances import Distance
from consumers.drift.numeric import LEAST_SIZE, NOTHING, Comparison
from consumers.drift.pooled import Floats
from consumers.drift.tails import smallest_weighted, two_sided

LEAST_EXPECTED = 2.0
"""Observations that a category should expect in the smaller sample; rarer ones are one for chi-square."""
CONTINUITY = 0.5
"""Half a count: makes the tail of a count no smaller than it is."""

Categories = Mapping[Any, int] | Sequence[Any] | NDArray[Any]


class Category(NamedTuple):
    """How one category moved."""

    name: Any
    reference_share: float
    current_share: float
    z: float
    p_value: float


def counted(sample: Categories) -> Mapping[Any, int]:
    """How often each category occurs, without missing ones; counts are taken as they are.

    >>> counted(["a", None, "a"])
    Counter({'a': 2})
    """
    if isinstance(sample, Mapping):
        return sample
    counts = Counter(sample.tolist() if isinstance(sample, np.ndarray) else sample)
    for missing in [key for key in counts if key is None or key != key]:
        del counts[missing]
    return counts


def categorical(reference: Categories, current: Categories, method: str = "chi_square") -> Comparison:
    """Compares two mixes: labels, or counts by label.

    `statistic` is PSI or Jensen-Shannon's distance if the method is one of them, else chi-square; `p_value` combines
    chi-square with the most changed category, which finds a new or a small one.

    >>> categorical({"a": 500, "b": 500}, {"a": 50, "b": 80}).p_value < 0.05
    True
    """
    first, second = counted(reference), counted(current)
    _, before, after = aligned(first, second)
    if len(before) < 2 or min(before.sum(), after.sum()) < LEAST_SIZE:
        return NOTHING
    distance = _distance(before, after, method)
    z, p_values = _each(before, after)
    own = min(1.0, float(p_values.min()) * (len(z) - (len(z) == 2)))
    return Comparison(
        statistic=distance.statistic,
        p_value=smallest_weighted([distance.p_value, own], [0.5, 0.5]) if len(z) > 2 else own,
        method=method if method in ("psi", "jensen_shannon") else "chi_square",
        distance_p_value=distance.p_value,
        z=float(z[np.argmax(np.abs(z))]),
    )


def moved(reference: Categories, current: Categories) -> list[Category]:
    """Every category, the most changed first; p-values are each category's own."""
    names, before, after = aligned(counted(reference), counted(current))
    if not len(names) or not before.sum() or not after.sum():
        return []
    z, p_values = _each(before, after)
    p, q = before / before.sum(), after / after.sum()
    order = np.lexsort((-np.abs(z), p_values))
    return [Category(names[k], float(p[k]), float(q[k]), float(z[k]), float(p_values[k])) for k in order]


def aligned(reference: Mapping[Any, int], current: Mapping[Any, int]) -> tuple[list[Any], Floats, Floats]:
    """The names that occur in either, and their counts in both."""
    names = list(dict.fromkeys([*reference, *current]))
    before = np.array([reference.get(name, 0) for name in names], float)
    after = np.array([current.get(name, 0) for name in names], float)
    return names, before, after


def _each(before: Floats, after: Floats) -> tuple[Floats, Floats]:
    """z and two-sided p-value of every category's count, given the margins (hypergeometric)."""
    m, n = before.sum(), after.sum()
    total = m + n
    share = (before + after) / total
    expected = n * share
    variance = np.maximum(n * m / (total - 1) * share * (1 - share), 1e-12)
    excess = after - expected
    z = np.sign(excess) * np.maximum(np.abs(excess) - CONTINUITY, 0) / np.sqrt(variance)
    skewness = (1 - 2 * share) * (m - n) / ((total - 2) * np.sqrt(variance)) * ((total - 1) / total)
    return z, two_sided(z, skewness)


def _distance(before: Floats, after: Floats, method: str) -> Distance:
    first, second = _merged(before, after)
    total = first + second
    n, m = second.sum(), first.sum()
    statistic = float((((second - n * total / total.sum()) ** 2) / total).sum() * (n + m) ** 2 / (n * m))
    freedom = len(total) - 1
    p_value = float(chdtrc(freedom, statistic * (n + m - 1) / (n + m))) if freedom else 1.0
    p, q = (np.maximum(counts, 0.5) / np.maximum(counts, 0.5).sum() for counts in (first, second))
    if method == "psi":
        return Distance(float((q - p) @ np.log(q / p)), p_value)
    if method == "jensen_shannon":
        middle = (p + q) / 2
        divergence = (p @ np.log2(p / middle) + q @ np.log2(q / middle)) / 2
        return Distance(float(np.sqrt(max(divergence, 0.0))), p_value)
    return Distance(statistic, p_value)


def _merged(before: Floats, after: Floats) -> tuple[Floats, Floats]:
    total = before + after
    share = min(before.sum(), after.sum()) / total.sum()
    rare = total * share < LEAST_EXPECTED
    if not rare.any():
        return before, after
    kept = ~rare
    return np.append(before[kept], before[rare].sum()), np.append(after[kept], after[rare].sum())
