"""Training a router from texts and labels, all at once or bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.router.corpus import Corpus, corpus
from analytics.router.fit import Fitted, fit
from headrace.privacy import kinds_only
from headrace.router import Router, artefact
from headrace.router.artefact import Written
from headrace.router.decision import Decision
from headrace.router.model import Doubles, Tier

if TYPE_CHECKING:
    from headrace.embedding import Embedder


class RouterTrainer:
    """Learns which agent answers which query. A label is an agent, or `agent/intent`.

    Intents make the router better at knowing what is out of scope; its answers are agents either way.

    >>> texts = ["pay my invoice", "the invoice is wrong", "where is my parcel", "my parcel is lost"]
    >>> trainer = RouterTrainer().fit(texts, ["billing", "billing", "delivery", "delivery"])
    >>> trainer.update(["reset my password"] * 4, ["account"] * 4).predict(["forgot the password"])
    ['account']
    """

    def __init__(self, tier: Tier = "fast", embedder: str = "sentence") -> None:
        """`embedder` is the name that `headrace.embedding.embedder` knows it by (full tier)."""
        self.tier: Tier = tier
        self.embedder = embedder if tier == "full" else None
        self._embed = _loaded(self.embedder)
        self.vectors = self._embed.name if self._embed is not None else None
        """What the embedder calls its model."""
        self._corpus: Corpus | None = None
        self._fitted: Fitted | None = None

    def fit(self, texts: Sequence[str], labels: Sequence[str], weights: Sequence[float] | None = None) -> RouterTrainer:
        """Trains on these examples alone, from nothing."""
        self.forget()
        return self.train(self.corpus(texts, labels, weights))

    def update(
        self, texts: Sequence[str], labels: Sequence[str], weights: Sequence[float] | None = None
    ) -> RouterTrainer:
        """Trains on these too: the result is that of `fit` on all of them, at a fraction of its cost."""
        new = self.corpus(texts, labels, weights)
        return self.train(new if self._corpus is None else self._corpus.append(new))

    def train(self, examples: Corpus) -> RouterTrainer:
        """Trains on exactly `examples`, beginning where the last training ended."""
        self._fitted, self._corpus = fit(examples, self._fitted), examples
        return self

    def forget(self) -> None:
        """The next training begins from nothing."""
        self._fitted = self._corpus = None

    def corpus(self, texts: Sequence[str], labels: Sequence[str], weights: Sequence[float] | None = None) -> Corpus:
        """The examples in the form that `train` takes, sentence vectors included where the tier needs them."""
        texts = [kinds_only(text) for text in texts]
        vectors = self._embed(texts) if self._embed is not None else None
        return corpus(texts, labels, weights, vectors)

    @property
    def fitted(self) -> Fitted:
        """The last training's result; raises ValueError before the first."""
        if self._fitted is None:
            raise ValueError("nothing is trained yet: call fit first")
        return self._fitted

    @property
    def router(self) -> Router:
        """What was trained, as an agent runs it."""
        return Router(self.fitted.model, self._embed)

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest agent for each text."""
        return self.router.predict(texts)

    def probabilities(self, texts: Sequence[str]) -> Doubles:
        """Texts × agents (`router.agents`), calibrated."""
        return self.router.probabilities(texts)

    def confidence(self, texts: Sequence[str]) -> Doubles:
        """How likely `predict` is right for each text; low also for what is out of scope."""
        return self.router.confidence(texts)

    def in_scope(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """For each text whether any agent should answer it."""
        return self.router.in_scope(texts)

    def decide(self, text: str) -> Decision:
        """Agent, probability, scope and reasons for one text."""
        return self.router.decide(text)

    def export(self, path: Path, about: dict[str, Any] | None = None) -> Written:
        """Writes the manifest to `path` (ending in .json) and the arrays beside it."""
        return artefact.write(self.router.model, path, self.embedder, self.vectors, about)


def _loaded(name: str | None) -> Embedder | None:
    if name is None:
        return None
    from headrace.embedding import embedder

    return embedder(name)
