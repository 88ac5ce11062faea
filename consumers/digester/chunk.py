"""What lies between two chunk bounds, as far as it was read, and the parts that say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from consumers.digester.candidates import First, Group
from consumers.digester.columns import Columns
from consumers.digests.examples import Example, packed
from consumers.digests.keys import Variant, bounded
from consumers.digests.messages import Key, Part, Source
from consumers.digests.summary import Summary
from headrace.privacy import kinds_only

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Examples = dict[Group, dict[Key, tuple[Example, ...]]]
EMBEDDED_TOGETHER = 256
"""Texts: their tokens' vectors are 100 KB each."""


class Chunk:
    """One chunk of `source`: its columns, and the candidates for its examples."""

    def __init__(self, source: Source, number: int, candidates: tuple[First, First, First]) -> None:
        self.number, self._source = number, source
        self.columns = Columns(source.window_us)
        self.candidates = candidates
        self.sample, self.failures, self.slow = candidates
        self._published: dict[Key, Part] = {}
        """What the last copy said of each key, without its end offset."""
        self._examples: tuple[Examples, Examples, Examples] = ({}, {}, {})
        """Of the last copy, for each of the candidates."""

    @property
    def end(self) -> int:
        """The first offset that belongs to the next chunk."""
        return (self.number + 1) * self._source.chunk_offsets

    def parts(self, end_offset: int, embed: Embed) -> Iterator[Part]:
        """The parts of a complete chunk, or those that say more than the last time."""
        self._refresh(embed)
        for key, summary in _kept_apart(self.columns.summaries()).items():
            sample, failures, slow = (_of_key(key, kept, self._source.window_us) for kept in self._examples)
            part = Part(
                source=self._source,
                chunk=self.number,
                end_offset=0,
                key=key,
                summary=summary,
                sample=sample,
                failures=failures,
                slow=slow,
            )
            if end_offset == self.end or part != self._published.get(key):
                self._published[key] = part
                yield msgspec.structs.replace(part, end_offset=end_offset)

    def _refresh(self, embed: Embed) -> None:
        """The examples of the groups that changed since the last copy, with their vectors."""
        changed = [(first, group) for first in self.candidates for group in first.take_changed()]
        self._fill_in_vectors(changed, embed)
        for first, group in changed:
            self._examples[self.candidates.index(first)][group] = _by_key(
                first.of(group), group[0], self._source.window_us
            )

    def _fill_in_vectors(self, changed: Sequence[tuple[First, Group]], embed: Embed) -> None:
        kept = [(first, group, example) for first, group in changed for example in first.of(group)]
        vectors = {example.query: example.vector for _, _, example in kept if example.vector}
        texts = list(dict.fromkeys(example.query for _, _, example in kept if example.query not in vectors))
        for start in range(0, len(texts), EMBEDDED_TOGETHER):
            some = texts[start : start + EMBEDDED_TOGETHER]
            vectors |= zip(some, packed(embed([*map(kinds_only, some)])), strict=True)
        for first, group, example in kept:
            if not example.vector:
                first.replace(group, example.with_vector(vectors[example.query]))


def _kept_apart(summaries: Mapping[Key, Summary]) -> dict[Key, Summary]:
    """With at most `MAX_KEYS` of each tenant's window."""
    windows: dict[tuple[str, int], dict[Variant, Summary]] = {}
    for key, summary in summaries.items():
        windows.setdefault((key.tenant, key.window_us), {})[key.agent, key.version, key.variant] = summary
    return {
        Key(tenant, start_us, *variant): one
        for (tenant, start_us), apart in windows.items()
        for variant, one in bounded(apart).items()
    }


def _of_key(key: Key, kept: Examples, window_us: int) -> tuple[Example, ...]:
    """The key's examples: groups are those of one agent, or of all."""
    window = key.window_us // window_us
    of_group = kept.get((key.tenant, key.agent, window)) or kept.get((key.tenant, "", window), {})
    return of_group.get(key, ())


def _by_key(examples: Iterable[Example], tenant: str, window_us: int) -> dict[Key, tuple[Example, ...]]:
    found: dict[Key, list[Example]] = {}
    for example in examples:
        start = example.at_us // window_us * window_us
        key = Key(tenant, start, example.agent, example.version, example.variant)
        found.setdefault(key, []).append(example)
    return {key: tuple(kept) for key, kept in found.items()}
