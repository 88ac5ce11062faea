"""Entries and their vectors, searched exactly by usearch; an index never changes, an update makes a new one.

A tenant's question is answered from its own entries only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from usearch.index import search

from headrace.embedding import Embedder, embedder
from headrace.errors import ConfigError
from headrace.privacy import kinds_only
from headrace.retrieval.entries import Entry

ENTRIES_FILE = "entries.msgpack"
VECTORS_FILE = "vectors.npy"

Vectors = NDArray[np.float16]


class Hit(NamedTuple):
    """An entry and its cosine similarity to the question, -1 to 1."""

    entry: Entry
    similarity: float


class _Stored(msgspec.Struct):
    embedder: str
    model: str
    entries: list[Entry]


class RetrievalIndex:
    """Searchable entries.

    >>> entries = [Entry(entry_id="1", text="Where is my parcel?", answer="With the carrier.", origin="answer")]
    >>> index = RetrievalIndex.empty().updated(entries)
    >>> index.search("my parcel", count=1)[0].entry.answer
    'With the carrier.'
    """

    def __init__(self, entries: Sequence[Entry], vectors: Vectors, embed: Embedder, embedder_name: str) -> None:
        """Entry i has row i of `vectors`, which `embed` made; `embedder_name` is what `embedder` makes it of."""
        self.entries = entries
        self._vectors = vectors
        self._embed = embed
        self._embedder_name = embedder_name
        tenants = np.array([entry.tenant for entry in entries], dtype=np.str_)
        self._rows = {str(tenant): np.flatnonzero(tenants == tenant) for tenant in np.unique(tenants)}

    @classmethod
    def empty(cls, embedder_name: str = "default") -> RetrievalIndex:
        """An index of nothing, for vectors of one of `headrace.embedding`'s embedders."""
        embed = embedder(embedder_name)
        return cls([], np.empty((0, embed.dimensions), np.float16), embed, embedder_name)

    @classmethod
    def load(cls, folder: Path) -> RetrievalIndex:
        """The index that `save` wrote. Raises ConfigError where its embedder is not to be had."""
        stored = msgspec.msgpack.decode((folder / ENTRIES_FILE).read_bytes(), type=_Stored)
        embed = embedder(stored.embedder)
        if embed.name != stored.model:
            raise ConfigError(f"{folder}: made with the embedding {stored.model}, this installation has {embed.name}")
        return cls(stored.entries, np.load(folder / VECTORS_FILE, allow_pickle=False), embed, stored.embedder)

    def save(self, folder: Path) -> None:
        """Writes two files into a folder."""
        stored = _Stored(self._embedder_name, self._embed.name, list(self.entries))
        (folder / ENTRIES_FILE).write_bytes(msgspec.msgpack.encode(stored))
        np.save(folder / VECTORS_FILE, self._vectors, allow_pickle=False)

    def __len__(self) -> int:
        return len(self.entries)

    def updated(self, add: Iterable[Entry] = (), remove: Collection[str] = ()) -> RetrievalIndex:
        """A new index with entries added, replaced by id, and removed by id; only what is new is embedded."""
        fresh = {entry.entry_id: entry for entry in add if entry.entry_id not in remove}
        same = {entry.entry_id for entry in self.entries if fresh.get(entry.entry_id) == entry}
        kept = [
            row
            for row, entry in enumerate(self.entries)
            if entry.entry_id not in remove and (entry.entry_id not in fresh or entry.entry_id in same)
        ]
        new = [entry for entry in fresh.values() if entry.entry_id not in same]
        vectors = np.concatenate([self._vectors[kept], self._vectors_of([entry.text for entry in new])])
        entries = [*(self.entries[row] for row in kept), *new]
        return RetrievalIndex(entries, vectors, self._embed, self._embedder_name)

    def search(self, question: str, count: int = 5, tenant: str = "default") -> list[Hit]:
        """The entries of a tenant that are nearest to a question, the nearest first."""
        return self.search_all([question], count, tenant)[0]

    def search_all(self, questions: Sequence[str], count: int = 5, tenant: str = "default") -> list[list[Hit]]:
        """`search` for many questions at once."""
        rows = self._rows.get(tenant)
        if rows is None or not questions:
            return [[] for _ in questions]
        found = search(self._vectors[rows], self._vectors_of(questions), min(count, len(rows)), "cos", exact=True)
        keys, distances = (np.atleast_2d(part) for part in (found.keys, found.distances))
        return [
            [Hit(self.entries[rows[key]], 1 - float(distance)) for key, distance in zip(*pair, strict=True)]
            for pair in zip(keys, distances, strict=True)
        ]

    def _vectors_of(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self._embed.dimensions), np.float16)
        return self._embed([kinds_only(text) for text in texts]).astype(np.float16)
