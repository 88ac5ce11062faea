"""`ActiveLearningSelector`: from the store to the interactions that annotators are asked about next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray

from analytics import live
from analytics.selection import candidates
from analytics.selection.candidates import Candidates
from analytics.selection.choice import choose
from analytics.selection.failures import active_clusters, weighed
from analytics.selection.pool import Pool, Reason, Strategy, make_pool
from headrace.decisions import Selected, Selection
from headrace.embedding import Embedder, embedder
from headrace.errors import ConfigError
from headrace.settings import Settings, load

Predict = Callable[[Sequence[str]], NDArray[np.floating]]
"""Texts to probabilities, rows × classes: what the present model thinks of them."""
RANDOM_SHARE = 0.1
"""Five labels of fifty: forty cycles tell the accuracy on all traffic to about 7 percentage points."""
EMBEDDER = "sentence"


class ActiveLearningSelector:
    """Chooses what annotators are asked about.

        selector = ActiveLearningSelector()
        selection = selector.select_for_annotation()
        print(selection.selected[0].reason)

    `predict` is the model that is to learn; without one, the scores that the router stored with each
    interaction say how unsure it was. `embed` makes vectors of texts (the sentence model unless given).
    """

    def __init__(
        self, settings: Settings | None = None, *, embed: Embedder | None = None, predict: Predict | None = None
    ) -> None:
        self._settings = settings or load()
        self._embed = embed
        self._predict = predict

    def select_for_annotation(
        self,
        budget: int | None = None,
        strategy: Strategy | None = None,
        *,
        seed: int = 0,
        selected_before: Iterable[str] = (),
    ) -> Selection:
        """The next candidates; budget and strategy as in the settings unless given.

        The same store and seed give the same choice. Raises what `analytics.live.connect` raises.
        """
        learning = self._settings.continual_learning.active_learning
        chosen = strategy or learning.selection_strategy
        with live.connect(self._settings) as store:
            clusters = active_clusters(store) if chosen == "failure" else []
            wanted = frozenset[str]().union(*(cluster.members for cluster in clusters))
            found = candidates.read(store, selected_before, seed, wanted=wanted)
        if not found.ids:
            return Selection(strategy=chosen, seed=seed, open_rows=0, selected=[])
        pool = self._pool(found, seed)
        pool = replace(pool, severity=weighed(found.severity, found.ids, pool.embeddings, clusters))
        choice = choose(pool, budget or learning.budget_per_cycle, chosen, seed, RANDOM_SHARE, found.drawn)
        made = partial(_selected, found, sum(kind == "random" for kind in choice.kinds))
        selected = list(map(made, choice.indices.tolist(), choice.kinds, choice.reasons))
        return Selection(strategy=chosen, seed=seed, open_rows=found.open_rows, selected=selected)

    def _pool(self, found: Candidates, seed: int) -> Pool:
        self._embed = self._embed or embedder(EMBEDDER)
        pool = make_pool(
            self._predict(found.texts) if self._predict else stored_probabilities(found),
            self._embed(found.texts),
            seed=seed,
            ids=found.ids,
            groups=[f"{tenant}/{agent}" for tenant, agent in zip(found.tenants, found.agents, strict=True)],
            sessions=found.sessions,
        )
        return replace(pool, open_rows=found.open_rows)


def stored_probabilities(found: Candidates) -> NDArray[np.float32]:
    """The router's scores as shares of one; where it stored none, its confidence against all the rest."""
    agents = sorted({agent for scores in found.scores for agent in scores})
    place = {agent: column for column, agent in enumerate(agents)}
    table = np.zeros((len(found.ids), max(len(agents), 2)), np.float32)
    for row, scores in enumerate(found.scores):
        for agent, score in scores.items():
            table[row, place[agent]] = max(score, 0.0)
    bare = table.sum(axis=1) <= 0.0
    table[bare, 0], table[bare, 1] = found.confidence[bare], 1.0 - found.confidence[bare]
    table /= table.sum(axis=1, keepdims=True)
    return table


def strategy_named(name: str | None) -> Strategy | None:
    """Raises ConfigError with the names there are."""
    names = get_args(Strategy)
    if name is not None and name not in names:
        raise ConfigError(f"there is no strategy {name!r}; there are: {', '.join(names)}")
    return cast("Strategy | None", name)


def _selected(found: Candidates, drawn: int, row: int, kind: Reason, reason: str) -> Selected:
    propensity = drawn / found.open_rows if kind == "random" else None
    return Selected(interaction_id=found.ids[row], kind=kind, reason=reason, propensity=propensity)
