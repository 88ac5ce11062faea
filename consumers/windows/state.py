"""The windows that are still kept, in a table of bytes: what is merged already, the copies of chunks that still grow,
and how far each source partition has come. Pure: the table may be a dict, or Faust's.

Every change is one entry written whole, and taking a record again changes nothing: whatever was written before a
process died, reading on from an earlier record gives the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import msgspec

from consumers.digests.messages import Key, Part, Progress
from consumers.windows.chains import CHAIN, Chains
from consumers.windows.held import Entries, Held, Name, encode
from consumers.windows.watermark import later, watermark_us
from consumers.windows.window import Examples, Window

PROGRESS, CLOSED = "progress", "closed"


class Table(Protocol):
    """Where the state lives."""

    def items(self) -> Iterator[tuple[bytes, bytes]]: ...

    def get(self, key: bytes) -> bytes: ...

    def put(self, key: bytes, value: bytes) -> None: ...

    def delete(self, key: bytes) -> None: ...


class Closed(msgspec.Struct, array_like=True, frozen=True):
    """A window whose report is out."""

    revision: int
    signature: int
    """Of everything the report was made of."""
    interactions: int
    """At the first report: those that are more came late."""
    alerts: tuple[str, ...] = ()
    """Ids of those that were said."""


_decode_name = msgspec.msgpack.Decoder(list[Any]).decode
_decode_progress = msgspec.msgpack.Decoder(Progress).decode
_decode_closed = msgspec.msgpack.Decoder(Closed).decode
_encode_into = msgspec.msgpack.Encoder(order="deterministic").encode_into


class State:
    """What one partition of the digests topic has said."""

    def __init__(self, table: Table, shard: int) -> None:
        self._table, self._shard = table, shard
        self._buffer = bytearray()
        self.progress: dict[int, Progress] = {}
        self._held: dict[tuple[str, int], Held] = {}
        self.closed: dict[tuple[str, int], Closed] = {}
        self.chains = Chains(self._put, self._drop)
        self.changed: set[tuple[str, int]] = set()
        """Tenant and start of the windows that may say something else than their last report."""
        self.erased: frozenset[str] = frozenset()
        """Interactions of which no example is taken; `consumers.windows.erasing` removes what was taken before."""
        self._load()

    @property
    def watermark_us(self) -> int:
        return watermark_us(self.progress)

    @property
    def windows(self) -> list[tuple[str, int]]:
        """Tenant and start of every window that is kept, by start."""
        return sorted(self._held, key=lambda window: window[::-1])

    def note(self, progress: Progress) -> None:
        """Takes a record of progress."""
        partition = progress.source.partition
        if (known := later(self.progress.get(partition), progress)) is not None:
            self.progress[partition] = known
            self._put((PROGRESS, partition), known)

    def take(self, part: Part) -> bool:
        """Takes a part; whether it said anything new."""
        place = (part.key.tenant, part.key.window_us)
        held = self._held[place] = self._window(*place)
        took = held.take(part, self.erased)
        if took:
            self.changed.add(place)
        return took

    def window(self, tenant: str, start_us: int) -> Window:
        """All that is known of a window."""
        return self._window(tenant, start_us).window()

    def interactions(self, tenant: str, start_us: int) -> int:
        """How many a window has by now."""
        return self._window(tenant, start_us).interactions()

    def close(self, tenant: str, start_us: int, closed: Closed, chain: bytes) -> None:
        """Notes that a window's report is out, and what the next window's needs of it; the note comes last."""
        self.chains.put(tenant, start_us, chain)
        self.sign(tenant, start_us, closed)

    def sign(self, tenant: str, start_us: int, closed: Closed) -> None:
        """Notes what a closed window's report was made of."""
        self.closed[tenant, start_us] = closed
        self._put((CLOSED, tenant, start_us), closed)

    def rewrite(self, examples: Callable[[Examples], Examples]) -> None:
        """Replaces every entry of examples by what the function makes of it."""
        for held in self._held.values():
            held.rewrite(examples)

    def settle(self, before_us: int) -> None:
        """Of the windows that start before that keeps what a reference needs."""
        for (_, start_us), held in self._held.items():
            if start_us < before_us:
                held.settle()

    def forget(self, before_us: int) -> None:
        """Drops the windows that start before that."""
        for place in [place for place in self._held if place[1] < before_us]:
            self._held.pop(place).drop()
        self.changed = {window for window in self.changed if window[1] >= before_us}

    def forget_closed(self, before_us: int) -> None:
        """Drops the notes on closed windows that start before that."""
        for place in [place for place in self.closed if place[1] < before_us]:
            del self.closed[place]
            self._drop((CLOSED, *place))

    def _window(self, tenant: str, start_us: int) -> Held:
        """The window, or one that holds nothing yet."""
        entries = Entries(self._get, self._put, self._drop)
        return self._held.get((tenant, start_us)) or Held(tenant, start_us, entries)

    def _get(self, name: Name) -> bytes:
        return self._table.get(encode((self._shard, *name)))

    def _put(self, name: Name, value: Any) -> bytes:
        """Writes into one buffer and copies from that: an encoder's own bytes are up to half as long again."""
        _encode_into(value, self._buffer)
        content = bytes(self._buffer)
        self._table.put(encode((self._shard, *name)), content)
        return content

    def _drop(self, name: Name) -> None:
        self._table.delete(encode((self._shard, *name)))

    def _load(self) -> None:
        for name, content in self._table.items():
            shard, kind, *rest = _decode_name(name)
            if shard == self._shard:
                self._load_entry(kind, rest, content)
        self.changed = set(self._held)

    def _load_entry(self, kind: str, rest: list[Any], content: bytes) -> None:
        if kind == PROGRESS:
            self.progress[rest[0]] = _decode_progress(content)
        elif kind == CHAIN:
            self.chains.load(rest[0], rest[1], rest[2], msgspec.msgpack.decode(content, type=bytes))
        elif kind == CLOSED:
            self.closed[rest[0], rest[1]] = _decode_closed(content)
        else:
            key = msgspec.convert(rest[0], Key)
            held = self._held[key.tenant, key.window_us] = self._window(key.tenant, key.window_us)
            held.load(kind, key, rest[1:], content)


class DictTable:
    """A table in memory, for tests and recomputations."""

    def __init__(self, entries: dict[bytes, bytes] | None = None) -> None:
        self.entries = entries if entries is not None else {}

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        yield from self.entries.items()

    def get(self, key: bytes) -> bytes:
        return self.entries[key]

    def put(self, key: bytes, value: bytes) -> None:
        self.entries[key] = value

    def delete(self, key: bytes) -> None:
        self.entries.pop(key, None)
