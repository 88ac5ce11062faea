"""A whole frame of signals at once: which of them drifted, with the false discovery rate held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from consumers.drift.categorical import categorical
from consumers.drift.embedding import embedding
from consumers.drift.numeric import Comparison, Method, numeric
from consumers.drift.pooled import Floats, Weighted

LEVEL = 0.05
"""Share of frames without any drift in which some signal may alarm."""


class Signal(msgspec.Struct, frozen=True):
    """One signal of a frame: its comparison, and the decision among all signals."""

    name: str
    comparison: Comparison
    adjusted_p_value: float
    """Least false discovery rate at which this signal alarms (Benjamini-Hochberg)."""
    alarm: bool


def adjusted(p_values: ArrayLike) -> Floats:
    """Benjamini and Hochberg's adjusted p-values; with no drift at all they are Simes' test of the frame.

    >>> adjusted([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, float)
    order = np.argsort(p)[::-1]
    ranks = np.arange(len(p), 0, -1)
    result = np.empty_like(p)
    result[order] = np.minimum.accumulate(np.minimum(p[order] * len(p) / ranks, 1.0))
    return result


def frame(
    reference: Mapping[str, Any],
    current: Mapping[str, Any],
    method: Method = "kolmogorov_smirnov",
    level: float = LEVEL,
) -> list[Signal]:
    """Compares the signals that both frames have, and decides over all of them together.

    A signal is an array of numbers or `Weighted` values, an array of labels or counts by label, or a matrix of
    vectors. A signal that is constant in both never alarms but counts.
    """
    names = [name for name in reference if name in current]
    comparisons = [compare(reference[name], current[name], method) for name in names]
    return decide(names, comparisons, level)


def decide(names: list[str], comparisons: list[Comparison], level: float = LEVEL) -> list[Signal]:
    """The signals with their adjusted p-values, in the order given."""
    if not comparisons:
        return []
    return decided(names, comparisons, adjusted([comparison.p_value for comparison in comparisons]), level)


def decided(names: list[str], comparisons: list[Comparison], corrected: Floats, level: float) -> list[Signal]:
    """The signals with p-values that are adjusted already."""
    return [
        Signal(name, comparison, float(p), bool(p <= level))
        for name, comparison, p in zip(names, comparisons, corrected, strict=True)
    ]


def compare(reference: Any, current: Any, method: Method) -> Comparison:
    """The comparison that fits the signal's kind."""
    return _test(reference)(reference, current, method)


def _test(sample: Any) -> Callable[..., Comparison]:
    if isinstance(sample, Weighted):
        return numeric
    if isinstance(sample, Mapping):
        return categorical
    values = np.asarray(sample)
    if values.ndim == 2:
        return embedding
    return categorical if values.dtype.kind in "OUSb" else numeric
