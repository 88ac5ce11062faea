"""Which ids of a batch are in a table already, without an index.

Ids are UUIDv7: their first eight hexadecimal digits count periods of 65.5 seconds. A batch's ids fall
into a few of these, live traffic into one or two and re-sent stragglers into some older ones. They make
ranges, and the ranges, written into the SQL as literals, let DuckDB skip every row group whose smallest
and greatest id lie outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest
from itertools import pairwise

from headrace.errors import Fatal

PERIOD_DIGITS = 8
MAX_RANGES = 16
"""More ranges skip more row groups, but each costs two comparisons for every row that is not skipped."""

Range = tuple[str, str]
"""Smallest and greatest id, both included."""


def id_ranges(ids: Sequence[str]) -> list[Range]:
    """At most MAX_RANGES ranges in ascending order that hold all `ids`, tight at the two outer ends.

    Raises Fatal for an id that is no UUID: the sanitizer lets none through.

    >>> [(low[:8], high[:8]) for low, high in id_ranges(["018bcfe5-6800-…-2", "018bcfe5-6800-…-1", "01ff0000-…"])]
    [('018bcfe5', '018bcfe5'), ('01ff0000', '01ff0000')]
    """
    try:
        spans = _spans(sorted({int(id_[:PERIOD_DIGITS], 16) for id_ in ids}))
    except ValueError:
        raise Fatal("a clean record has an id that is no UUID; only the sanitizer should write to this topic") from None
    lows = [min(ids), *(f"{first:08x}-0000-0000-0000-000000000000" for first, _ in spans[1:])]
    highs = [*(f"{last:08x}-ffff-ffff-ffff-ffffffffffff" for _, last in spans[:-1]), max(ids)]
    return list(zip(lows, highs, strict=True))


def in_ranges(column: str, ranges: Sequence[Range]) -> str:
    """The ranges as an SQL condition with literals."""
    return "(" + " OR ".join(f"{column} BETWEEN '{low}'::UUID AND '{high}'::UUID" for low, high in ranges) + ")"


def _spans(periods: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending periods cut at their widest gaps.

    >>> _spans([1, 2, 9])
    [(1, 2), (9, 9)]
    """
    gaps = [right - left for left, right in pairwise(periods)]
    widest = nlargest(MAX_RANGES - 1, range(len(gaps)), key=gaps.__getitem__)
    starts = sorted(gap + 1 for gap in widest if gaps[gap] > 1)
    return [(periods[start], periods[end - 1]) for start, end in pairwise([0, *starts, len(periods)])]
