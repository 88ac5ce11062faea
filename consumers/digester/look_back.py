"""Numbers of the interactions that a partition looks back on, found by the interaction's row, as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from consumers.digester.batch import Ints
from consumers.digests.messages import CHUNK_OFFSETS
from consumers.failures.prints import PIECES, Prints

LOOK_BACK = 16_384
"""Offsets: at 100 events a second in a partition nearly three minutes, at 10 half an hour; 10 MB a partition."""
REREAD = 2 * LOOK_BACK
"""Whether a record within LOOK_BACK is itself a repetition depends on as many records before it."""
ROWS = LOOK_BACK + 2 * CHUNK_OFFSETS
"""Rows at once: those of the look-back, the rest of the oldest batch, and the newest; no batch is more than a chunk."""
_NEVER = np.iinfo(np.int64).max
_UNPRINTED = -2
"""Words of a row whose print was not asked for yet."""


class Pairs(NamedTuple):
    """Rows of the same session, in the order of the later ones."""

    later: Ints
    earlier: Ints

    @classmethod
    def of(cls, later: Sequence[int], earlier: Sequence[int]) -> Pairs:
        return cls(np.array(later, np.int64), np.array(earlier, np.int64))

    def at(self, places: NDArray[np.bool_]) -> Pairs:
        """Those of them."""
        return Pairs(self.later[places], self.earlier[places])

    def by_later(self) -> Iterator[tuple[int, list[int]]]:
        """Each later row with its earlier ones."""
        rows, firsts = np.unique(self.later, return_index=True)
        earlier = self.earlier.tolist()
        for row, (first, end) in zip(rows.tolist(), pairwise([*firsts.tolist(), len(earlier)]), strict=True):
            yield row, earlier[first:end]


class Numbered:
    """The latest `ROWS` rows; an older one's place is taken by a newer one's numbers."""

    def __init__(self) -> None:
        self._offsets = np.zeros(ROWS, np.int64)
        self._next = np.zeros(ROWS, np.int64)
        """The row with which the session went on."""
        self._prints = Prints(np.zeros((ROWS, PIECES), np.uint64), np.zeros(ROWS, np.int16), np.zeros(ROWS, np.bool_))

    def add(self, first: int, offsets: Sequence[int]) -> None:
        """Takes new rows, which nothing follows yet."""
        places = np.arange(first, first + len(offsets)) % ROWS
        self._offsets[places] = offsets
        self._next[places] = _NEVER
        self._prints.words[places] = _UNPRINTED

    def follow(self, pairs: Pairs) -> None:
        """Notes of each row the first that its session said after it; `pairs` have all that was said between."""
        np.minimum.at(self._next, pairs.earlier % ROWS, pairs.later)

    def next(self, row: int) -> int:
        """The row with which its session went on; beyond all rows if it did not."""
        return int(self._next[row % ROWS])

    def distances(self, pairs: Pairs) -> Ints:
        """How many offsets lie between the rows."""
        distances: Ints = self._offsets[pairs.later % ROWS] - self._offsets[pairs.earlier % ROWS]
        return distances

    def without_print(self, rows: Ints) -> Ints:
        """Those that have none yet."""
        missing: NDArray[np.bool_] = self._prints.words[rows % ROWS] == _UNPRINTED
        return rows[missing]

    def add_prints(self, rows: Ints, prints: Prints) -> None:
        """Takes the prints of some rows."""
        places = rows % ROWS
        self._prints.bits[places] = prints.bits
        self._prints.words[places] = prints.words
        self._prints.complains[places] = prints.complains

    def prints(self, rows: Ints) -> Prints:
        """Of rows that have theirs."""
        return self._prints.of(rows % ROWS)
