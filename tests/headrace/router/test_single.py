"""One query a call: the decision is that of a batch, whatever the text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.router import RouterTrainer
from headrace.router import Decision, Router, single
from headrace.router.model import Head, Model
from headrace.router.neighbours import Neighbours
from headrace.router.single import SingleScorer
from tests.support.intents import queries

KNOWN = queries(60, seed=5).texts
TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(KNOWN),
    st.lists(st.sampled_from(" ".join(KNOWN).split()), max_size=12).map(" ".join),
)


def trained() -> Router:
    examples = queries(300, seed=1)
    return RouterTrainer().fit(examples.texts, examples.labels).router


def with_sentences(model: Model) -> Model:
    """The same with a sentence head and neighbours, of four dimensions."""
    drawn = np.random.default_rng(0)
    sentence = drawn.normal(size=(4, len(model.head.bias))).astype(np.float32)
    head = Head(model.head.agent, model.head.words, sentence, model.head.bias)
    vectors = drawn.normal(size=(30, 4)).astype(np.float32)
    return Model(model.agents, model.vocabulary, head, Neighbours(vectors, np.arange(30) % 3), model.calibration)


class Lengths:
    """An embedder that knows how long a text is."""

    name, dimensions = "lengths", 4

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[len(text), 1, 2, 3] for text in texts], np.float32) / np.float32(9)


FAST = trained()
FULL = Router(with_sentences(FAST.model), Lengths())


def assert_alike(one: Decision, among: Decision) -> None:
    assert (one.agent, one.in_scope) == (among.agent, among.in_scope)
    assert (one.probability, one.confidence) == pytest.approx((among.probability, among.confidence), abs=1e-5)
    assert dict(one.reasons) == pytest.approx(dict(among.reasons), abs=1e-4)


@pytest.mark.parametrize("router", [FAST, FULL], ids=["fast", "full"])
@pytest.mark.parametrize("text", [*KNOWN[:30], "", "?!", "a" * 5000, "invoice " * 300, "\ud800 lone", "İ ΑΣ zzzz"])
def test_one_query_is_decided_as_among_others(router: Router, text: str) -> None:
    assert_alike(router.decide(text), router.decide_all([KNOWN[0], text, "parcel"])[1])


@given(TEXTS)
def test_any_text_gets_the_scores_it_gets_in_a_batch(text: str) -> None:
    one, among = FAST.decide(text), FAST.decide_all([text])[0]
    assert (one.probability, one.confidence) == pytest.approx((among.probability, among.confidence), abs=1e-5)


@given(TEXTS)
def test_words_met_before_are_decided_as_new_ones(text: str) -> None:
    assert Router(FAST.model).decide(text) == FAST.decide(text) == FAST.decide(text)


def test_words_are_remembered_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single, "WORDS_KEPT", 10)
    scorer = SingleScorer(FAST.model)
    for number in range(50):
        scorer.decide(f"invoice word{number} {'long' * 20}", None)
    assert len(scorer._words) <= 13
