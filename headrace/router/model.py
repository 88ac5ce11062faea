"""The numbers of a router and what follows from them: pure functions of texts and arrays.

A query's score for an agent comes from two linear heads on its n-grams (and, in the full tier, its sentence vector):
one that knows agents and, with less weight, the best of the agent's own intents in one that knows intents. In the
full tier its neighbours' votes are added. The confidence has two parts: how clear the winners of the heads are, and
how well known the query's words and neighbourhood are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from headrace.router.neighbours import Neighbours
from headrace.router.ngrams import Grams, grams
from headrace.router.tfidf import Counts, Floats, Rows, Vocabulary, beginnings, count, weigh

Tier = Literal["fast", "full"]
Doubles = NDArray[np.float64]

SENTENCE_WEIGHT = np.float32(0.5)
"""Length of the sentence vector beside the n-grams' length 1: between 0.5 and 1 accuracy is the same."""
INTENT_WEIGHT = 0.25
"""Of the best intent's score in its agent's: at 1 agents with overlapping intents are confused, half a point worse."""
VOTE_WEIGHT = 0.4
"""Of the neighbours' vote beside scores around ±1; the best of 0.2, 0.4 and 0.8, by a thousandth."""


@dataclass(frozen=True)
class Calibration:
    """How scores become probabilities, and where "none of them" begins."""

    temperature: float
    """Scores are divided by it before the softmax."""
    unknown_weight: float
    """Taken from the evidence for the share of words that the model does not know."""
    similarity_weight: float
    """Added to the evidence for the similarity of the neighbourhood (full tier)."""
    slope: float
    offset: float
    """Confidence = 1 / (1 + exp(-(slope * evidence + offset)))."""
    threshold: float
    """Of the confidence: below it a query is out of scope."""


@dataclass(frozen=True)
class Head:
    """A linear map to labels; `agent` tells to which agent each label belongs."""

    agent: NDArray[np.int64]
    words: Floats
    """Vocabulary × labels."""
    sentence: Floats | None
    """Dimensions × labels (full tier)."""
    bias: Floats

    @cached_property
    def intents(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The agents that have intents, and where each one's begin: labels are sorted, so they stand side by side."""
        agents = int(self.agent.max()) + 1
        first = beginnings(self.agent[agents:]) + agents
        return self.agent[first], first


@dataclass(frozen=True)
class Model:
    """Everything a router knows; arrays only, no text but the agents' names."""

    agents: tuple[str, ...]
    vocabulary: Vocabulary
    head: Head
    """Its first labels are the agents themselves, in order; intents, if any, follow."""
    neighbours: Neighbours | None
    calibration: Calibration

    @property
    def tier(self) -> Tier:
        return "fast" if self.neighbours is None else "full"


@dataclass(frozen=True)
class Scored:
    """A batch of queries, scored; row i is query i."""

    scores: Doubles
    """Queries × agents."""
    evidence: Doubles
    """How clear and how well known: the confidence before its calibration."""
    grams: Grams
    counts: Counts
    rows: Rows


def score(model: Model, texts: Sequence[str], vectors: Floats | None) -> Scored:
    """`vectors` are the sentence vectors of `texts`, for a model of the full tier."""
    found = grams(texts)
    counts = count(found)
    rows = weigh(counts, model.vocabulary)
    by_label = _linear(model.head, rows, vectors)
    votes, similarity = np.zeros((len(texts), len(model.agents))), np.zeros(len(texts))
    if model.neighbours is not None and vectors is not None:
        votes, similarity = model.neighbours.look(vectors, len(model.agents))
    scores, clarity = combine(model.head, by_label, votes)
    return Scored(scores, evidence(clarity, rows.unknown, similarity, model.calibration), found, counts, rows)


def combine(head: Head, by_label: Doubles, votes: Doubles) -> tuple[Doubles, Doubles]:
    """The scores of the agents, and how clear the winners are, from the scores of all labels and the votes.

    Of one query, or of many: labels and agents are the last axis.
    """
    agents = votes.shape[-1]
    heard = VOTE_WEIGHT * votes
    scores = by_label[..., :agents] + heard
    clarity = by_label[..., :agents].max(axis=-1) + heard.max(axis=-1)
    if by_label.shape[-1] > agents:
        owners, first = head.intents
        best = np.maximum.reduceat(by_label, first, axis=-1)
        scores[..., owners] += INTENT_WEIGHT * best
        clarity = clarity + best.max(axis=-1)
    return scores, clarity


def evidence(
    clarity: Doubles, unknown: Doubles | float, similarity: Doubles | float, calibration: Calibration
) -> Doubles:
    """The clarity, less for unknown words, more for a near neighbourhood."""
    known = calibration.similarity_weight * similarity - calibration.unknown_weight * unknown
    return np.asarray(clarity + known)


def probabilities(scores: Doubles, calibration: Calibration) -> Doubles:
    """Softmax of the scores at the calibrated temperature, over the last axis."""
    sharp = np.exp((scores - scores.max(axis=-1, keepdims=True)) / calibration.temperature)
    return np.asarray(sharp / sharp.sum(axis=-1, keepdims=True))


def confidence(evidence: Doubles, calibration: Calibration) -> Doubles:
    """How likely the best agent is right, rising strictly with the evidence."""
    return np.asarray(1.0 / (1.0 + np.exp(-(calibration.slope * evidence + calibration.offset))))


def _linear(head: Head, rows: Rows, vectors: Floats | None) -> Doubles:
    scores = np.zeros((rows.texts, len(head.bias))) + head.bias
    if len(rows.row):
        # Entries come ordered by text, so that a sum over a stretch is a sum over a text.
        first = beginnings(rows.row)
        weighted = rows.value[:, None] * head.words[rows.column]
        scores[rows.row[first]] += np.add.reduceat(weighted, first, axis=0, dtype=np.float64)
    if vectors is not None and head.sentence is not None:
        scores += SENTENCE_WEIGHT * (vectors @ head.sentence)
    return scores
