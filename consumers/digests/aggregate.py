"""Columns of a chunk to its summaries: all groups and signals at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from consumers.digests.buckets import LAST, codes_of
from consumers.digests.signals import LARGEST_STEPS, STEPS
from consumers.digests.summary import Numeric, Summary, merged_counts

Ints = NDArray[np.int64]
_SPAN = 2 * LAST + 1
_HALF_BITS = 16
_DENSE = 16
"""Places for each value up to which all of them are counted, which is faster than sorting the values."""


class Entries(NamedTuple):
    """Values of one signal: the group of each, the value (finite), and 1, or -1 where it is taken back."""

    groups: Ints
    values: NDArray[np.float64]
    weights: Ints


class Labels(NamedTuple):
    """Values of one category: the group of each, its place in `names`, and 1 or -1."""

    groups: Ints
    places: Ints
    weights: Ints
    names: list[str]


def summarize(interactions: Ints, numeric: Mapping[str, Entries], categories: Mapping[str, Labels]) -> list[Summary]:
    """One summary for each group; `interactions` counts those of each.

    >>> one = Entries(np.array([0, 0]), np.array([100.0, 200.0]), np.array([1, 1]))
    >>> summarize(np.array([2]), {"latency_ms": one}, {})[0].numeric["latency_ms"].total
    30000
    """
    groups = len(interactions)
    numbers = {name: _numeric(STEPS[name], entries, groups) for name, entries in sorted(numeric.items())}
    labels = {name: _counted(entries) for name, entries in sorted(categories.items())}
    return [
        Summary(
            int(interactions[group]),
            {name: one for name, by_group in numbers.items() if (one := by_group.get(group)) is not None},
            {name: by_group[group] for name, by_group in labels.items() if group in by_group},
        )
        for group in range(groups)
    ]


def _numeric(step: float, entries: Entries, groups: int) -> dict[int, Numeric]:
    """Also of a group in which a value was replaced by another of its bucket: its sums are other ones."""
    bins, counts = _binned(entries.groups * _SPAN + codes_of(entries.values) + LAST, entries.weights)
    codes = (bins % _SPAN - LAST).astype(np.int16)
    starts = np.searchsorted(bins, np.arange(groups + 1) * _SPAN)
    steps = np.clip(np.rint(entries.values / step), -LARGEST_STEPS, LARGEST_STEPS).astype(np.int64)
    totals = _sums(entries.groups, steps * entries.weights, groups)
    squares = _squares(entries.groups, np.abs(steps), entries.weights, groups)
    return {
        group: Numeric.of(codes[first:last], counts[first:last], int(totals[group]), squares[group])
        for group, (first, last) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True))
        if first < last or totals[group] or squares[group]
    }


def _squares(groups: Ints, steps: Ints, weights: Ints, number: int) -> list[int]:
    """Exact sums of squares: in halves of 16 bits, since a sum of 62-bit squares does not fit a number."""
    high, low = steps >> _HALF_BITS, steps & ((1 << _HALF_BITS) - 1)
    parts = [_sums(groups, product * weights, number) for product in (high * high, high * low, low * low)]
    return [
        (int(hh) << 2 * _HALF_BITS) + (int(hl) << (_HALF_BITS + 1)) + int(ll) for hh, hl, ll in zip(*parts, strict=True)
    ]


def _counted(labels: Labels) -> dict[int, dict[str, int]]:
    names = len(labels.names)
    bins, counts = _binned(labels.groups * names + labels.places, labels.weights)
    found: dict[int, dict[str, int]] = {}
    for place, count in zip(bins.tolist(), counts.tolist(), strict=True):
        found.setdefault(place // names, {})[labels.names[place % names]] = count
    return {group: merged_counts([counted]) for group, counted in found.items()}


def _binned(places: Ints, weights: Ints) -> tuple[Ints, Ints]:
    """The distinct places, ascending, and the sum of the weights at each that is not zero."""
    if len(places) and places.max() < _DENSE * len(places):
        sums = _sums(places, weights, 0)
        (filled,) = sums.nonzero()
        return filled, sums[filled]
    bins, inverse = np.unique(places, return_inverse=True)
    sums = _sums(inverse, weights, len(bins))
    return bins[sums != 0], sums[sums != 0]


def _sums(groups: Ints, amounts: Ints, number: int) -> Ints:
    """Sums by group, exact in a float: amounts are at most 2^32, and a chunk has less than 2^20 of them."""
    return np.bincount(groups, amounts, number).astype(np.int64)
