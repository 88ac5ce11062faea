"""Which records were being worked on when the process died: how a record that kills it is found.

Before a transaction its ranges of raw offsets are written to a small file; an orderly end removes it. A file
that is there at the start tells of a sudden death. Records it names are then taken in small groups, each in a
transaction of its own, so the next death names few, which are taken one by one; a record that was there at
three deaths is rejected as `crash`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

DEATHS_ALLOWED = 3

Ranges = Mapping[int, tuple[int, int]]
"""First and last raw offset by partition."""


class _Marker(msgspec.Struct):
    deaths: int
    ranges: dict[int, tuple[int, int]]


class InFlight:
    """The file, and what a former life of this instance left in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._before = _read(path)

    @property
    def has_suspects(self) -> bool:
        """Whether the last life of this instance ended suddenly with records in flight."""
        return bool(self._before.ranges)

    def deaths(self, partition: int, offset: int) -> int:
        """How often the process died while this record was in flight, as far as the last life knew."""
        first, last = self._before.ranges.get(partition, (0, -1))
        return self._before.deaths if first <= offset <= last else 0

    def enter(self, ranges: Ranges) -> None:
        """Notes that these records are in flight now."""
        deaths = max(self.deaths(partition, first) for partition, (first, _) in ranges.items())
        marker = _Marker(deaths + 1, dict(ranges))
        staged = self._path.with_suffix(".tmp")
        staged.write_bytes(msgspec.json.encode(marker))
        staged.replace(self._path)

    def clear(self) -> None:
        """Notes an orderly end: whatever was in flight did not kill the process."""
        self._path.unlink(missing_ok=True)


def _read(path: Path) -> _Marker:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Marker)
    except (FileNotFoundError, msgspec.MsgspecError):
        return _Marker(0, {})
