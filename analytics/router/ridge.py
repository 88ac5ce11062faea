"""Weighted ridge regression for many targets and folds at once, by conjugate gradients.

All columns share one pass over the sparse rows, and a solution near the last one is found in a few steps: that is
what makes updates cheap, while their result is the same as that of training anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from headrace.router.tfidf import Floats

TOLERANCE = 3e-3
"""Residual, relative to the right-hand side's, at which a column is solved: tighter changes no decision."""
CLOSER = 0.5
"""Of the residual at the start that may be left at the end: a few new examples among thousands are learnt too."""
STEPS = 60
"""At most; 40 are usual from nothing."""


@dataclass(frozen=True)
class Design:
    """Examples × features: sparse n-grams beside dense columns (bias, sentence vector)."""

    sparse: csr_matrix
    dense: Floats

    def times(self, solution: Floats) -> Floats:
        features = self.sparse.shape[1]
        return np.asarray(self.sparse @ solution[:features] + self.dense @ solution[features:], np.float32)

    def transposed_times(self, values: Floats) -> Floats:
        return np.concatenate((np.asarray(self._transposed @ values, np.float32), self.dense.T @ values))

    @property
    def _transposed(self) -> csr_matrix:
        return self.sparse.T

    @property
    def features(self) -> int:
        return int(self.sparse.shape[1] + self.dense.shape[1])


def solve(
    design: Design, targets: Floats, weights: Floats, penalty: float | Floats, start: Floats | None = None
) -> Floats:
    """For each column c the w that makes sum(weights[:, c] * (targets[:, c] - design w)^2) + sum(penalty * w^2) least.

    `targets` and `weights` are examples × columns; returns features × columns, and `penalty` may have that shape.
    `start` is where to begin.
    """
    stiff = np.asarray(penalty, np.float32)
    right = design.transposed_times(weights * targets)
    solution = np.zeros_like(right) if start is None else start.copy()

    def applied(columns: Floats) -> Floats:
        return design.transposed_times(weights * design.times(columns)) + stiff * columns

    scale = np.asarray(1 / np.maximum(squares(design, weights) + stiff, 1e-6), np.float32)
    residual = right - applied(solution) if start is not None else right.copy()
    enough = np.minimum(TOLERANCE * _norms(right), CLOSER * _norms(residual))
    return _descend(applied, solution, residual, scale, np.asarray(enough, np.float32))


def _descend(
    applied: Callable[[Floats], Floats], solution: Floats, residual: Floats, scale: Floats, enough: Floats
) -> Floats:
    """Conjugate gradients with a diagonal preconditioner, every column at its own pace."""
    ahead = scale * residual
    direction, energy = ahead.copy(), _dots(residual, ahead)
    for _ in range(STEPS):
        if (_norms(residual) <= enough).all():
            break
        image = applied(direction)
        step = energy / np.maximum(_dots(direction, image), 1e-30)
        solution += step * direction
        residual -= step * image
        ahead = scale * residual
        energy, before = _dots(residual, ahead), energy
        direction = ahead + energy / np.maximum(before, 1e-30) * direction
    return solution


def squares(design: Design, weights: Floats) -> Floats:
    """Features × columns: the sum of weights * value^2 over the examples, the diagonal Fisher information."""
    squared = Design(design.sparse.multiply(design.sparse).tocsr(), design.dense**2)
    return squared.transposed_times(weights)


def _dots(left: Floats, right: Floats) -> Floats:
    return np.asarray(np.einsum("fc,fc->c", left, right))


def _norms(columns: Floats) -> Floats:
    return np.asarray(np.sqrt(_dots(columns, columns)))
