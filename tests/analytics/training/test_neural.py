"""A PyTorch module learns in steps, and forgets less than without elastic weights."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from analytics.training.neural import STRENGTH, ElasticModule
from headrace.errors import ConfigError
from tests.support.intents import TEMPLATES, Queries, queries

AGENTS = ("billing", "delivery", "account")
STEPS = [tuple(name for name in TEMPLATES if name.startswith(agent)) for agent in AGENTS]
EXAMPLES, SEEDS = 60, 5


def test_without_pytorch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ConfigError, match=r"headrace\[torch\]"):
        ElasticModule(None, AGENTS)


def accuracy(strength: float, seed: int) -> float:
    """Over all agents, after two steps: billing and delivery, then account alone."""
    torch = pytest.importorskip("torch", reason="the extra headrace[torch] is not installed")
    torch.manual_seed(seed)
    module = torch.nn.Sequential(torch.nn.Linear(256, 32), torch.nn.Tanh(), torch.nn.Linear(32, len(AGENTS)))
    trainer = ElasticModule(module, AGENTS, "static", strength=strength, seed=seed)
    for labels in (STEPS[0] + STEPS[1], STEPS[2]):
        step = queries(EXAMPLES * len(labels), seed=seed, labels=labels)
        trainer.update(step.texts, step.agents)
    held_out: Queries = queries(300, seed=100 + seed)
    return float(np.mean(np.array(trainer.predict(held_out.texts)) == np.array(held_out.agents)))


def test_elastic_weights_forget_less() -> None:
    with_, without = (np.array([accuracy(strength, seed) for seed in range(SEEDS)]) for strength in (STRENGTH, 0.0))
    assert (with_ >= without).all()
    assert with_.mean() > without.mean() + 0.05


def test_the_same_seed_gives_the_same_answers() -> None:
    assert accuracy(STRENGTH, 1) == accuracy(STRENGTH, 1)


def test_an_agent_that_was_not_named_is_refused() -> None:
    torch = pytest.importorskip("torch", reason="the extra headrace[torch] is not installed")
    trainer = ElasticModule(torch.nn.Linear(256, 2), AGENTS[:2], "static")
    with pytest.raises(ConfigError, match="no output for account"):
        trainer.update(["reset my password"], ["account"])
