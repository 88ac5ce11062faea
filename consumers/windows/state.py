"""The windows that are still kept, in a table of bytes: what is merged already, the copies of chunks that still grow,
and how far each source partition has come. Pure: the table may be a dict, or Faust's.

Every change is one entry written whole, and taking a record again changes nothing: whatever was written before a
process died, reading on from an earlier record gives the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from consumers.digests.messages import Key, Part, Progress, Source, split
from consumers.digests.summary import EMPTY, Summary, merged
from consumers.windows.chains import CHAIN, Chains
from consumers.windows.watermark import later, watermark_us
from consumers.windows.window import Examples, Window, assemble, united, without

MAX_EXAMPLE_ENTRIES = 48
"""Of one key; more are united into one or two."""

PROGRESS, BASE, OPEN, EXAMPLES, CLOSED = "progress", "base", "open", "examples", "closed"


class Table(Protocol):
    """Where the state lives."""

    def items(self) -> Iterator[tuple[bytes, bytes]]: ...

    def put(self, key: bytes, value: bytes) -> None: ...

    def delete(self, key: bytes) -> None: ...


class Base(msgspec.Struct, array_like=True, frozen=True):
    """A key's complete chunks, merged; `folded` tells the last one of each source."""

    folded: list[tuple[Source, int]]
    summary: Summary


class OpenCopy(msgspec.Struct, array_like=True, frozen=True):
    """The longest copy of a key's chunk that still grows."""

    chunk: int
    end_offset: int
    summary: Summary


class ExampleCopy(msgspec.Struct, array_like=True, frozen=True):
    """Examples of one part of one chunk."""

    end_offset: int
    examples: Examples


class Closed(msgspec.Struct, array_like=True, frozen=True):
    """A window whose report is out."""

    revision: int
    signature: int
    """Of everything the report was made of."""
    interactions: int
    """At the first report: those that are more came late."""
    alerts: tuple[str, ...] = ()
    """Ids of those that were said."""


encode = msgspec.msgpack.Encoder(order="deterministic").encode
_Name = tuple[Any, ...]
"""What an entry is called: its kind, then what identifies it."""
_decode_name = msgspec.msgpack.Decoder(list[Any]).decode
_decoders: dict[str, Any] = {
    PROGRESS: msgspec.msgpack.Decoder(Progress).decode,
    BASE: msgspec.msgpack.Decoder(Base).decode,
    OPEN: msgspec.msgpack.Decoder(OpenCopy).decode,
    EXAMPLES: msgspec.msgpack.Decoder(ExampleCopy).decode,
    CLOSED: msgspec.msgpack.Decoder(Closed).decode,
}
UNITED = Source("", 0, 0, 0)
"""Stands in the place of the source where examples of several were united; its chunk numbers count the times."""


