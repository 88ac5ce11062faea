"""The part of a reference that is comparable: the same mix of hours, or of agents, as the current sample."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.drift.categorical import categorical

HOUR = np.timedelta64(1, "h")
MONDAY = np.datetime64("1970-01-05T00", "us")
LEAST_RATIO = 0.5
"""A matched reference of half the current sample still decides; with less a coarser match is taken."""
COVERED = 0.95
"""Share of the current rows that have an hour with enough reference."""
DIFFERENT = 0.01
"""p-value below which two mixes of hours are too different to be compared as they are."""

Strata = NDArray[Any]


def matched(reference: Strata, current: Strata, least_ratio: float = 0.0) -> NDArray[np.int64] | None:
    """Rows of the reference, evenly spaced, whose strata have the current sample's shares.

    None where the strata that both have hold too few reference rows, or too few of the current ones.
    """
    wanted, counts = np.unique(current, return_counts=True)
    available = {stratum: np.flatnonzero(reference == stratum) for stratum in wanted}
    ratios = np.array([len(available[stratum]) for stratum in wanted]) / counts
    usable = ratios >= max(least_ratio, 1e-9)
    if not usable.any() or counts[usable].sum() < COVERED * counts.sum():
        return None
    ratio = ratios[usable].min()
    rows = [
        available[stratum][np.linspace(0, len(available[stratum]) - 1, int(ratio * count)).astype(int)]
        for stratum, count in zip(wanted[usable], counts[usable], strict=True)
    ]
    return np.sort(np.concatenate(rows))


def same_season(reference: Strata, current: Strata) -> tuple[str, NDArray[np.int64] | None]:
    """How the reference was matched to the current sample's times, and its rows; None takes all of them.

    By hour of the week, else of the day, where the hours differ and there is enough reference.
    """
    for name, hours in (("hour of week", 168), ("hour of day", 24)):
        before, after = (((times - MONDAY) // HOUR).astype(int) % hours for times in (reference, current))
        if categorical(before, after).p_value >= DIFFERENT:
            continue
        rows = matched(before, after, LEAST_RATIO)
        if rows is not None:
            return name, rows
    return "", None
