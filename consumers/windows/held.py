"""What is kept of one tenant's window: entries of the table, and of each as much as it takes to find it.

The bytes lie in the table alone; here are names, offsets and sizes. Examples that came in parts are united when they
have doubled, so that a window holds no more than twice what its limits allow (`consumers.windows.window`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from consumers.digests.messages import Key, Part, Source, split
from consumers.digests.summary import EMPTY, Summary, merged
from consumers.windows.window import Examples, Window, assemble, bare_examples, united, without

BASE, OPEN, EXAMPLES = "base", "open", "examples"
"""The kinds of a window's entries in the table."""
LOOSE_BYTES = 512 * 1024
"""Examples of single parts that are not united yet: uniting less would cost more than it frees."""
UNITED = Source("", 0, 0, 0)
"""Stands in the place of the source where examples of several were united; its chunk numbers count the times."""

Name = tuple[Any, ...]
"""What an entry is called: its kind, then what identifies it."""
Place = tuple[Key, Source, int, int]
"""Of examples: key, source, chunk and part."""


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


class Entries(NamedTuple):
    """The table, as a window sees it."""

    get: Callable[[Name], bytes]
    put: Callable[[Name, Any], bytes]
    drop: Callable[[Name], None]


encode = msgspec.msgpack.Encoder(order="deterministic").encode
_base = msgspec.msgpack.Decoder(Base).decode
_open = msgspec.msgpack.Decoder(OpenCopy).decode
_examples = msgspec.msgpack.Decoder(ExampleCopy).decode


