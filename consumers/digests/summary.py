"""What many interactions have in common, as integers: adding two summaries is exact in any order and split."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from consumers.digests.buckets import LAST, Codes, Counts, values_of
from consumers.digests.signals import STEPS

MAX_CATEGORIES = 1_000
"""Values of one category that are counted one by one; the rest count as `OTHER`."""
OTHER = "(other)"

CODE_BYTES = np.dtype("<i2")
COUNT_BYTES = np.dtype("<i8")
_LOW_BITS = 60
"""A sum of squares may need more than the 64 bits that msgpack has: it travels as two numbers."""


class Numeric(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One signal: counts by bucket, and the sum and sum of squares in steps (`consumers.digests.signals`)."""

    codes: bytes
    """Codes of the buckets that are not empty, ascending, 16 bits each, little-endian."""
    counts: bytes
    """How many values lie in each, 64 bits each, little-endian."""
    total: int
    squares_high: int
    squares_low: int

    @classmethod
    def of(cls, codes: Codes, counts: Counts, total: int, squares: int) -> Numeric:
        return cls(
            codes.astype(CODE_BYTES).tobytes(),
            counts.astype(COUNT_BYTES).tobytes(),
            total,
            squares >> _LOW_BITS,
            squares & ((1 << _LOW_BITS) - 1),
        )

    @property
    def squares(self) -> int:
        return (self.squares_high << _LOW_BITS) + self.squares_low

    @property
    def count(self) -> int:
        return int(_counts(self).sum())

    def weighted(self) -> tuple[NDArray[np.float64], Counts]:
        """The values, within 1 %, ascending, and how often each occurs."""
        return values_of(_codes(self)), _counts(self)


class Summary(msgspec.Struct, array_like=True, frozen=True):
    """Interactions of one key, counted."""

    interactions: int
    numeric: dict[str, Numeric]
    categories: dict[str, dict[str, int]]


EMPTY = Summary(0, {}, {})


def merged(summaries: Iterable[Summary]) -> Summary:
    """The summary of everything that each of them summarizes."""
    several = list(summaries)
    if len(several) == 1:
        return several[0]
    numbers = {
        n: _merged_numeric([s.numeric[n] for s in several if n in s.numeric]) for n in _names(several, "numeric")
    }
    counts = {
        name: merged_counts(s.categories[name] for s in several if name in s.categories)
        for name in _names(several, "categories")
    }
    return Summary(
        sum(summary.interactions for summary in several),
        {name: numeric for name, numeric in numbers.items() if numeric.codes or numeric.total or numeric.squares},
        {name: counted for name, counted in counts.items() if counted},
    )


def merged_counts(several: Iterable[dict[str, int]]) -> dict[str, int]:
    """Counts of one category added up; of more than `MAX_CATEGORIES` values those with the smallest hash stay.

    Chosen by hash, so that any order and split keeps the same ones.

    >>> merged_counts([{"yes": 2}, {"yes": 1, "no": 1}])
    {'no': 1, 'yes': 3}
    """
    added: dict[str, int] = {}
    for counts in several:
        for value, count in counts.items():
            added[value] = added.get(value, 0) + count
    other = added.pop(OTHER, 0)
    kept = sorted(added, key=_rank)[:MAX_CATEGORIES] if len(added) > MAX_CATEGORIES else added
    other += sum(added.values()) - sum(added[value] for value in kept)
    counted = {value: added[value] for value in sorted(kept) if added[value]}
    return {**counted, OTHER: other} if other else counted


def moments(name: str, numeric: Numeric) -> tuple[int, float, float]:
    """How many values, their sum and the sum of their squares, in the signal's own unit."""
    step = STEPS[name]
    return numeric.count, numeric.total * step, numeric.squares * step * step


def _merged_numeric(parts: list[Numeric]) -> Numeric:
    if len(parts) == 1:
        return parts[0]
    codes = np.frombuffer(b"".join(part.codes for part in parts), CODE_BYTES).astype(np.int64)
    counts = np.frombuffer(b"".join(part.counts for part in parts), COUNT_BYTES)
    least = int(codes.min(initial=LAST))
    added = np.bincount(codes - least, counts)  # as floats: exact below 2^53
    (filled,) = added.nonzero()
    places, sums = (filled + least).astype(np.int16), added[filled].astype(np.int64)
    return Numeric.of(places, sums, sum(p.total for p in parts), sum(p.squares for p in parts))


def _names(summaries: list[Summary], field: str) -> list[str]:
    return sorted({name for summary in summaries for name in getattr(summary, field)})


def _rank(value: str) -> tuple[int, str]:
    return zlib.crc32(value.encode("utf-8", "surrogatepass")), value


def _codes(numeric: Numeric) -> Codes:
    return np.frombuffer(numeric.codes, CODE_BYTES)


def _counts(numeric: Numeric) -> Counts:
    return np.frombuffer(numeric.counts, COUNT_BYTES)
