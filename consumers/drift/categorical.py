"""Has a mix of categories drifted? Chi-square over all of them, and each category by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from consumers.drift.distances import Distance
from consumers.drift.mixes import chi_square, each
from consumers.drift.numeric import LEAST_SIZE, NOTHING, Comparison
from consumers.drift.pooled import Floats
from consumers.drift.tails import SMALLEST, smallest_weighted

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
    z, p_values = _two_sided(before, after)
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
    z, p_values = _two_sided(before, after)
    p, q = before / before.sum(), after / after.sum()
    order = np.lexsort((-np.abs(z), p_values))
    return [Category(names[k], float(p[k]), float(q[k]), float(z[k]), float(p_values[k])) for k in order]


def aligned(reference: Mapping[Any, float], current: Mapping[Any, float]) -> tuple[list[Any], Floats, Floats]:
    """The names that occur in either, and their counts in both."""
    names = list(dict.fromkeys([*reference, *current]))
    before = np.array([reference.get(name, 0) for name in names], float)
    after = np.array([current.get(name, 0) for name in names], float)
    return names, before, after


def _distance(before: Floats, after: Floats, method: str) -> Distance:
    statistic, p_value = (float(found) for found in chi_square(before, after))
    p, q = (np.maximum(counts, 0.5) / np.maximum(counts, 0.5).sum() for counts in (before, after))
    if method == "psi":
        return Distance(float((q - p) @ np.log(q / p)), p_value)
    if method == "jensen_shannon":
        middle = (p + q) / 2
        divergence = (p @ np.log2(p / middle) + q @ np.log2(q / middle)) / 2
        return Distance(float(np.sqrt(max(divergence, 0.0))), p_value)
    return Distance(statistic, p_value)


def _two_sided(before: Floats, after: Floats) -> tuple[Floats, Floats]:
    z, more, less = each(before, after, CONTINUITY)
    return z, np.clip(2 * np.minimum(more, less), SMALLEST, 1.0)