class Held:
    """One tenant's window."""

    def __init__(self, tenant: str, start_us: int, entries: Entries) -> None:
        self._tenant, self._start_us, self._entries = tenant, start_us, entries
        self._folded: dict[Key, dict[Source, int]] = {}
        self._grown: dict[Key, dict[Source, tuple[int, int]]] = {}
        """Chunk and end offset of the copies that still grow."""
        self._sizes: dict[Place, int] = {}
        self._loose = self._united = 0
        """Bytes of the examples."""
        self._is_settled = False

    def load(self, kind: str, key: Key, rest: list[Any], content: bytes) -> None:
        """Takes an entry that the table has."""
        if kind == BASE:
            self._folded[key] = dict(_base(content).folded)
        elif kind == OPEN:
            copy = _open(content)
            self._grown.setdefault(key, {})[msgspec.convert(rest[0], Source)] = (copy.chunk, copy.end_offset)
        else:
            self._note_size((key, msgspec.convert(rest[0], Source), rest[1], rest[2]), len(content))

    def take(self, part: Part, erased: frozenset[str]) -> bool:
        """Takes a part, and of its examples none of the `erased`; whether it said anything new."""
        took = self._take_examples(part, without(Examples(part.sample, part.failures, part.slow), erased))
        if part.summary is not None:
            took = (self._fold(part, part.summary) if part.is_complete else self._hold(part, part.summary)) or took
        return took

    def window(self) -> Window:
        """All that is known of it."""
        summaries = {key: list(self._summaries(key)) for key in sorted(self._keys(), key=encode)}
        return assemble(self._tenant, self._start_us, summaries, self._all_examples())

    def interactions(self) -> int:
        """How many it has by now."""
        return sum(summary.interactions for key in self._keys() for summary in self._summaries(key))

    def rewrite(self, examples: Callable[[Examples], Examples]) -> None:
        """Replaces every entry of examples by what the function makes of it."""
        for place in list(self._sizes):
            copy = self._copy(place)
            if (after := examples(copy.examples)) != copy.examples:
                self._put_examples(place, ExampleCopy(copy.end_offset, after))

    def settle(self) -> None:
        """Nothing comes any more: of the examples what a reference needs remains, the queries' vectors."""
        if not self._is_settled:
            self._replace(bare_examples(united(self._all_examples())))
            self._is_settled = True

    def drop(self) -> None:
        """Lets all of it go."""
        for key, copies in self._grown.items():
            for source in copies:
                self._entries.drop((OPEN, key, source))
        for key in self._folded:
            self._entries.drop((BASE, key))
        for place in self._sizes:
            self._entries.drop((EXAMPLES, *place))

    def _fold(self, part: Part, summary: Summary) -> bool:
        """A complete chunk is merged once; the copy that grew is dropped."""
        key, source = part.key, part.source
        folded = self._folded.get(key, {})
        is_new = part.chunk > folded.get(source, -1)
        if is_new:
            known = _base(self._entries.get((BASE, key))).summary if folded else EMPTY
            self._folded[key] = folded = {**folded, source: part.chunk}
            self._entries.put((BASE, key), Base(sorted(folded.items()), merged((known, summary))))
        chunk, _ = self._grown.get(key, {}).get(source, (part.chunk + 1, 0))
        if chunk <= part.chunk:
            del self._grown[key][source]
            self._entries.drop((OPEN, key, source))
        return is_new

    def _hold(self, part: Part, summary: Summary) -> bool:
        """Of a chunk that grows the copy with the greatest end offset stands."""
        if part.chunk <= self._folded.get(part.key, {}).get(part.source, -1):
            return False
        copies = self._grown.setdefault(part.key, {})
        reach = (part.chunk, part.end_offset)
        if reach <= copies.get(part.source, (-1, 0)):
            return False
        copies[part.source] = reach
        self._entries.put((OPEN, part.key, part.source), OpenCopy(*reach, summary))
        return True

    def _take_examples(self, part: Part, new: Examples) -> bool:
        """Examples are a set: a copy that reaches as far is united with the one before, a longer one replaces it."""
        place = (part.key, part.source, part.chunk, part.part)
        known = self._copy(place) if place in self._sizes else None
        if not new or (known is not None and known.end_offset > part.end_offset):
            return False
        if known is not None and known.end_offset == part.end_offset:
            new = united((known.examples, new))
            if new == known.examples:
                return False
        self._put_examples(place, ExampleCopy(part.end_offset, new))
        if self._loose > max(LOOSE_BYTES, self._united):
            self._replace(united(self._all_examples()))
        return True

    def _replace(self, whole: Examples) -> None:
        """One set in the place of all entries: what is written first makes what is dropped then superfluous."""
        before = list(self._sizes)
        times = 1 + max((chunk for _, source, chunk, _ in before if source == UNITED), default=0)
        key = Key(self._tenant, self._start_us, "")
        if whole:
            one = Part(source=UNITED, chunk=times, end_offset=0, key=key, **msgspec.structs.asdict(whole))
            for part in split(one):
                copy = ExampleCopy(0, Examples(part.sample, part.failures, part.slow))
                self._put_examples((key, UNITED, times, part.part), copy)
        for place in before:
            self._note_size(place, 0)
            self._entries.drop((EXAMPLES, *place))

    def _put_examples(self, place: Place, copy: ExampleCopy) -> None:
        self._note_size(place, len(self._entries.put((EXAMPLES, *place), copy)))

    def _note_size(self, place: Place, size: int) -> None:
        grown = size - self._sizes.pop(place, 0)
        if place[1] == UNITED:
            self._united += grown
        else:
            self._loose += grown
        if size:
            self._sizes[place] = size

    def _copy(self, place: Place) -> ExampleCopy:
        return _examples(self._entries.get((EXAMPLES, *place)))

    def _all_examples(self) -> list[Examples]:
        return [self._copy(place).examples for place in sorted(self._sizes, key=encode)]

    def _summaries(self, key: Key) -> Iterator[Summary]:
        if key in self._folded:
            yield _base(self._entries.get((BASE, key))).summary
        copies: Mapping[Source, Any] = self._grown.get(key, {})
        yield from (_open(self._entries.get((OPEN, key, source))).summary for source in sorted(copies))

    def _keys(self) -> set[Key]:
        return {*self._folded, *(key for key, copies in self._grown.items() if copies)}