class State:
    """What one partition of the digests topic has said."""

    def __init__(self, table: Table, shard: int) -> None:
        self._table, self._shard = table, shard
        self.progress: dict[int, Progress] = {}
        self._bases: dict[Key, Base] = {}
        self._open: dict[Key, dict[Source, OpenCopy]] = {}
        self._examples: dict[Key, dict[tuple[Source, int, int], bytes]] = {}
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
        return sorted({(key.tenant, key.window_us) for key in self._keys()}, key=lambda window: window[::-1])

    def note(self, progress: Progress) -> None:
        """Takes a record of progress."""
        partition = progress.source.partition
        if (known := later(self.progress.get(partition), progress)) is not None:
            self.progress[partition] = known
            self._put((PROGRESS, partition), known)

    def take(self, part: Part) -> bool:
        """Takes a part; whether it said anything new."""
        took = self._take_examples(part)
        if part.summary is not None:
            took = (self._fold(part, part.summary) if part.is_complete else self._hold(part, part.summary)) or took
        if took:
            self.changed.add((part.key.tenant, part.key.window_us))
        return took

    def window(self, tenant: str, start_us: int) -> Window:
        """All that is known of a window."""
        keys = sorted((k for k in self._keys() if (k.tenant, k.window_us) == (tenant, start_us)), key=encode)
        examples = [copy.examples for key in keys for copy in self._copies(key).values()]
        return assemble(tenant, start_us, {key: list(self._summaries(key)) for key in keys}, examples)

    def interactions(self, tenant: str, start_us: int) -> int:
        """How many a window has by now."""
        keys = [key for key in self._keys() if (key.tenant, key.window_us) == (tenant, start_us)]
        return sum(summary.interactions for key in keys for summary in self._summaries(key))

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
        for key in list(self._examples):
            for place, copy in self._copies(key).items():
                if (after := examples(copy.examples)) != copy.examples:
                    self._put_examples(key, place, ExampleCopy(copy.end_offset, after))

    def forget(self, before_us: int) -> None:
        """Drops the windows that start before that."""
        for key in [key for key in self._keys() if key.window_us < before_us]:
            self._bases.pop(key, None)
            for source in self._open.pop(key, {}):
                self._drop((OPEN, key, source))
            for source, chunk, part in self._examples.pop(key, {}):
                self._drop((EXAMPLES, key, source, chunk, part))
            self._drop((BASE, key))
        for tenant, start_us in [window for window in self.closed if window[1] < before_us]:
            del self.closed[tenant, start_us]
            self._drop((CLOSED, tenant, start_us))
        self.changed = {window for window in self.changed if window[1] >= before_us}

    def _fold(self, part: Part, summary: Summary) -> bool:
        """A complete chunk is merged once; the copy that grew is dropped."""
        base = self._bases.get(part.key) or Base([], EMPTY)
        folded = dict(base.folded)
        is_new = part.chunk > folded.get(part.source, -1)
        if is_new:
            folded[part.source] = part.chunk
            self._bases[part.key] = Base(sorted(folded.items()), merged((base.summary, summary)))
            self._put((BASE, part.key), self._bases[part.key])
        copy = self._open.get(part.key, {}).get(part.source)
        if copy is not None and copy.chunk <= part.chunk:
            del self._open[part.key][part.source]
            self._drop((OPEN, part.key, part.source))
        return is_new

    def _hold(self, part: Part, summary: Summary) -> bool:
        """Of a chunk that grows the copy with the greatest end offset stands."""
        base = self._bases.get(part.key)
        if base is not None and part.chunk <= dict(base.folded).get(part.source, -1):
            return False
        copies = self._open.setdefault(part.key, {})
        known = copies.get(part.source)
        if known is not None and (part.chunk, part.end_offset) <= (known.chunk, known.end_offset):
            return False
        copies[part.source] = OpenCopy(part.chunk, part.end_offset, summary)
        self._put((OPEN, part.key, part.source), copies[part.source])
        return True

    def _take_examples(self, part: Part) -> bool:
        """Examples are a set: a copy that reaches as far is united with the one before, a longer one replaces it."""
        new = without(Examples(part.sample, part.failures, part.slow), self.erased)
        place = (part.source, part.chunk, part.part)
        entries = self._examples.setdefault(part.key, {})
        known = _decoders[EXAMPLES](entries[place]) if place in entries else None
        if not new or (known is not None and known.end_offset > part.end_offset):
            return False
        if known is not None and known.end_offset == part.end_offset:
            new = united((known.examples, new))
            if new == known.examples:
                return False
        self._put_examples(part.key, place, ExampleCopy(part.end_offset, new))
        if len(entries) > MAX_EXAMPLE_ENTRIES:
            self._unite(part.key)
        return True

    def _unite(self, key: Key) -> None:
        """Many small entries into few; what is written first makes what is dropped then superfluous."""
        entries = self._examples[key]
        before = list(entries)
        one = united(copy.examples for copy in self._copies(key).values())
        times = 1 + max((chunk for source, chunk, _ in before if source == UNITED), default=0)
        whole = Part(source=UNITED, chunk=times, end_offset=0, key=key, **msgspec.structs.asdict(one))
        for part in split(whole):
            copy = ExampleCopy(0, Examples(part.sample, part.failures, part.slow))
            self._put_examples(key, (UNITED, times, part.part), copy)
        for source, chunk, number in before:
            del entries[source, chunk, number]
            self._drop((EXAMPLES, key, source, chunk, number))

    def _put_examples(self, key: Key, place: tuple[Source, int, int], copy: ExampleCopy) -> None:
        self._examples[key][place] = self._put((EXAMPLES, key, *place), copy)

    def _summaries(self, key: Key) -> Iterator[Summary]:
        if key in self._bases:
            yield self._bases[key].summary
        copies = self._open.get(key, {})
        yield from (copies[source].summary for source in sorted(copies))

    def _copies(self, key: Key) -> Mapping[tuple[Source, int, int], ExampleCopy]:
        return {place: _decoders[EXAMPLES](entry) for place, entry in self._examples.get(key, {}).items()}

    def _keys(self) -> set[Key]:
        return {*self._bases, *(key for key, copies in self._open.items() if copies), *self._examples}

    def _put(self, name: _Name, value: Any) -> bytes:
        content = encode(value)
        self._table.put(encode((self._shard, *name)), content)
        return content

    def _drop(self, name: _Name) -> None:
        self._table.delete(encode((self._shard, *name)))

    def _load(self) -> None:
        for name, content in self._table.items():
            shard, kind, *rest = _decode_name(name)
            if shard == self._shard:
                self._load_entry(kind, rest, content)
        self.changed = set(self.windows)

    def _load_entry(self, kind: str, rest: list[Any], content: bytes) -> None:
        if kind == PROGRESS:
            self.progress[rest[0]] = _decoders[kind](content)
        elif kind == CHAIN:
            self.chains.load(rest[0], rest[1], rest[2], msgspec.msgpack.decode(content, type=bytes))
        elif kind == CLOSED:
            self.closed[rest[0], rest[1]] = _decoders[kind](content)
        else:
            self._load_key(kind, msgspec.convert(rest[0], Key), rest[1:], content)

    def _load_key(self, kind: str, key: Key, rest: list[Any], content: bytes) -> None:
        if kind == BASE:
            self._bases[key] = _decoders[kind](content)
        elif kind == OPEN:
            self._open.setdefault(key, {})[msgspec.convert(rest[0], Source)] = _decoders[kind](content)
        else:
            place = (msgspec.convert(rest[0], Source), rest[1], rest[2])
            self._examples.setdefault(key, {})[place] = content


class DictTable:
    """A table in memory, for tests and recomputations."""

    def __init__(self, entries: dict[bytes, bytes] | None = None) -> None:
        self.entries = entries if entries is not None else {}

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        yield from self.entries.items()

    def put(self, key: bytes, value: bytes) -> None:
        self.entries[key] = value

    def delete(self, key: bytes) -> None:
        self.entries.pop(key, None)
