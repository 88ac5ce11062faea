"""From labelled examples to the vocabulary, the design and the targets of a router's linear heads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analytics.router.corpus import FOLDS, Corpus, Indices
from analytics.router.ridge import Design
from headrace.router.model import SENTENCE_WEIGHT
from headrace.router.tfidf import Counts, Floats, Vocabulary, weigh

RARE_FROM = 2000
"""Examples from which n-grams of a single text are left out: below, they still tell something."""


@dataclass(frozen=True)
class Labels:
    """The columns of the heads: the agents, then the intents of those that have more than one."""

    agents: tuple[str, ...]
    intents: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.agents, *self.intents)

    @property
    def agent(self) -> Indices:
        """The agent, by number, of each column."""
        place = {agent: number for number, agent in enumerate(self.agents)}
        return np.array([place[name.partition("/")[0]] for name in self.names], np.int64)


def labels_of(labels: NDArray[np.str_]) -> Labels:
    """The agents and intents in `labels`, sorted.

    >>> labels_of(np.array(["billing/refund", "billing/invoice", "returns", "weather/today"]))
    Labels(agents=('billing', 'returns', 'weather'), intents=('billing/invoice', 'billing/refund'))
    """
    names = [str(name) for name in np.unique(labels)]
    agents = [name.partition("/")[0] for name in names]
    several = {agent for agent in agents if sum(name.startswith(f"{agent}/") for name in names) > 1}
    intents = tuple(name for name, agent in zip(names, agents, strict=True) if "/" in name and agent in several)
    return Labels(tuple(sorted(set(agents))), intents)


def vocabulary_of(counts: Counts) -> tuple[Vocabulary, NDArray[np.int64]]:
    """The n-grams worth knowing, and in how many texts each occurs."""
    hashes, texts = np.unique(counts.hash, return_counts=True)
    kept = texts >= rare_below(counts.texts)
    idf = np.log((1 + counts.texts) / (1 + texts[kept])) + 1
    return Vocabulary(hashes[kept], idf.astype(np.float32)), texts[kept]


def rare_below(texts: int) -> int:
    """In how many of so many texts an n-gram has to occur."""
    return 2 if texts >= RARE_FROM else 1


def design_of(corpus: Corpus, vocabulary: Vocabulary) -> Design:
    """The rows of `corpus`: n-grams, then 1, then the sentence vector if there is one."""
    rows = weigh(corpus.counts, vocabulary)
    sparse = csr_matrix((rows.value, (rows.row, rows.column)), shape=(len(corpus), len(vocabulary.hashes)))
    ones = np.ones((len(corpus), 1), np.float32)
    dense = ones if corpus.vectors is None else np.hstack((ones, SENTENCE_WEIGHT * corpus.vectors))
    return Design(sparse, dense)


def targets_of(corpus: Corpus, labels: Labels) -> tuple[Floats, Floats]:
    """Targets (1 or -1) and weights, examples × columns.

    An example that names only its agent says nothing about which of that agent's intents it is: weight 0 there.
    """
    names = np.array(labels.names)
    agents = np.arange(len(names)) < len(labels.agents)
    label, agent = corpus.labels[:, None], corpus.agents[:, None]
    hit = np.where(agents, agent == names, label == names)
    owner = np.array(labels.agents)[labels.agent]
    open_question = ~agents & (owner == agent) & ~np.isin(corpus.labels, names[~agents])[:, None]
    weights = np.where(open_question, 0, corpus.weights[:, None])
    return np.where(hit, 1, -1).astype(np.float32), weights.astype(np.float32)


def folded(weights: Floats, fold: Indices) -> Floats:
    """`weights` once for all examples, then once for each fold with that fold's examples at 0."""
    parts = [weights, *(weights * (fold != left_out)[:, None] for left_out in range(FOLDS))]
    return np.hstack(parts)
