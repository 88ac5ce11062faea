"""Which numbers were dropped, and by which policy: sets of integers kept as merged intervals."""

from __future__ import annotations

from bisect import bisect_right
from itertools import starmap

from headrace.events import DroppedRange, DropPolicy


class IntervalSet:
    """A set of integers as disjoint intervals that do not touch, in order.

    >>> numbers = IntervalSet()
    >>> for number in (5, 1, 2, 4, 3, 9):
    ...     numbers.add(number)
    >>> numbers.intervals(), len(numbers)
    ([(1, 5), (9, 9)], 6)
    """

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, number: int) -> None:
        """Adds `number`, unless it is there."""
        after = bisect_right(self._firsts, number)
        if after and number <= self._lasts[after - 1]:
            return
        self._size += 1
        touches_left = after > 0 and self._lasts[after - 1] == number - 1
        touches_right = after < len(self._firsts) and self._firsts[after] == number + 1
        if touches_left and touches_right:
            del self._lasts[after - 1], self._firsts[after]
        elif touches_left:
            self._lasts[after - 1] = number
        elif touches_right:
            self._firsts[after] = number
        else:
            self._firsts.insert(after, number)
            self._lasts.insert(after, number)

    def append(self, first: int, last: int) -> None:
        """Adds `first` to `last`, which lie above everything that is there."""
        self._size += last - first + 1
        if self._lasts and self._lasts[-1] == first - 1:
            self._lasts[-1] = last
        else:
            self._firsts.append(first)
            self._lasts.append(last)

    def intervals(self) -> list[tuple[int, int]]:
        """First and last number of each interval, both included."""
        return list(zip(self._firsts, self._lasts, strict=True))


class Drops:
    """The events one producer let go, by policy.

    >>> drops = Drops()
    >>> for seq in (7, 8):
    ...     drops.add(seq, "queue_full")
    >>> drops.add(3, "invalid")
    >>> [tuple(getattr(dropped, name) for name in ("first", "last", "policy")) for dropped in drops.ranges()]
    [(3, 3, 'invalid'), (7, 8, 'queue_full')]
    """

    def __init__(self) -> None:
        self._by_policy: dict[DropPolicy, IntervalSet] = {}

    def __len__(self) -> int:
        return sum(map(len, self._by_policy.values()))

    def add(self, seq: int, policy: DropPolicy) -> None:
        self._by_policy.setdefault(policy, IntervalSet()).add(seq)

    def append(self, first: int, last: int, policy: DropPolicy) -> None:
        """Adds numbers that lie above all others of this policy."""
        self._by_policy.setdefault(policy, IntervalSet()).append(first, last)

    def counts(self) -> dict[DropPolicy, int]:
        """How many events each policy dropped."""
        return {policy: len(seqs) for policy, seqs in self._by_policy.items()}

    def ranges(self) -> list[DroppedRange]:
        """All of them as merged ranges, by number."""
        rows = [(first, last, policy) for policy, seqs in self._by_policy.items() for first, last in seqs.intervals()]
        return list(starmap(DroppedRange, sorted(rows)))
