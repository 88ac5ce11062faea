"""Counts of hashed n-grams as weighted, normalised sparse rows (TF-IDF)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headrace.router.ngrams import Grams

Floats = NDArray[np.float32]

_HALF = np.uint64(32)


@dataclass(frozen=True)
class Vocabulary:
    """The n-grams that a model knows, by hash; no text."""

    hashes: NDArray[np.uint32]
    """Ascending."""
    idf: Floats

    def columns(self, hashes: NDArray[np.uint32]) -> NDArray[np.int64]:
        """The place of each hash, -1 where it is unknown."""
        place = self.hashes.searchsorted(hashes)
        return np.where(self.hashes.take(place, mode="clip") == hashes, place, -1)


@dataclass(frozen=True)
class Counts:
    """The different n-grams of each text, ordered by text: which, and how often."""

    texts: int
    row: NDArray[np.int64]
    hash: NDArray[np.uint32]
    word: NDArray[np.bool_]
    count: NDArray[np.int64]

    @property
    def key(self) -> NDArray[np.uint64]:
        """As in `Grams`; ascending."""
        return self.row.astype(np.uint64) << _HALF | self.hash


@dataclass(frozen=True)
class Rows:
    """Sparse rows: entry i is n-gram `source[i]` of the counts, in row `row[i]`, column `column[i]`, `value[i]`."""

    texts: int
    source: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Floats
    unknown: NDArray[np.float64]
    """For each text the share of its words and pairs that the vocabulary does not have; 1 for a text without any."""


def count(found: Grams) -> Counts:
    """The n-grams of each text, each one once."""
    order = np.argsort(found.key)
    key = found.key[order]
    first = beginnings(key)
    times = np.diff(first, append=len(key))
    key = key[first]
    return Counts(found.texts, (key >> _HALF).astype(np.int64), key.astype(np.uint32), found.word[order[first]], times)


def beginnings(values: NDArray[Any]) -> NDArray[np.int64]:
    """Where stretches of equal values begin.

    >>> beginnings(np.array([7, 7, 2, 7])).tolist()
    [0, 2, 3]
    """
    changes = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes.nonzero()[0]


def weigh(counts: Counts, vocabulary: Vocabulary) -> Rows:
    """(1 + log count) * idf; words and characters of each text normalised to length sqrt(1/2) apart."""
    column = vocabulary.columns(counts.hash)
    source = (column >= 0).nonzero()[0]
    row, column = counts.row[source], column[source]
    value = (1.0 + np.log(counts.count[source])) * vocabulary.idf[column]
    block = row * 2 + counts.word[source]
    length = np.sqrt(2.0 * np.bincount(block, value * value, 2 * counts.texts))
    unknown = _unknown(counts, source)
    return Rows(counts.texts, source, row, column, (value / length[block]).astype(np.float32), unknown)


def _unknown(counts: Counts, known: NDArray[np.int64]) -> NDArray[np.float64]:
    every = np.bincount(counts.row[counts.word], minlength=counts.texts)
    words = known[counts.word[known]]
    return 1.0 - np.bincount(counts.row[words], minlength=counts.texts) / np.maximum(every, 1)
