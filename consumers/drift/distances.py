"""The classic distances between two samples of a number, each with a p-value instead of a rule of thumb.

"PSI > 0.1" alarms on almost every window of 50 and on none of 5,000: what a distance means depends on both sizes.
Under the null PSI and 8 x JS (in nats) follow (1/n + 1/m) times chi-square; Kolmogorov-Smirnov's D and Wasserstein's
distance follow functionals of a Brownian bridge, taken at the values there are, so that ties are accounted for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, kolmogorov

from consumers.drift.pooled import Floats, Pooled

BINS = 10
"""Deciles of the reference, as everybody who quotes a PSI takes them."""
LEAST_EXPECTED = 10
"""Observations that a bin should expect in the smaller sample: with fewer the chi-square law is off."""
UNDECIDED = 0.6
"""A p-value above it, which ties make too great, decides nothing either way."""
PATHS = 2_000
"""Brownian bridges: the 5 % point is known to a tenth of itself, and the tail beyond is extrapolated."""
CELLS = 64
"""Values at which a bridge is looked at: enough for the integral of a path."""
GRID = 512
"""Steps of a bridge: twice as fine changes no p-value by a twentieth of itself."""
GREAT_MASS = 0.02
"""Share of one value beyond which ties matter to D: its classic law would find too little."""
EXTRAPOLATED = (200, 20)
"""Numbers of paths beyond the two points through which the Gaussian tail is drawn."""


class Distance(NamedTuple):
    """A distance and the chance of one as great without any drift."""

    statistic: float
    p_value: float


def kolmogorov_smirnov(pooled: Pooled) -> Distance:
    """D: the greatest difference of the two distribution functions."""
    gap = pooled.below_current / pooled.current_size - pooled.below_reference / pooled.reference_size
    d = float(np.abs(gap).max())
    scaled = d / np.sqrt(_noise(pooled))
    classic = float(kolmogorov(scaled))
    masses = np.diff(pooled.below_reference + pooled.below_current, prepend=0)
    if classic > UNDECIDED or masses.max() <= GREAT_MASS * masses.sum():
        return Distance(d, classic)
    return Distance(d, _beyond(_bridges(pooled.cells(CELLS)).max(axis=0), scaled))


def wasserstein(pooled: Pooled) -> Distance:
    """Wasserstein's first distance over the pooled standard deviation.

    The p-value is that of the distance between cells of equal mass, the last of which has no width: a single
    outlier could otherwise decide.
    """
    masses = np.diff(pooled.below_reference + pooled.below_current, prepend=0)
    values = pooled.values
    mean = masses @ values / masses.sum()
    deviation = float(np.sqrt(masses @ (values - mean) ** 2 / masses.sum()))
    if deviation == 0:
        return Distance(0.0, 1.0)
    gap = np.abs(pooled.below_current / pooled.current_size - pooled.below_reference / pooled.reference_size)
    statistic = float(gap[:-1] @ np.diff(values)) / deviation
    coarse = pooled.cells(CELLS)
    widths = np.append(np.diff(coarse.values[:-1]), 0.0) if len(coarse.values) == CELLS else np.diff(coarse.values)
    step = np.abs(coarse.below_current / coarse.current_size - coarse.below_reference / coarse.reference_size)[:-1]
    observed = float(step @ widths) / np.sqrt(_noise(pooled))
    return Distance(statistic, _beyond(widths.astype(np.float32) @ _bridges(coarse)[:-1], observed))


def psi(pooled: Pooled) -> Distance:
    """Population stability index over (at most) the deciles of the reference."""
    reference, current = _binned(pooled)
    p, q = _shares(reference), _shares(current)
    return _chi_square_law(pooled, float((q - p) @ np.log(q / p)), reference, _psi_term)


def jensen_shannon(pooled: Pooled) -> Distance:
    """Jensen-Shannon distance (the root of the divergence in bits, 0 to 1) over the same bins as PSI."""
    reference, current = _binned(pooled)
    p, q = _shares(reference), _shares(current)
    divergence = float(_js_term(p, q).sum())
    law = _chi_square_law(pooled, 8 * divergence, reference, lambda p, q: 8 * _js_term(p, q))
    return Distance(float(np.sqrt(max(divergence, 0.0) / np.log(2))), law.p_value)


def chi_square(pooled: Pooled) -> Distance:
    """Pearson's chi-square over the same bins as PSI."""
    reference, current = _binned(pooled)
    total = reference + current
    expected = total * (current.sum() / total.sum())
    share = reference.sum() / total.sum()
    statistic = float(((current - expected) ** 2 / (expected * share)).sum())
    return Distance(statistic, float(chdtrc(max(len(total) - 1, 1), statistic)) if len(total) > 1 else 1.0)


