"""What a router is trained on: counted n-grams, labels and weights; no text is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headrace.router.ngrams import grams
from headrace.router.tfidf import Counts, Floats, count

FOLDS = 4
"""Parts of which each is scored by a model that has not seen it: those scores calibrate the router."""

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Corpus:
    """Labelled examples. A label is an agent, or `agent/intent`."""

    counts: Counts
    labels: NDArray[np.str_]
    weights: Floats
    fold: Indices
    """Texts with the same n-grams are in the same fold."""
    vectors: Floats | None
    """Sentence vectors (full tier)."""

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def agents(self) -> NDArray[np.str_]:
        """The agent of each example's label."""
        return np.array([label.partition("/")[0] for label in self.labels])

    def append(self, new: Corpus) -> Corpus:
        """This one's examples, then those of `new`."""
        old, more = self.counts, new.counts
        counts = Counts(
            old.texts + more.texts,
            np.concatenate((old.row, more.row + old.texts)),
            np.concatenate((old.hash, more.hash)),
            np.concatenate((old.word, more.word)),
            np.concatenate((old.count, more.count)),
        )
        both = None
        if self.vectors is not None and new.vectors is not None:
            both = np.concatenate((self.vectors, new.vectors))
        return Corpus(
            counts,
            np.concatenate((self.labels, new.labels)),
            np.concatenate((self.weights, new.weights)),
            np.concatenate((self.fold, new.fold)),
            both,
        )

    def take(self, chosen: Indices) -> Corpus:
        """The examples at `chosen`, in that order."""
        first = np.searchsorted(self.counts.row, np.arange(len(self) + 1))
        lengths = first[chosen + 1] - first[chosen]
        inside = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        entry = np.repeat(first[chosen], lengths) + inside
        counts = Counts(
            len(chosen),
            np.repeat(np.arange(len(chosen)), lengths),
            self.counts.hash[entry],
            self.counts.word[entry],
            self.counts.count[entry],
        )
        vectors = self.vectors[chosen] if self.vectors is not None else None
        return Corpus(counts, self.labels[chosen], self.weights[chosen], self.fold[chosen], vectors)


def corpus(
    texts: Sequence[str],
    labels: Sequence[str],
    weights: Sequence[float] | Floats | None = None,
    vectors: Floats | None = None,
) -> Corpus:
    """The examples as a `Corpus`; raises ValueError where lengths differ or a weight is not positive."""
    weight = np.ones(len(texts), np.float32) if weights is None else np.asarray(weights, np.float32)
    if not len(texts) == len(labels) == len(weight):
        raise ValueError(f"{len(texts)} texts, {len(labels)} labels and {len(weight)} weights: give one of each")
    if not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError("every weight has to be a positive number; leave out what should not count")
    counts = count(grams(texts))
    return Corpus(counts, np.array(labels, dtype=np.str_), weight, _folds(counts), vectors)


def _folds(counts: Counts) -> Indices:
    total = np.zeros(counts.texts, np.uint64)
    np.add.at(total, counts.row, counts.hash.astype(np.uint64) * counts.count.astype(np.uint64))
    total *= np.uint64(0x9E3779B97F4A7C15)
    return ((total >> np.uint64(40)) % np.uint64(FOLDS)).astype(np.int64)
