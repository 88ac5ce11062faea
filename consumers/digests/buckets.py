"""Numbers as integer counts in log-spaced buckets: a value is off by at most 1 %, and merging is adding.

A bucket's code is a small integer that grows with the value: 0 holds zero (and everything nearer to it than
10^-9), positive codes positive values, negative codes negative ones. The buckets are frozen with the format.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

GROWTH = 1.0198
"""From one bound to the next: half of it, less than 1 %, is the greatest error of a bucket's middle."""
_SMALLEST_POWER = -1057
_GREATEST_POWER = 1409
_BOUNDS = np.array([GROWTH**power for power in range(_SMALLEST_POWER, _GREATEST_POWER + 1)])
"""10^-9 to 10^12: nanodollars to days in microseconds."""
LAST = len(_BOUNDS) - 1
"""The code of the greatest values; codes run from -LAST to LAST."""
_MIDDLES = np.concatenate(([0.0], 2.0 * _BOUNDS[1:] / (GROWTH + 1.0)))

Codes = NDArray[np.int16]
Counts = NDArray[np.int64]


def codes_of(values: ArrayLike) -> Codes:
    """The buckets' codes of finite values.

    >>> codes_of([0.0, 1.0, -1.0, 2.0]).tolist()
    [0, 1057, -1057, 1093]
    """
    numbers = np.asarray(values, np.float64)
    places = np.minimum(np.searchsorted(_BOUNDS, np.abs(numbers)), LAST)
    return np.where(numbers < 0, -places, places).astype(np.int16)


def values_of(codes: Codes) -> NDArray[np.float64]:
    """A value within 1 % of everything that lies in each bucket.

    >>> values_of(codes_of([250.0])).round().tolist()
    [249.0]
    """
    return np.copysign(_MIDDLES[np.abs(codes)], codes)
