"""Routers that learn in steps, and how they remember what they knew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any, Literal

from analytics.router import RouterTrainer
from analytics.router.corpus import Corpus
from analytics.training import elastic
from analytics.training.memory import Memory, remember, weighted
from headrace.errors import ConfigError
from headrace.router import Router
from headrace.router.artefact import Written
from headrace.router.model import Tier

Strategy = Literal["replay", "ewc", "full"]


@dataclass(frozen=True)
class Update:
    """What one step did."""

    new: int
    """Examples it brought."""
    replayed: int
    """Past examples it was trained on beside them."""
    agents: tuple[str, ...]
    """Known after it."""
    seconds: float
    """Of processor time, embedding included."""


class IncrementalTrainer:
    """Teaches a router new examples without its forgetting the old ones.

    replay  trains on the new examples and a balanced reservoir of past ones (`memory` of them; None keeps all),
            beginning at the last solution. With all kept the result is that of training anew, for a fraction of
            the cost: the default
    ewc     keeps no example, only how firmly each weight was determined: where examples may not be stored.
            Fast tier only, and it forgets more
    full    trains anew on everything: the baseline

    Same calls, same seed, same router. What is kept are counted n-grams and vectors, no texts.

    >>> trainer = IncrementalTrainer()
    >>> trainer.update(["pay my invoice", "wrong invoice"], ["billing", "billing"]).new
    2
    >>> trainer.update(["where is my parcel", "parcel lost"], ["delivery", "delivery"]).replayed
    2
    >>> trainer.predict(["an invoice", "the parcel"])
    ['billing', 'delivery']
    """

    def __init__(
        self,
        strategy: Strategy = "replay",
        memory: int | None = None,
        tier: Tier = "fast",
        embedder: str = "sentence",
        seed: int = 0,
    ) -> None:
        if strategy == "ewc" and tier == "full":
            raise ConfigError("ewc keeps no examples, and the full tier needs them as neighbours: use replay")
        if memory is not None and memory < 1:
            raise ConfigError(f"memory: {memory} examples are none; leave it out to keep all")
        self.strategy: Strategy = strategy
        self._size = memory
        self._seed = seed
        self._trainer = RouterTrainer(tier, embedder)
        self._memory: Memory | None = None
        self._consolidated: elastic.Consolidated | None = None

    def update(self, texts: Sequence[str], labels: Sequence[str], weights: Sequence[float] | None = None) -> Update:
        """Learns these examples; a label is an agent, or `agent/intent`, and may be new."""
        began = process_time()
        new = self._trainer.corpus(texts, labels, weights)
        replayed = self._consolidate(new) if self.strategy == "ewc" else self._replay(new)
        return Update(len(new), replayed, self.router.agents, process_time() - began)

    @property
    def router(self) -> Router:
        """What was learnt so far, as an agent runs it."""
        if self._consolidated is not None:
            return Router(self._consolidated.fitted.model)
        return self._trainer.router

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest agent for each text."""
        return self.router.predict(texts)

    def export(self, path: Path, about: dict[str, Any] | None = None) -> Written:
        """Writes the manifest to `path` (ending in .json) and the arrays beside it."""
        from headrace.router import artefact

        return artefact.write(self.router.model, path, self._trainer.embedder, self._trainer.vectors, about)

    def _replay(self, new: Corpus) -> int:
        before = self._memory
        if self.strategy == "full":
            self._trainer.forget()
        self._trainer.train(new if before is None else weighted(before, new))
        self._memory = remember(before, new, None if self.strategy == "full" else self._size, self._seed)
        return 0 if before is None else len(before.kept)

    def _consolidate(self, new: Corpus) -> int:
        if self._consolidated is None:
            self._consolidated = elastic.consolidate(self._trainer.train(new).fitted, new)
        else:
            self._consolidated = elastic.update(self._consolidated, new)
        return 0
