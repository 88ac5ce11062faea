"""How unsure a model is of each text, from its probabilities: 0 where it is certain, 1 where it knows nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Measure = Literal["least_confidence", "margin", "entropy"]
ROWS_AT_ONCE = 4096
"""At 133 classes these are 2 MB: what a step copies stays in the processor's cache."""


def uncertainty(probabilities: NDArray[np.floating], measure: Measure = "margin") -> NDArray[np.float32]:
    """One value in [0, 1] for each row of `probabilities` (rows × classes, each row sums to 1).

    `least_confidence`: how far the greatest is from 1. `margin`: how close the second is to it. `entropy`:
    Shannon's, as a share of that of equal probabilities.

    >>> p = np.array([[1.0, 0.0, 0.0], [0.5, 0.25, 0.25], [0.5, 0.5, 0.0]])
    >>> uncertainty(p).tolist(), uncertainty(p, "least_confidence").tolist()
    ([0.0, 0.75, 1.0], [0.0, 0.75, 0.75])
    """
    rows, classes = probabilities.shape
    values = np.empty(rows, np.float32)
    if classes < 2:
        values.fill(0.0)
        return values
    for start in range(0, rows, ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        values[part] = _MEASURES[measure](probabilities[part])
    return np.clip(values, 0.0, 1.0, out=values)


def _least_confidence(probabilities: NDArray[np.floating]) -> NDArray[np.floating]:
    classes = probabilities.shape[1]
    result: NDArray[np.floating] = (1.0 - probabilities.max(axis=1)) * (classes / (classes - 1))
    return result


def _margin(probabilities: NDArray[np.floating]) -> NDArray[np.floating]:
    rows = np.arange(len(probabilities))
    best = probabilities.argmax(axis=1)
    others = probabilities.copy()
    others[rows, best] = -np.inf
    result: NDArray[np.floating] = 1.0 - (probabilities[rows, best] - others.max(axis=1))
    return result


def _entropy(probabilities: NDArray[np.floating]) -> NDArray[np.floating]:
    floor = np.finfo(np.float32).tiny
    logs = np.log(np.maximum(probabilities, floor))
    result: NDArray[np.floating] = -np.einsum("ij,ij->i", probabilities, logs) / np.log(probabilities.shape[1])
    return result


_MEASURES: dict[Measure, Callable[[NDArray[np.floating]], NDArray[np.floating]]] = {
    "least_confidence": _least_confidence,
    "margin": _margin,
    "entropy": _entropy,
}
