"""A corpus to a router: linear heads, neighbours, calibration. Pure: the same corpus, the same arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.router.calibration import calibrate
from analytics.router.corpus import FOLDS, Corpus
from analytics.router.design import (
    RARE_FROM,
    Labels,
    design_of,
    folded,
    labels_of,
    rare_below,
    targets_of,
    vocabulary_of,
)
from analytics.router.prototypes import prototypes
from analytics.router.ridge import solve
from headrace.router.model import Doubles, Head, Model, combine
from headrace.router.neighbours import Neighbours
from headrace.router.tfidf import Floats, Vocabulary

PENALTY = 1.0
"""Of the squared weights; twice or half as much gives the same accuracy to a thousandth."""
PENALTY_OF_FEW = 0.25
"""The same for fewer than RARE_FROM examples: of 0.1, 0.25, 0.5 and 1 the one that is on average not behind a linear
SVM from 100, 500 and 1,000 (benchmarks/router.py --labels)."""
UNKNOWN_WEIGHT = 1.0
"""For each head: a query without a single known word loses what a clear winner has."""
SIMILARITY_WEIGHT = 4.0
"""Similarities spread over a sixth of what scores do; 2 to 6 are the same to a thousandth of AUROC."""
BLOCK = 1024
"""Examples compared with all others at a time: 60 MB with 15,000."""


@dataclass(frozen=True)
class Fitted:
    """A router and the solution it came from: where the next fit begins."""

    model: Model
    labels: Labels
    solution: Floats
    """Features (n-grams of the vocabulary, 1, sentence) × (all examples, then each fold) · labels."""


def fit(corpus: Corpus, before: Fitted | None = None) -> Fitted:
    """Trains on all of `corpus`; from the solution `before` it takes a fraction of the steps."""
    labels = labels_of(corpus.labels)
    vocabulary, known_in = vocabulary_of(corpus.counts)
    design = design_of(corpus, vocabulary)
    targets, weights = targets_of(corpus, labels)
    start = carried(before, before.solution, vocabulary, labels, design.features) if before else None
    every = folded(weights, corpus.fold)
    solution = solve(
        design, np.tile(targets, (1, FOLDS + 1)), every, PENALTY if len(corpus) >= RARE_FROM else PENALTY_OF_FEW, start
    )
    head = head_of(solution, labels, len(vocabulary.hashes))
    agent = _agent_of(corpus, labels)
    neighbours = None if corpus.vectors is None else prototypes(corpus.vectors, agent)
    votes, similarity = np.zeros((len(corpus), len(labels.agents))), np.zeros(len(corpus))
    if corpus.vectors is not None:
        votes, similarity = _looked(corpus.vectors, agent, corpus.fold, len(labels.agents))
    held_out = combine(head, _held_out(design.times(solution), corpus, labels), votes)
    calibration = calibrate(
        *held_out,
        agent,
        _unknown(corpus, vocabulary, known_in),
        similarity,
        (UNKNOWN_WEIGHT * (2 if labels.intents else 1), SIMILARITY_WEIGHT if neighbours is not None else 0.0),
    )
    return Fitted(Model(labels.agents, vocabulary, head, neighbours, calibration), labels, solution)


def head_of(solution: Floats, labels: Labels, words: int) -> Head:
    """The part of `solution` that was trained on all examples, as an agent runs it."""
    columns = len(labels.names)
    sentence = solution[words + 1 :, :columns] if solution.shape[0] > words + 1 else None
    return Head(labels.agent, solution[:words, :columns].astype(np.float16), sentence, solution[words, :columns])


def _held_out(scores: Floats, corpus: Corpus, labels: Labels) -> Doubles:
    each = scores.reshape(len(corpus), FOLDS + 1, len(labels.names))
    return each[np.arange(len(corpus)), corpus.fold + 1].astype(np.float64)


def _agent_of(corpus: Corpus, labels: Labels) -> NDArray[np.int64]:
    return np.searchsorted(np.array(labels.agents), corpus.agents).astype(np.int64)


def _unknown(corpus: Corpus, vocabulary: Vocabulary, known_in: NDArray[np.int64]) -> Doubles:
    """The share of each example's words that would be unknown if the example were not there."""
    counts = corpus.counts
    row = counts.row[counts.word]
    place = vocabulary.columns(counts.hash[counts.word])
    lonely = (place < 0) | (known_in[place] <= rare_below(len(corpus)))
    every = np.bincount(row, minlength=len(corpus))
    return np.where(every > 0, np.bincount(row, lonely, len(corpus)) / np.maximum(every, 1), 1.0)


def _looked(
    vectors: Floats, agent: NDArray[np.int64], folds: NDArray[np.int64], agents: int
) -> tuple[Doubles, Doubles]:
    """Each example's votes and similarity among the examples of the other folds."""
    votes, similarity = np.zeros((len(vectors), agents)), np.zeros(len(vectors))
    for fold in range(FOLDS):
        inside = folds == fold
        others = Neighbours(vectors[~inside], agent[~inside])
        for block in np.array_split(np.flatnonzero(inside), inside.sum() // BLOCK + 1):
            if len(block) and len(others.agent):
                votes[block], similarity[block] = others.look(vectors[block], agents)
    return votes, similarity


def carried(before: Fitted, values: Floats, vocabulary: Vocabulary, labels: Labels, features: int) -> Floats:
    """`values` (of the shape of `before.solution`) where their features and labels stand now; 0 for what is new."""
    columns = len(labels.names)
    start = np.zeros((features, FOLDS + 1, columns), np.float32)
    known = before.labels.names
    now = np.array([place for place, name in enumerate(labels.names) if name in known], np.int64)
    then = np.array([known.index(labels.names[place]) for place in now], np.int64)
    words, old_words = len(vocabulary.hashes), len(before.model.vocabulary.hashes)
    place = before.model.vocabulary.columns(vocabulary.hashes)
    cube = values.reshape(len(values), FOLDS + 1, len(known))
    kept = np.concatenate((place, np.arange(old_words, old_words + features - words)))
    found = kept >= 0
    start[np.ix_(found, np.arange(FOLDS + 1), now)] = cube[np.ix_(kept[found], np.arange(FOLDS + 1), then)]
    return start.reshape(features, -1)
