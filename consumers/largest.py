"""The few largest values of each row of a large matrix, as neighbours by similarity are sought."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def largest(values: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Columns of the `count` largest values of each row, the largest first, and these values; each (rows, count).

    Of equal values the first column comes first. `values` is used up: what was found is -inf afterwards. One pass for
    each: for a handful of neighbours among thousands several times as fast as numpy's partition.

    >>> columns, found = largest(np.array([[1, 5, 3, 5]], np.float32), 3)
    >>> columns.tolist(), found.tolist()
    ([[1, 3, 2]], [[5.0, 5.0, 3.0]])
    """
    rows = np.arange(len(values))
    columns = np.empty((len(values), count), np.int64)
    found = np.empty((len(values), count), np.float32)
    for place in range(count):
        columns[:, place] = values.argmax(axis=1)
        found[:, place] = values[rows, columns[:, place]]
        values[rows, columns[:, place]] = -np.inf
    return columns, found
