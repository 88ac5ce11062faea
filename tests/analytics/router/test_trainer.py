"""A router learns from texts and labels, says none of them, and is calibrated."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.router import RouterTrainer
from analytics.router.calibration import expected_calibration_error
from tests.support.intents import out_of_scope, queries


@pytest.fixture(scope="module", params=["intents", "agents"])
def trainer(request: pytest.FixtureRequest) -> RouterTrainer:
    examples = queries(600, seed=1)
    return RouterTrainer().fit(examples.texts, examples.labels if request.param == "intents" else examples.agents)


def test_it_answers_with_agents_whether_taught_agents_or_intents(trainer: RouterTrainer) -> None:
    held_out = queries(300, seed=2)
    predicted = trainer.predict(held_out.texts)
    assert np.mean(np.array(predicted) == np.array(held_out.agents)) > 0.97
    assert trainer.router.agents == ("account", "billing", "delivery")


def test_it_knows_what_is_none_of_them(trainer: RouterTrainer) -> None:
    assert np.mean(trainer.in_scope(queries(300, seed=2).texts)) > 0.85
    assert np.mean(trainer.in_scope(out_of_scope(300, seed=3))) < 0.2


def test_probabilities_are_shares(trainer: RouterTrainer) -> None:
    shares = trainer.probabilities(queries(20, seed=4).texts)
    assert shares.shape == (20, 3)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_confidence_means_what_it_says(trainer: RouterTrainer) -> None:
    held_out = queries(1000, seed=5)
    right = np.array(trainer.predict(held_out.texts)) == np.array(held_out.agents)
    assert expected_calibration_error(trainer.confidence(held_out.texts), right) < 0.05
    assert expected_calibration_error(trainer.probabilities(held_out.texts).max(axis=1), right) < 0.05


def test_its_reasons_are_words_of_the_query(trainer: RouterTrainer) -> None:
    decision = trainer.decide("hi where is my parcel")
    assert decision.agent == "delivery"
    assert decision.reasons[0][0] == "parcel"
    assert sum(share for _, share in decision.reasons) <= 1.001


def test_updates_come_to_what_training_anew_comes_to() -> None:
    examples, held_out = queries(600, seed=1), queries(200, seed=2)
    bit_by_bit = RouterTrainer()
    for start in range(0, 600, 100):
        bit_by_bit.update(examples.texts[start : start + 100], examples.labels[start : start + 100])
    at_once = RouterTrainer().fit(examples.texts, examples.labels)
    difference = bit_by_bit.probabilities(held_out.texts) - at_once.probabilities(held_out.texts)
    assert np.abs(difference).max() < 0.02


def test_a_few_new_examples_among_many_are_learnt() -> None:
    examples = queries(1500, seed=1)
    trainer = RouterTrainer().fit(examples.texts, examples.labels)
    new = ["loyalty points?", "how many loyalty points have i", "loyalty points expired"]
    assert trainer.update(new, ["billing/points"] * 3).predict(["my loyalty points"]) == ["billing"]
    anew = RouterTrainer().fit([*examples.texts, *new], [*examples.labels, *["billing/points"] * 3])
    difference = trainer.probabilities(["my loyalty points"]) - anew.probabilities(["my loyalty points"])
    assert np.abs(difference).max() < 0.03


def test_weights_count() -> None:
    texts, labels = ["open the gate"] * 4, ["porter", "porter", "guard", "guard"]
    assert RouterTrainer().fit(texts, labels, [5, 5, 1, 1]).predict(["open the gate"]) == ["porter"]
    assert RouterTrainer().fit(texts, labels, [1, 1, 5, 5]).predict(["open the gate"]) == ["guard"]


def test_examples_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="2 texts, 1 labels"):
        RouterTrainer().fit(["a", "b"], ["x"])
    with pytest.raises(ValueError, match="positive"):
        RouterTrainer().fit(["a"], ["x"], [0.0])
    with pytest.raises(ValueError, match="call fit first"):
        RouterTrainer().predict(["a"])


def test_who_wrote_it_teaches_nothing() -> None:
    examples = queries(60, seed=6)
    keyed = [f"{text} [EMAIL_abcdefgh_aaaaaaaaaaaaabbbb]" for text in examples.texts]
    plain = [f"{text} [EMAIL]" for text in examples.texts]
    by_key, by_kind = (RouterTrainer().fit(texts, examples.agents) for texts in (keyed, plain))
    asked = queries(20, seed=7).texts
    np.testing.assert_array_equal(by_key.probabilities(asked), by_kind.probabilities(asked))
