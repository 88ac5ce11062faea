"""Any PyTorch module as a router that learns in steps: elastic weight consolidation over sentence vectors.

    module = torch.nn.Sequential(torch.nn.Linear(384, 64), torch.nn.ReLU(), torch.nn.Linear(64, 2))
    trainer = ElasticModule(module, ["billing", "delivery"], embedder="sentence")
    trainer.update(texts, agents)

Needs the extra `headrace[torch]`. No example is kept: after each update every parameter is held at its value as firmly
as the examples so far determined it, by the diagonal Fisher information (J. Kirkpatrick et al., PNAS 114, 2017). It
runs where PyTorch does; what agents load by `headrace.Router` is trained by `IncrementalTrainer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.training.incremental import Update
from headrace.embedding import embedder as embedder_named
from headrace.errors import ConfigError
from headrace.privacy import kinds_only

EPOCHS = 30
"""Over the examples of one update."""
RATE = 0.01
"""Step size of Adam."""
BATCH = 64
STRENGTH = 1e6
"""Of the pull to old values, beside the summed loss of the new examples: as large as this because the gradients of
examples that were learnt well, whose squares hold the weights, are near nothing."""

Tensors = dict[str, Any]


class ElasticModule:
    """Trains a module that maps sentence vectors (batch × dimensions) to scores (batch × agents).

    The agents are known from the start, for the module's output has a place for each. Same module, calls and seed,
    same weights. `strength` 0 holds nothing: plain training, which forgets.
    """

    def __init__(
        self,
        module: Any,
        agents: Sequence[str],
        embedder: str = "default",
        *,
        strength: float = STRENGTH,
        epochs: int = EPOCHS,
        seed: int = 0,
    ) -> None:
        """`embedder` is the name that `headrace.embedding.embedder` knows it by; `module` is trained in place.

        Raises ConfigError without PyTorch.
        """
        self._torch = torch = _pytorch()
        self.module = module
        self.agents = tuple(agents)
        self._embed = embedder_named(embedder)
        self._strength, self._epochs = strength, epochs
        self._random = torch.Generator().manual_seed(seed)
        self._fisher: Tensors = {name: torch.zeros_like(value) for name, value in module.named_parameters()}
        self._anchor: Tensors = {}

    def update(self, texts: Sequence[str], agents: Sequence[str], weights: Sequence[float] | None = None) -> Update:
        """Learns these examples. Raises ConfigError for an agent that was not named at the start."""
        began, torch = process_time(), self._torch
        if unknown := set(agents) - set(self.agents):
            raise ConfigError(
                f"the module has no output for {', '.join(sorted(unknown))}: name every agent at the start"
            )
        vectors, target = self._vectors(texts), torch.tensor([self.agents.index(agent) for agent in agents])
        weight = torch.ones(len(texts)) if weights is None else torch.tensor(weights, dtype=torch.float32)
        self._train(vectors, target, weight)
        self._consolidate(vectors, target, weight)
        return Update(len(texts), 0, self.agents, process_time() - began)

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest agent for each text."""
        return [self.agents[place] for place in self.probabilities(texts).argmax(axis=1)]

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Texts × agents; not calibrated."""
        torch = self._torch
        self.module.eval()
        with torch.no_grad():
            scores = self.module(self._vectors(texts)).double()
        return np.asarray(torch.softmax(scores, dim=1).numpy(), np.float64)

    def _vectors(self, texts: Sequence[str]) -> Any:
        return self._torch.from_numpy(self._embed([kinds_only(text) for text in texts]))

    def _train(self, vectors: Any, target: Any, weight: Any) -> None:
        torch = self._torch
        self.module.train()
        optimizer = torch.optim.Adam(self.module.parameters(), lr=RATE)
        for _ in range(self._epochs):
            for rows in torch.randperm(len(target), generator=self._random).split(BATCH):
                optimizer.zero_grad()
                lost = torch.nn.functional.cross_entropy(self.module(vectors[rows]), target[rows], reduction="none")
                loss = (weight[rows] * lost).sum() / weight[rows].sum() + self._pull() / len(target)
                loss.backward()
                optimizer.step()

    def _pull(self) -> Any:
        """What leaving the anchor costs: 0 before the first update."""
        parameters = dict(self.module.named_parameters())
        torch = self._torch
        parts = [(self._fisher[name] * (parameters[name] - old) ** 2).sum() for name, old in self._anchor.items()]
        return self._strength / 2 * torch.stack(parts).sum() if parts else torch.zeros(())

    def _consolidate(self, vectors: Any, target: Any, weight: Any) -> None:
        """Adds the squared gradients of each example's own loss, and puts the anchor where training ended."""
        self.module.eval()
        for row in range(len(target)):
            self.module.zero_grad()
            scores = self.module(vectors[row : row + 1])
            lost = self._torch.nn.functional.cross_entropy(scores, target[row : row + 1])
            (lost * weight[row].sqrt()).backward()
            for name, parameter in self.module.named_parameters():
                if parameter.grad is not None:
                    self._fisher[name] += parameter.grad**2
        self._anchor = {name: value.detach().clone() for name, value in self.module.named_parameters()}


def _pytorch() -> Any:
    try:
        import torch
    except ModuleNotFoundError:
        raise ConfigError("PyTorch models need torch; install it with `pip install 'headrace[torch]'`") from None
    return torch
