"""The full tier with an embedder of ours: neighbours decide where words do not, and few vectors stand for many."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import headrace
from analytics.router import RouterTrainer
from analytics.router.prototypes import SHARE, prototypes
from headrace.router import ArtefactRefused
from tests.support.intents import out_of_scope, queries

TOPICS = {"invoice": 0, "refund": 0, "money": 0, "parcel": 1, "address": 1, "shipped": 1, "password": 2, "account": 2}


class TopicEmbedder:
    """Knows what a few words are about, and is unsure in its own way about each text."""

    name = "topics"
    dimensions = 8

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.array([self._vector(text) for text in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def _vector(self, text: str) -> NDArray[np.float64]:
        random = np.random.default_rng(sum(text.encode()))
        row = 0.2 * random.standard_normal(self.dimensions)
        for word, topic in TOPICS.items():
            row[topic] += text.count(word)
        return row


@pytest.fixture(scope="module")
def trainer() -> RouterTrainer:
    examples = queries(400, seed=1)
    return RouterTrainer("full", f"{__name__}:TopicEmbedder").fit(examples.texts, examples.agents)


def test_it_decides_and_knows_what_is_none_of_them(trainer: RouterTrainer) -> None:
    held_out = queries(200, seed=2)
    assert np.mean(np.array(trainer.predict(held_out.texts)) == np.array(held_out.agents)) > 0.97
    assert np.mean(trainer.in_scope(out_of_scope(200, seed=3))) < 0.2


def test_the_loaded_router_brings_its_embedder(trainer: RouterTrainer, tmp_path: Path) -> None:
    texts = queries(40, seed=4).texts
    written = trainer.export(tmp_path / "router.json")
    loaded = headrace.Router.load(written.path)
    assert loaded.tier == "full"
    np.testing.assert_allclose(loaded.probabilities(texts), trainer.probabilities(texts), atol=1e-6)
    np.testing.assert_allclose(loaded.confidence(texts), trainer.confidence(texts), atol=1e-6)


def test_a_router_is_refused_where_the_embedder_has_another_model(
    trainer: RouterTrainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = trainer.export(tmp_path / "router.json")
    monkeypatch.setattr(TopicEmbedder, "name", "topics-2")
    with pytest.raises(ArtefactRefused, match="vectors of topics, this installation has topics-2"):
        headrace.Router.load(written.path)


def test_prototypes_are_few_and_every_agent_has_some() -> None:
    random = np.random.default_rng(0)
    vectors = random.standard_normal((300, 16)).astype(np.float32)
    agent = np.append(np.zeros(297, np.int64), [1, 1, 1])
    few = prototypes(vectors, agent)
    assert len(few.agent) <= 300 // SHARE + 1
    assert set(few.agent.tolist()) == {0, 1}
    np.testing.assert_allclose(np.linalg.norm(few.vectors, axis=1), 1.0, atol=1e-5)
