"""Has a number drifted? One comparison of two samples, by the method that the settings name or by all that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from consumers.drift import distances
from consumers.drift.pooled import Pooled, Sample, pool
from consumers.drift.ranks import standardised
from consumers.drift.tails import smallest_weighted

Method = Literal["kolmogorov_smirnov", "psi", "jensen_shannon", "wasserstein", "chi_square"]

METHODS: dict[Method, Callable[[Pooled], distances.Distance]] = {
    "kolmogorov_smirnov": distances.kolmogorov_smirnov,
    "psi": distances.psi,
    "jensen_shannon": distances.jensen_shannon,
    "wasserstein": distances.wasserstein,
    "chi_square": distances.chi_square,
}
LOCATION_SHARE, SCALE_SHARE, DISTANCE_SHARE = 0.7, 0.15, 0.15
"""How the error is divided: most drift of a latency or a score is a shift, and a shift is found by location."""
LEAST_SIZE = 5
"""With fewer values in one sample nothing can be said."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What one comparison of two samples found."""

    statistic: float
    """The distance named by `method`: D, PSI, ..."""
    p_value: float
    """Chance of as much without any drift."""
    method: str
    distance_p_value: float
    """The same from that distance alone."""
    z: float = 0.0
    """How many standard errors the current sample lies higher (ranks), or its most changed category is up."""
    z_scale: float = 0.0
    """How many standard errors it spreads wider."""


NOTHING = Comparison(statistic=0.0, p_value=1.0, method="none", distance_p_value=1.0)


def numeric(
    reference: Sample, current: Sample, method: Method = "kolmogorov_smirnov", *, alone: bool = False
) -> Comparison:
    """Compares two samples of a number: arrays, or `Weighted` values of digests. Missing values are left out.

    `p_value` combines rank tests of location and scale with the method's distance, and holds at any sizes, with ties
    and heavy tails; `alone` makes it the distance's own.

    >>> numeric([1, 2, 3, 4, 5] * 20, [2, 3, 4, 5, 6] * 20).p_value < 0.001
    True
    """
    pooled = pool(reference, current)
    if min(pooled.reference_size, pooled.current_size) < LEAST_SIZE:
        return NOTHING
    return compared(pooled, method, alone)


def compared(pooled: Pooled, method: Method, alone: bool = False) -> Comparison:
    """The comparison of two samples that are pooled already."""
    distance = METHODS[method](pooled)
    if alone:
        return Comparison(
            statistic=distance.statistic, p_value=distance.p_value, method=method, distance_p_value=distance.p_value
        )
    z, p_values = standardised(pooled.cells())
    shares = [LOCATION_SHARE, SCALE_SHARE][: len(z)]
    shares.append(1 - sum(shares))
    return Comparison(
        statistic=distance.statistic,
        p_value=smallest_weighted([*p_values, distance.p_value], shares),
        method=method,
        distance_p_value=distance.p_value,
        z=float(z[0]) if len(z) else 0.0,
        z_scale=float(z[1]) if len(z) > 1 else 0.0,
    )