def _noise(pooled: Pooled) -> float:
    return 1 / pooled.current_size + 1 / pooled.reference_size


def _binned(pooled: Pooled) -> tuple[Floats, Floats]:
    """Counts of both samples in bins between quantiles of the reference; none is empty in both."""
    smaller = min(pooled.current_size, pooled.reference_size)
    bins = int(np.clip(smaller // LEAST_EXPECTED, 2, BINS))
    shares = np.arange(1, bins) / bins * pooled.reference_size
    edges = np.unique(np.append(np.searchsorted(pooled.below_reference, shares), len(pooled.values) - 1))
    reference = np.diff(pooled.below_reference[edges], prepend=0)
    current = np.diff(pooled.below_current[edges], prepend=0)
    filled = (reference + current) > 0
    return reference[filled].astype(float), current[filled].astype(float)


def _shares(counts: Floats) -> Any:
    """Shares in which an empty bin counts half an observation."""
    filled = np.maximum(counts, 0.5)
    return filled / filled.sum()


def _psi_term(p: Floats, q: Floats) -> Any:
    return (q - p) * np.log(q / p)


def _js_term(p: Floats, q: Floats) -> Any:
    middle = (p + q) / 2
    return (p * np.log(p / middle) + q * np.log(q / middle)) / 2


def _chi_square_law(
    pooled: Pooled, statistic: float, reference: Floats, term: Callable[[Floats, Floats], Any]
) -> Distance:
    """p-value by chi-square, scaled to the statistic's mean under the null at these sizes (Bartlett's way)."""
    freedom = len(reference) - 1
    if freedom < 1:
        return Distance(statistic, 1.0)
    shares = reference / reference.sum()
    nodes, weights = _gauss_hermite()
    spread = np.sqrt(shares * (1 - shares) * _noise(pooled))
    q = np.maximum(shares + nodes[:, None] * spread, 0.5 / pooled.current_size)
    mean = float(weights @ term(shares, q).sum(axis=1))
    return Distance(statistic, float(chdtrc(freedom, statistic / mean * freedom)))


@cache
def _gauss_hermite() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    return nodes, weights / weights.sum()


@cache
def _grid() -> NDArray[np.float32]:
    """Brownian bridges, one a column, at `GRID` equal steps."""
    steps = np.random.default_rng(0).standard_normal((GRID, PATHS), dtype=np.float32) / np.sqrt(GRID)
    walks = np.vstack([np.zeros((1, PATHS), np.float32), np.cumsum(steps, axis=0)])
    bridges: NDArray[np.float32] = walks - np.linspace(0, 1, GRID + 1, dtype=np.float32)[:, None] * walks[-1]
    return np.abs(bridges)


def _bridges(pooled: Pooled) -> Any:
    """Sizes of Brownian bridges at the pooled distribution function's values (rows), one path a column."""
    below = pooled.below_reference + pooled.below_current
    return _grid()[np.rint(below * (GRID / below[-1])).astype(int)]


def _beyond(simulated: NDArray[Any], observed: float) -> float:
    """Share of the simulated statistics that reach the observed one; far out by a Gaussian tail."""
    reaching = int((simulated >= observed).sum())
    if reaching >= EXTRAPOLATED[0]:
        return reaching / len(simulated)
    near, far = (np.partition(simulated, -count)[-count].astype(float) for count in EXTRAPOLATED)
    ratio = np.log(EXTRAPOLATED[0] / EXTRAPOLATED[1]) / max(far**2 - near**2, 1e-12)
    return float(EXTRAPOLATED[0] / len(simulated) * np.exp(-(observed**2 - near**2) * ratio))
