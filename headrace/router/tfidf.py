"""Counts of hashed n-grams as weighted, normalised sparse rows (TF-IDF)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headrace.router.ngrams import Grams

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vocabulary:
    """The n-grams that a model knows, by hash; no text."""

    hashes: NDArray[np.uint32]
    """Ascending."""
    idf: Floats

    def columns(self, hashes: NDArray[np.uint32]) -> NDArray[np.int64]:
        """The place of each hash, -1 where it is unknown."""
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[place] == hashes, place, -1)


@dataclass(frozen=True)
class Counts:
    """The different n-grams of each text, ordered by text: which, and how often."""

    texts: int
    row: NDArray[np.int64]
    hash: NDArray[np.uint32]
    word: NDArray[np.bool_]
    count: NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Sparse rows: entry i of row `row[i]` stands in column `column[i]` and is `value[i]`."""

    texts: int
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Floats


def count(found: Grams) -> Counts:
    """The n-grams of each text, each one once."""
    key = found.row.astype(np.uint64) << np.uint64(32) | found.hash
    _, first, times = np.unique(key, return_index=True, return_counts=True)
    return Counts(found.texts, found.row[first], found.hash[first], found.word[first], times)


def weigh(counts: Counts, vocabulary: Vocabulary) -> Rows:
    """(1 + log count) * idf; words and characters of each text normalised to length sqrt(1/2) apart."""
    column = vocabulary.columns(counts.hash)
    known = column >= 0
    row, column = counts.row[known], column[known]
    value = (1.0 + np.log(counts.count[known])) * vocabulary.idf[column]
    block = row * 2 + counts.word[known]
    length = np.sqrt(2.0 * np.bincount(block, value * value, 2 * counts.texts))
    return Rows(counts.texts, row, column, (value / length[block]).astype(np.float32))


def unknown_words(counts: Counts, vocabulary: Vocabulary) -> NDArray[np.float64]:
    """For each text the share of its words and word pairs that `vocabulary` does not have; 1 for a text without any."""
    row = counts.row[counts.word]
    unknown = vocabulary.columns(counts.hash[counts.word]) < 0
    every = np.bincount(row, minlength=counts.texts)
    share = np.bincount(row, unknown, counts.texts) / np.maximum(every, 1)
    return np.where(every > 0, share, 1.0)
