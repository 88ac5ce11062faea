"""Learning in steps: what full replay reaches, what little memory and none cost."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.router import RouterTrainer
from analytics.training import IncrementalTrainer, Measured, Strategy, backward_transfer, forgetting
from analytics.training.memory import remember, weighted
from headrace.errors import ConfigError
from tests.support.intents import TEMPLATES, Queries, queries

STEPS = [tuple(name for name in TEMPLATES if name.startswith(agent)) for agent in ("billing", "delivery", "account")]


def course(trainer: IncrementalTrainer) -> list[Measured]:
    """One agent at a time; what is still known of each after each step."""
    rows = []
    for step, names in enumerate(STEPS):
        examples = queries(150, seed=step, labels=names)
        trainer.update(examples.texts, examples.labels)
        for taught in range(step + 1):
            rows.append(measured(trainer, step, taught))
    return rows


def measured(trainer: IncrementalTrainer, step: int, taught: int) -> Measured:
    held_out = queries(100, seed=100 + taught, labels=STEPS[taught])
    right = np.sum(np.array(trainer.predict(held_out.texts)) == np.array(held_out.agents))
    return Measured(model="m", step=step, slice=held_out.agents[0], learnt_at=taught, examples=100, right=int(right))


@pytest.mark.parametrize(("strategy", "memory"), [("replay", None), ("replay", 60), ("full", None)])
def test_one_new_agent_at_a_time_is_learnt_without_forgetting(strategy: Strategy, memory: int | None) -> None:
    rows = course(IncrementalTrainer(strategy, memory))
    last = [row.accuracy for row in rows if row.step == 2]
    assert np.mean(last) > 0.97
    assert forgetting(rows) <= 0.02
    assert backward_transfer(rows) >= -0.02


def test_replay_of_everything_is_training_anew() -> None:
    held_out = queries(200, seed=50).texts
    replay, full = IncrementalTrainer("replay"), IncrementalTrainer("full")
    course(replay)
    course(full)
    difference = replay.router.probabilities(held_out) - full.router.probabilities(held_out)
    assert np.abs(difference).max() < 0.02


def test_elastic_weights_remember_more_than_none() -> None:
    elastic = course(IncrementalTrainer("ewc"))
    naive = RouterTrainer()
    for step, names in enumerate(STEPS):
        examples = queries(150, seed=step, labels=names)
        naive.fit(examples.texts, examples.labels)
    held_out = queries(100, seed=100, labels=STEPS[0])
    forgotten = np.mean(np.array(naive.predict(held_out.texts)) == np.array(held_out.agents))
    kept = next(row.accuracy for row in elastic if row.step == 2 and row.learnt_at == 0)
    assert forgotten == 0.0
    assert kept > 0.4


def test_a_memory_is_balanced_and_its_weights_stand_for_all() -> None:
    trainer = RouterTrainer()
    often, rare = queries(300, seed=1, labels=STEPS[0]), queries(30, seed=2, labels=STEPS[1])
    first = trainer.corpus([*often.texts, *rare.texts], [*often.labels, *rare.labels])
    memory = remember(None, first, 80, seed=0)
    assert len(memory.kept) == 80
    counts = {str(label): int((memory.kept.labels == label).sum()) for label in np.unique(memory.kept.labels)}
    assert sum(counts[label] for label in STEPS[1]) == 30
    again = weighted(memory, trainer.corpus(["hello"], ["greeter"]))
    assert again.weights[:80].sum() == pytest.approx(330, rel=1e-5)


def test_a_memory_is_the_same_for_the_same_seed() -> None:
    def kept(seed: int) -> list[str]:
        examples: Queries = queries(200, seed=1)
        corpus = RouterTrainer().corpus(
            examples.texts, [f"{label}-{place}" for place, label in enumerate(examples.labels)]
        )
        return [str(label) for label in remember(None, corpus, 20, seed).kept.labels]

    assert kept(1) == kept(1)
    assert kept(1) != kept(2)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="use replay"):
        IncrementalTrainer("ewc", tier="full")
    with pytest.raises(ConfigError, match="memory"):
        IncrementalTrainer(memory=0)
