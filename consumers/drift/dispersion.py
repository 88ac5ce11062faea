"""How much more counts and means vary from window to window than independent interactions would.

Turns of a session share their agent, their topic and their user, and days differ: counts are over-dispersed against
the multinomial law that the tests assume. Cochran's quasi-multinomial law has the same shares and `dispersion` times
the variance; it is estimated from the windows of the reference by the statistic of their homogeneity over its degrees
of freedom. Rao and Scott's way to use it: n interactions tell as much as n / dispersion independent ones, so counts
are divided by it (`thinned`) and every test stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from consumers.drift.pooled import Weighted

PRIOR_DISPERSION, PRIOR_FREEDOM = 1.5, 4.0
"""What is taken until windows have told, and how many degrees of freedom that is worth: most traffic has sessions."""
UNCERTAINTY = 6.0
"""Over the degrees of freedom: what is divided by an estimate has Student's tails, which at 3.3 standard errors, where
monitors alarm, begin 1 + (3.3² + 1) / 4 / freedom times further out; this is that, squared."""
LEAST_VARIANCE = 1e-12
"""Of the mean square: below it a number is constant but for rounding."""


class Parts(msgspec.Struct, array_like=True, frozen=True):
    """What is kept of a signal's windows, beside their sum: adds up over windows."""

    windows: int = 0
    """Those that have any value of it."""
    squares: dict[str, float] = {}
    """Sum over windows of count² / size, for each category; of total² / size for a number, under its own name."""


class Excess(NamedTuple):
    """A statistic of homogeneity, and what it is on the average where all is independent."""

    statistic: float
    freedom: int


def mix_parts(counts: Mapping[str, int]) -> Parts:
    """One window's mix."""
    size = sum(counts.values())
    return Parts(1, {name: count**2 / size for name, count in counts.items()}) if size else Parts()


def number_parts(name: str, count: int, total: float) -> Parts:
    """One window's values of a number: how many, and their sum."""
    return Parts(1, {name: total**2 / count}) if count else Parts()


def added(several: Iterable[Parts]) -> Parts:
    """The parts of all windows of each of them."""
    windows, squares = 0, dict[str, float]()
    for parts in several:
        windows += parts.windows
        for name, square in parts.squares.items():
            squares[name] = squares.get(name, 0.0) + square
    return Parts(windows, squares)


def mix_excess(counts: Mapping[str, int], parts: Parts) -> Excess:
    """Pearson's chi-square of the windows' homogeneity; `counts` are those of all windows together.

    >>> windows = [{"a": 30, "b": 10}, {"a": 10, "b": 30}]
    >>> mix_excess({"a": 40, "b": 40}, added(map(mix_parts, windows)))
    Excess(statistic=20.0, freedom=1)
    """
    known = {name: count for name, count in counts.items() if count}
    if len(known) < 2 or parts.windows < 2:
        return Excess(0.0, 0)
    size = sum(known.values())
    within = sum(parts.squares.get(name, 0.0) * size / count for name, count in known.items())
    return Excess(max(within - size, 0.0), (len(known) - 1) * (parts.windows - 1))


def number_excess(name: str, count: int, total: float, squares: float, parts: Parts) -> Excess:
    """Variance of the windows' means over that within windows; count, sum and sum of squares are of all windows."""
    freedom = parts.windows - 1
    between = parts.squares.get(name, 0.0) - total**2 / max(count, 1)
    within = squares - parts.squares.get(name, 0.0)
    if freedom < 1 or count <= parts.windows or within <= LEAST_VARIANCE * squares:
        return Excess(0.0, 0)
    return Excess(max(between, 0.0) * (count - parts.windows) / within, freedom)


def dispersion(several: Iterable[Excess]) -> float:
    """The factor, 1 or more, from all that was seen of it; little evidence is drawn to the prior and widened.

    >>> [round(dispersion([Excess(seen * 54.0, 54)]), 2) for seen in (0.8, 1.0, 3.0)], dispersion([])
    ([1.0, 1.14, 3.2], 3.75)
    """
    seen = list(several)
    freedom = PRIOR_FREEDOM + sum(excess.freedom for excess in seen)
    statistic = PRIOR_DISPERSION * PRIOR_FREEDOM + sum(excess.statistic for excess in seen)
    return max(1.0, statistic / freedom * (1 + UNCERTAINTY / freedom))


def thinned(sample: Any, factor: float) -> Any:
    """The sample as so many independent interactions: counts by label and `Weighted` values; others stay.

    >>> thinned({"a": 30, "b": 15}, 3.0)
    {'a': 10.0, 'b': 5.0}
    """
    if isinstance(sample, Weighted) and sample.counts is not None:
        return Weighted(sample.values, sample.counts / factor)
    return {name: count / factor for name, count in sample.items()} if isinstance(sample, Mapping) else sample
