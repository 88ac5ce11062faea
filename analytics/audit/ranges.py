"""Sets of whole numbers as sorted, disjoint intervals, both ends included."""

from __future__ import annotations

from collections.abc import Iterable

Range = tuple[int, int]
Ranges = tuple[Range, ...]


def merged(ranges: Iterable[Range]) -> Ranges:
    """The union, in the fewest intervals.

    >>> merged([(5, 6), (1, 2), (3, 3), (2, 3)])
    ((1, 3), (5, 6))
    """
    result: list[Range] = []
    for first, last in sorted(ranges):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], last))
        else:
            result.append((first, last))
    return tuple(result)


def without(ranges: Ranges, taken: Ranges) -> Ranges:
    """The numbers of `ranges` that are not in `taken`; both merged.

    >>> without(((1, 10),), ((2, 3), (7, 20)))
    ((1, 1), (4, 6))
    """
    result: list[Range] = []
    place = 0
    for first, last in ranges:
        while place < len(taken) and taken[place][1] < first:
            place += 1
        at = place
        while at < len(taken) and taken[at][0] <= last:
            if first < taken[at][0]:
                result.append((first, taken[at][0] - 1))
            first = taken[at][1] + 1
            at += 1
        if first <= last:
            result.append((first, last))
    return tuple(result)


def upto(ranges: Ranges, last: int) -> Ranges:
    """The numbers that are not greater than `last`.

    >>> upto(((1, 4), (6, 9)), 6)
    ((1, 4), (6, 6))
    """
    return tuple((low, min(high, last)) for low, high in ranges if low <= last)


def count(ranges: Ranges) -> int:
    """How many numbers there are.

    >>> count(((1, 3), (7, 7)))
    4
    """
    return sum(last - first + 1 for first, last in ranges)


def text(ranges: Ranges, most: int = 10) -> str:
    """The intervals in words.

    >>> text(((1, 1), (4, 6))), text(((1, 1), (3, 3), (5, 5)), most=2)
    ('1, 4–6', '1, 3 and 1 more range')
    """
    shown = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges[:most])
    more = len(ranges) - most
    return shown + (f" and {more} more range{'s' * (more > 1)}" if more > 0 else "")
