"""One query at a time: the decision of a batch of one, several times as fast.

A batch's arrays cost more to set up than one query's n-grams to add up. And words come again and again: what a word
needs is looked up once, for all new words of a query together.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from headrace.router.decision import Decision
from headrace.router.model import SENTENCE_WEIGHT, Model, combine, confidence, evidence, probabilities
from headrace.router.ngrams import MAX_CHARACTERS, Spelling, spell, word_hashes, words_of
from headrace.router.reasons import Reasons, strongest
from headrace.router.tfidf import Floats

WORDS_KEPT = 8_192
"""Words that are remembered, then all are forgotten: under a kilobyte each."""
LONGEST_KEPT = 40
"""Characters of a word that is remembered, so that no text can fill the memory; longer ones are looked up each time."""

Indices = NDArray[np.int64]
Doubles = NDArray[np.float64]

_TIMES = np.arange(1.0, 4 * MAX_CHARACTERS)
"""More often nothing occurs in a text that is read, not even with the characters that lower case adds."""
_SHARES = np.append(0.0, (1.0 + np.log(_TIMES)) / _TIMES)
"""Of an n-gram's value, what each occurrence has where there are so many."""


class _Word(NamedTuple):
    """What is remembered of a word."""

    spelling: Spelling
    pieces: Indices
    """The columns of its known n-grams of characters, each as often as it occurs."""


class SingleScorer:
    """Decides one query after the other; threads may share it."""

    def __init__(self, model: Model) -> None:
        self._model = model
        # What is unknown has column -1: the last row, and that weighs nothing.
        self._weights = np.vstack((model.head.words, np.zeros_like(model.head.words[:1]))).astype(np.float32)
        self._idf = np.append(model.vocabulary.idf, 0).astype(np.float64)
        self._bias = model.head.bias.astype(np.float64)
        self._silence = np.zeros(len(model.agents))
        self._words: dict[str, _Word] = {}

    def decide(self, text: str, vector: Floats | None) -> Decision | None:
        """`vector` is the sentence vector of `text` (1 × dimensions), in the full tier; None for a text of no words."""
        words = words_of(text)
        if not words:
            return None
        known = self._met(words)
        hashes = word_hashes([word.spelling for word in known])
        whole = self._model.vocabulary.columns(np.array(hashes, np.uint32))
        columns = np.concatenate((whole, *(word.pieces for word in known)))
        values, weights = self._values(columns, len(whole)), self._weights[columns]
        unknown = 1.0 - len({*whole.tolist()} - {-1}) / len({*hashes})
        scores, found = self._judged(values @ weights, unknown, vector)
        gains = _by_word(values * _lead(weights, scores), known)
        return self._told(scores, found, strongest(words, gains))

    def _values(self, columns: Indices, whole: int) -> Floats:
        """What each occurrence adds of its n-gram's value: those of an n-gram add up to that in `tfidf.weigh`.

        The first `whole` are words and pairs, the others pieces.
        """
        ordered = np.sort(columns)
        times = ordered.searchsorted(columns, "right") - ordered.searchsorted(columns)
        values = _SHARES[times] * self._idf[columns]
        weighed = values * times
        for kind in (slice(whole), slice(whole, None)):
            if length := values[kind] @ weighed[kind]:
                values[kind] /= sqrt(2.0 * length)
        return np.asarray(values, np.float32)

    def _judged(self, linear: Floats, unknown: float, vector: Floats | None) -> tuple[Doubles, Doubles]:
        """Scores of the agents and evidence."""
        head, neighbours = self._model.head, self._model.neighbours
        by_label, votes, similarity = linear + self._bias, self._silence, 0.0
        if vector is not None and neighbours is not None and head.sentence is not None:
            by_label += SENTENCE_WEIGHT * (vector @ head.sentence)[0]
            heard, near = neighbours.look(vector, len(votes))
            votes, similarity = heard[0], near[0]
        scores, clarity = combine(head, by_label, votes)
        return scores, evidence(clarity, unknown, similarity, self._model.calibration)

    def _told(self, scores: Doubles, found: Doubles, why: Reasons) -> Decision:
        calibration, best = self._model.calibration, int(scores.argmax())
        share = float(probabilities(scores, calibration)[best])
        sure = float(confidence(found, calibration))
        return Decision(self._model.agents[best], share, sure, sure >= calibration.threshold, why)

    def _met(self, words: list[str]) -> list[_Word]:
        """What is remembered of `words`; new ones are looked up first."""
        known = self._words
        new = [word for word in words if word not in known]
        if not new:
            return [known[word] for word in words]
        learnt = self._looked_up(list(dict.fromkeys(new)))
        found = [learnt.get(word) or known[word] for word in words]
        if len(known) > WORDS_KEPT:
            self._words = {}
        self._words.update((word, one) for word, one in learnt.items() if len(word) <= LONGEST_KEPT)
        return found

    def _looked_up(self, words: list[str]) -> dict[str, _Word]:
        spellings, owner, hashes = spell(words)
        columns = self._model.vocabulary.columns(hashes)
        order = owner.argsort(kind="stable")
        order = order[columns[order] >= 0]
        pieces = columns[order]
        bounds = owner[order].searchsorted(np.arange(len(words) + 1)).tolist()
        mine = [pieces[start:end].copy() for start, end in pairwise(bounds)]
        return dict(zip(words, map(_Word, spellings, mine), strict=True))


def _lead(weights: Floats, scores: Doubles) -> Floats:
    """How much more each n-gram speaks for the best agent than for the runner-up."""
    if len(scores) == 1:
        return weights[:, 0]
    order = scores.argsort()
    return np.asarray(weights[:, order[-1]] - weights[:, order[-2]])


def _by_word(gains: Floats, known: Sequence[_Word]) -> list[float]:
    """What each word gained by itself, by half of each pair it stands in, and by its pieces."""
    words = len(known)
    owner = np.arange(words).repeat([len(one.pieces) for one in known])
    credit = np.bincount(owner, gains[2 * words - 1 :], words) + gains[:words]
    half = gains[words : 2 * words - 1] / 2
    credit[:-1] += half
    credit[1:] += half
    told: list[float] = credit.tolist()
    return told
