"""Records of one topic, as the lake reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Records:
    """Records of one topic in the order in which they were read; the three lists are parallel."""

    topic: str
    partitions: list[int]
    offsets: list[int]
    values: list[bytes]

    def at(self, places: list[int]) -> Records:
        """Those at some places."""
        return Records(
            self.topic,
            [self.partitions[place] for place in places],
            [self.offsets[place] for place in places],
            [self.values[place] for place in places],
        )
