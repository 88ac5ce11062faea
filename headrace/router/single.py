"""One query at a time: the numbers of `score` and `reasons` for a batch of one, several times as fast.

A batch's arrays cost more to set up than one query's n-grams to add up. And words come again and again: which of a
word's pieces the vocabulary has is looked up once, and the weights lie ready as float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from headrace.router.model import SENTENCE_WEIGHT, Doubles, Model, combine, evidence
from headrace.router.ngrams import grams, word_hashes, words_of
from headrace.router.reasons import Reasons, strongest
from headrace.router.tfidf import Floats, beginnings

WORDS_KEPT = 16_384
"""Words whose pieces are remembered: about half a kilobyte each."""
LONGEST_KEPT = 40
"""Characters of a word that is remembered, so that no text can fill the memory; longer ones are looked up each time."""

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class One:
    """One query, scored."""

    scores: Doubles
    """1 × agents."""
    evidence: Doubles
    reasons: Reasons


@dataclass(frozen=True)
class _Weighed:
    """The known words and pairs of a query, or its known pieces, each once."""

    column: Indices
    """Ascending."""
    count: Indices
    value: Doubles


class SingleScorer:
    """Scores one query after the other; threads may share it."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._weights = model.head.words.astype(np.float32)
        self._bias = model.head.bias.astype(np.float64)
        self._remembered = lru_cache(WORDS_KEPT)(self._look_up)

    def score(self, text: str, vector: Floats | None) -> One | None:
        """`vector` is the sentence vector of `text` (1 × dimensions), in the full tier; None for a text of no words."""
        words = words_of(text)
        if not words:
            return None
        vocabulary = self._model.vocabulary
        hashes = word_hashes(words)
        places = vocabulary.columns(hashes)
        whole = _weigh(places[places >= 0], vocabulary.idf)
        pieces = [self._pieces(word) for word in words]
        parts = _weigh(np.concatenate(pieces), vocabulary.idf)
        weights = self._weights[np.concatenate((whole.column, parts.column))]
        values = np.concatenate((whole.value, parts.value))
        unknown = 1.0 - len(whole.column) / len(set(hashes.tolist()))
        scores, found = self._judged(values.astype(np.float32) @ weights, unknown, vector)
        gains = values * _lead(weights, scores[0])
        split = len(whole.column)
        credit = _of_words(whole, gains[:split], places, len(words)) + _of_pieces(parts, gains[split:], pieces)
        return One(scores, found, strongest(words, credit.tolist()))

    def _judged(self, linear: Floats, unknown: float, vector: Floats | None) -> tuple[Doubles, Doubles]:
        """Scores and evidence."""
        model, agents = self._model, len(self._model.agents)
        by_label = (linear + self._bias)[None]
        votes, similarity = np.zeros((1, agents)), np.zeros(1)
        if vector is not None and model.neighbours is not None and model.head.sentence is not None:
            by_label += SENTENCE_WEIGHT * (vector @ model.head.sentence)
            votes, similarity = model.neighbours.look(vector, agents)
        scores, clarity = combine(model.head, by_label, votes)
        return scores, evidence(clarity, np.array([unknown]), similarity, model.calibration)

    def _pieces(self, word: str) -> Indices:
        return self._remembered(word) if len(word) <= LONGEST_KEPT else self._look_up(word)

    def _look_up(self, word: str) -> Indices:
        """The columns of the known pieces of a word, each as often as it occurs."""
        found = grams([word])
        columns = self._model.vocabulary.columns(found.key[~found.word].astype(np.uint32))
        return columns[columns >= 0]


def _weigh(columns: Indices, idf: Floats) -> _Weighed:
    """As `tfidf.weigh`, for the n-grams of one kind in one text."""
    ordered = np.sort(columns)
    first = beginnings(ordered)
    column = ordered[first]
    count = np.searchsorted(ordered, column, "right") - first
    value = (1.0 + np.log(count)) * idf[column]
    return _Weighed(column, count, value / np.sqrt(2.0 * (value @ value)))


def _lead(weights: Floats, scores: Doubles) -> Floats:
    """How much more each n-gram speaks for the best agent than for the runner-up."""
    if len(scores) == 1:
        return weights[:, 0]
    order = scores.argsort()
    return np.asarray(weights[:, order[-1]] - weights[:, order[-2]])


def _of_words(whole: _Weighed, gains: Doubles, places: Indices, words: int) -> Doubles:
    """What each word gained by itself, and by half of each pair it stands in."""
    known = places >= 0
    each = np.zeros(len(places))
    each[known] = (gains / whole.count)[np.searchsorted(whole.column, places[known])]
    credit, half = each[:words], each[words:] / 2
    credit[:-1] += half
    credit[1:] += half
    return credit


def _of_pieces(parts: _Weighed, gains: Doubles, pieces: Sequence[Indices]) -> Doubles:
    """What each word gained by its pieces."""
    each = (gains / parts.count)[np.searchsorted(parts.column, np.concatenate(pieces))]
    word = np.arange(len(pieces)).repeat([len(piece) for piece in pieces])
    return np.bincount(word, each, len(pieces)).astype(np.float64)
