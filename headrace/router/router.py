"""The router in an agent's process: one artefact, loaded and verified once, then asked for decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from headrace.router import model as scoring
from headrace.router.artefact import ArtefactRefused, Manifest, read
from headrace.router.decision import Decision
from headrace.router.model import Doubles, Model, Scored, Tier
from headrace.router.reasons import reasons
from headrace.router.single import SingleScorer

if TYPE_CHECKING:
    from headrace.embedding import Embedder

BLOCK = 256
"""Texts scored together: more gain nothing, and each takes 0.1 MB for a hundred intents."""


class Router:
    """Decides which agent should answer a query; safe to share between threads, for nothing in it changes.

    >>> from analytics.router import RouterTrainer
    >>> texts = ["pay my invoice", "invoice is wrong", "where is my parcel", "parcel lost", "refund the invoice"]
    >>> router = RouterTrainer().fit(texts * 4, ["billing", "billing", "delivery", "delivery", "billing"] * 4).router
    >>> router.decide("the invoice, please").agent
    'billing'
    """

    def __init__(self, model: Model, embed: Embedder | None = None) -> None:
        """`embed` gives the sentence vectors that a model of the full tier needs."""
        self.model = model
        self._embed = embed

    @classmethod
    def load(cls, uri: str | Path, sha256: str | None = None) -> Router:
        """The router whose manifest is at `uri`: a path, or anything that fsspec reads.

        `sha256` is the manifest's own hash, as announced with a promotion. Raises ArtefactRefused where a hash,
        the feature code, the format or the embedder's model is not what it has to be; nothing is loaded then.
        """
        artefact = read(uri, sha256)
        return cls(artefact.model, _embedder_of(artefact.manifest, uri))

    @property
    def agents(self) -> tuple[str, ...]:
        """The agents it knows, in the order of the columns of `probabilities`."""
        return self.model.agents

    @property
    def tier(self) -> Tier:
        """`fast`: n-grams only. `full`: with a sentence embedding."""
        return self.model.tier

    def decide(self, text: str) -> Decision:
        """Which agent should answer `text`, how sure that is, and why."""
        vector = self._embed([text]) if self._embed is not None else None
        return self._single.decide(text, vector) or self.decide_all([text])[0]

    def decide_all(self, texts: Sequence[str]) -> list[Decision]:
        """`decide` for many texts at once, several times as fast."""
        return [decision for scored in self._blocks(texts) for decision in self._decisions(scored)]

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest agent for each text, also where it is out of scope."""
        return [self.agents[best] for scored in self._blocks(texts) for best in scored.scores.argmax(axis=1)]

    def probabilities(self, texts: Sequence[str]) -> Doubles:
        """Texts × agents, calibrated; each row sums to 1."""
        scores = [scored.scores for scored in self._blocks(texts)]
        return scoring.probabilities(np.concatenate(scores), self.model.calibration)

    def confidence(self, texts: Sequence[str]) -> Doubles:
        """For each text how likely `predict` is right, 0 to 1; below the model's threshold it is out of scope."""
        evidence = [scored.evidence for scored in self._blocks(texts)]
        return scoring.confidence(np.concatenate(evidence), self.model.calibration)

    def in_scope(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """For each text whether any of the agents should answer it."""
        return np.asarray(self.confidence(texts) >= self.model.calibration.threshold)

    @cached_property
    def _single(self) -> SingleScorer:
        return SingleScorer(self.model)

    def _blocks(self, texts: Sequence[str]) -> Iterator[Scored]:
        for start in range(0, max(1, len(texts)), BLOCK):
            block = texts[start : start + BLOCK]
            vectors = self._embed(block) if self._embed is not None else None
            yield scoring.score(self.model, block, vectors)

    def _decisions(self, scored: Scored) -> list[Decision]:
        shares = scoring.probabilities(scored.scores, self.model.calibration)
        sure = scoring.confidence(scored.evidence, self.model.calibration)
        inside = sure >= self.model.calibration.threshold
        best = scored.scores.argmax(axis=1)
        columns = (best.tolist(), shares.max(axis=1).tolist(), sure.tolist(), inside.tolist())
        told = zip(*columns, reasons(scored, self.model.head), strict=True)
        return [Decision(self.agents[agent], share, known, scope, why) for agent, share, known, scope, why in told]


def _embedder_of(manifest: Manifest, uri: str | Path) -> Embedder | None:
    if manifest.embedder is None:
        return None
    from headrace.embedding import embedder

    embed = embedder(manifest.embedder)
    if manifest.vectors not in (None, embed.name):
        raise ArtefactRefused(
            f"{uri}: trained on vectors of {manifest.vectors}, this installation has {embed.name}: "
            "train it again with this version, or run the version it was trained with"
        )
    return embed
