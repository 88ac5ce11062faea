"""Updates that keep no example: elastic weight consolidation of the linear heads.

Each weight is held at its old value as firmly as past examples determined it: by the diagonal Fisher information,
which for a linear model with squared loss is the sum of squared feature values. An agent that is new begins as
"nobody before asked for it".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.router.corpus import FOLDS, Corpus
from analytics.router.design import Labels, design_of, folded, labels_of, targets_of, vocabulary_of
from analytics.router.fit import PENALTY, Fitted, carried, head_of
from analytics.router.ridge import solve, squares
from headrace.router.model import Model
from headrace.router.tfidf import Floats, Vocabulary


@dataclass(frozen=True)
class Consolidated:
    """A router and how firmly its past holds each of its weights."""

    fitted: Fitted
    fisher: Floats
    """Of the shape of `fitted.solution`."""


def consolidate(fitted: Fitted, corpus: Corpus) -> Consolidated:
    """A router trained on `corpus`, with the Fisher information of these examples."""
    _, weights = targets_of(corpus, fitted.labels)
    design = design_of(corpus, fitted.model.vocabulary)
    return Consolidated(fitted, squares(design, folded(weights, corpus.fold)))


def update(old: Consolidated, new: Corpus) -> Consolidated:
    """`old` after training on `new` alone. Calibration and threshold stay: `new` says nothing about the past's."""
    before = old.fitted
    labels = _joined(before.labels, new)
    vocabulary = _widened(before.model.vocabulary, new)
    design = design_of(new, vocabulary)
    start = _unasked(carried(before, before.solution, vocabulary, labels, design.features), before, labels, vocabulary)
    firmness = _shared(carried(before, old.fisher, vocabulary, labels, design.features), before, labels)
    targets, weights = targets_of(new, labels)
    every = folded(weights, new.fold)
    missed = np.tile(targets, (1, FOLDS + 1)) - design.times(start)
    solution = start + solve(design, missed, every, firmness + np.float32(PENALTY))
    head = head_of(solution, labels, len(vocabulary.hashes))
    model = Model(labels.agents, vocabulary, head, None, before.model.calibration)
    return Consolidated(Fitted(model, labels, solution), firmness + squares(design, every))


def _joined(known: Labels, new: Corpus) -> Labels:
    return labels_of(np.array([*known.names, *new.labels]))


def _widened(known: Vocabulary, new: Corpus) -> Vocabulary:
    fresh, _ = vocabulary_of(new.counts)
    added = ~np.isin(fresh.hashes, known.hashes)
    hashes = np.concatenate((known.hashes, fresh.hashes[added]))
    order = np.argsort(hashes)
    return Vocabulary(hashes[order], np.concatenate((known.idf, fresh.idf[added]))[order])


def _unasked(start: Floats, before: Fitted, labels: Labels, vocabulary: Vocabulary) -> Floats:
    cube = start.reshape(len(start), FOLDS + 1, len(labels.names))
    added = [place for place, name in enumerate(labels.names) if name not in before.labels.names]
    cube[len(vocabulary.hashes), :, added] = -1.0
    return cube.reshape(len(start), -1)


def _shared(fisher: Floats, before: Fitted, labels: Labels) -> Floats:
    """A new label is held as firmly as any old one: the past said no to it each time."""
    cube = fisher.reshape(len(fisher), FOLDS + 1, len(labels.names))
    added = [place for place, name in enumerate(labels.names) if name not in before.labels.names]
    cube[:, :, added] = cube.max(axis=2, keepdims=True)
    return cube.reshape(len(fisher), -1)
