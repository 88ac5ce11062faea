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
from analytics.selection.uncertainty import Measure
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
        measure: Measure | None = None,
        seed: int = 0,
        selected_before: Iterable[str] = (),
    ) -> Selection:
        """The next candidates; budget, strategy and measure of uncertainty as in the settings unless given.

        Nothing is chosen that says what a labelled interaction, or one of `selected_before`, says. The same store
        and seed give the same choice. Raises what `analytics.live.connect` raises.
        """
        learning = self._settings.continual_learning.active_learning
        chosen, before = strategy or learning.selection_strategy, list(selected_before)
        with live.connect(self._settings) as store:
            clusters = active_clusters(store) if chosen == "failure" else []
            wanted = frozenset[str]().union(*(cluster.members for cluster in clusters))
            found = candidates.read(store, before, seed, wanted=wanted)
            known = candidates.known_texts(store, before)
        if not found.ids:
            return Selection(strategy=chosen, seed=seed, open_rows=0, selected=[])
        pool = self._pool(found, known, measure or learning.uncertainty_measure, seed)
        own = weighed(found.severity, found.ids, pool.embeddings[: len(found.ids)], clusters)
        pool = replace(pool, severity=np.pad(own, (0, len(known))))
        choice = choose(pool, budget or learning.budget_per_cycle, chosen, seed, RANDOM_SHARE, found.drawn)
        made = partial(_selected, found, sum(kind == "random" for kind in choice.kinds))
        selected = list(map(made, choice.indices.tolist(), choice.kinds, choice.reasons))
        return Selection(strategy=chosen, seed=seed, open_rows=found.open_rows, selected=selected)

    def _pool(self, found: Candidates, known: Sequence[str], measure: Measure, seed: int) -> Pool:
        """The candidates, and behind them as labelled rows what is known already."""
        self._embed = self._embed or embedder(EMBEDDER)
        open_, apart = len(found.ids), [""] * len(known)
        probabilities = self._predict(found.texts) if self._predict else stored_probabilities(found)
        groups = (f"{tenant}/{agent}" for tenant, agent in zip(found.tenants, found.agents, strict=True))
        pool = make_pool(
            np.pad(probabilities, ((0, len(known)), (0, 0))),
            self._embed([*found.texts, *known]),
            range(open_, open_ + len(known)),
            measure=measure,
            seed=seed,
            ids=[*found.ids, *apart],
            groups=[*groups, *apart],
            sessions=[*found.sessions, *apart],
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


def measure_named(name: str | None) -> Measure | None:
    """Raises ConfigError with the names there are."""
    names = get_args(Measure)
    if name is not None and name not in names:
        raise ConfigError(f"there is no measure {name!r}; there are: {', '.join(names)}")
    return cast("Measure | None", name)


def _selected(found: Candidates, drawn: int, row: int, kind: Reason, reason: str) -> Selected:
    propensity = drawn / found.open_rows if kind == "random" else None
    return Selected(interaction_id=found.ids[row], kind=kind, reason=reason, propensity=propensity)
