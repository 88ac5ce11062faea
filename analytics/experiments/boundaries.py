"""How far apart two variants must be at each planned look: O'Brien and Fleming's boundaries by alpha spending.

Whoever looks every day and stops at the first p < .05 is wrong in 36 of 100 tests of equal variants. Here the
error is shared out over the looks beforehand: nearly nothing is spent early, nearly all is left for the last.

Source: K. K. G. Lan and D. L. DeMets, Discrete sequential boundaries for clinical trials, Biometrika 70 (1983);
densities by the recursion of P. Armitage, C. K. McPherson and B. C. Rowe, JRSS A 132 (1969).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]

FURTHEST = 8.0
"""Standard errors: a boundary beyond spends less than 1e-15, which is nothing."""
NODES = 256
"""Of the numerical integral: the boundaries are right to three digits with looks as close as 1 % of the whole."""
WIDEST = 6.0
"""Standard errors within which a test of equal variants is followed: it leaves them once in 500 million."""

_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(NODES)


def spent(time: float, alpha: float) -> float:
    """Share of `alpha` (two-sided) that may be spent up to `time` (0 to 1) of the plan.

    >>> spent(1.0, 0.05), spent(0.5, 0.05) < 0.01
    (0.05, True)
    """
    if time <= 0:
        return 0.0
    return alpha if time >= 1 else float(4 * ndtr(ndtri(alpha / 4) / np.sqrt(time)))


def boundaries(times: Sequence[float], information: Sequence[float], alpha: float = 0.05) -> list[float]:
    """The |z| to reach at each look; `times` are shares of the plan, `information` is 1/variance at that look.

    Looks must bring information: one that brings none gets the furthest boundary. Raises ValueError where the
    two do not belong together.

    >>> [round(z, 2) for z in boundaries([0.2, 0.4, 0.6, 0.8, 1.0], [1, 2, 3, 4, 5])]
    [4.88, 3.36, 2.68, 2.29, 2.03]
    """
    if len(times) != len(information):
        raise ValueError(f"{len(times)} times, {len(information)} values of information: one of each for every look")
    found: list[float] = []
    path = _Path()
    before = 0.0
    for time, amount in zip(times, information, strict=True):
        upto = spent(min(time, 1.0), alpha)
        found.append(path.step(amount, upto - before))
        before = upto
    return found


class _Path:
    """Where a test of equal variants may stand that has crossed no boundary so far."""

    def __init__(self) -> None:
        self._places: Array = np.zeros(1)
        self._weights: Array = np.ones(1)
        self._information = 0.0

    def step(self, information: float, spend: float) -> float:
        """The boundary at the next look, in standard errors, and the path moved past it."""
        added = information - self._information
        if added <= 0:
            return FURTHEST
        z = self._boundary(information, added, spend)
        self._move(information, added, z)
        return z

    def _boundary(self, information: float, added: float, spend: float) -> float:
        def excess(z: float) -> float:
            return self._beyond(z * np.sqrt(information), np.sqrt(added)) - spend

        return FURTHEST if excess(FURTHEST) >= 0 else float(brentq(excess, 0.0, FURTHEST, xtol=1e-8))

    def _beyond(self, edge: float, spread: float) -> float:
        """Probability to be past +-edge at the next look, not having crossed before."""
        outside = ndtr((self._places - edge) / spread) + ndtr((-edge - self._places) / spread)
        return float(self._weights @ outside)

    def _move(self, information: float, added: float, z: float) -> None:
        edge, spread = min(z, WIDEST) * np.sqrt(information), np.sqrt(added)
        places = edge * _NODES
        density = self._weights @ _bell((places[None, :] - self._places[:, None]) / spread) / spread
        self._places, self._weights, self._information = places, edge * _NODE_WEIGHTS * density, information


def _bell(z: Array) -> Array:
    """The density of the standard normal distribution."""
    bell: Array = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return bell
