"""The choice, on made-up pools whose right answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.selection import Strategy, select
from analytics.selection.ranking import CANDIDATES_EACH
from headrace.errors import ConfigError

STRATEGIES: tuple[Strategy, ...] = ("uncertainty", "diversity", "failure", "hybrid", "random")
Rows = NDArray[np.float32]


def made_pool(rows: int = 400, seed: int = 0) -> tuple[Rows, Rows]:
    """Probabilities of six classes, and vectors in twelve heaps."""
    random = np.random.default_rng(seed)
    heaps = random.normal(size=(12, 24))
    vectors = heaps[random.integers(12, size=rows)] + 0.5 * random.normal(size=(rows, 24))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return random.dirichlet(np.full(6, 0.3), rows).astype(np.float32), vectors.astype(np.float32)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_same_rows_and_seed_give_the_same_choice_in_any_order(strategy: Strategy) -> None:
    probabilities, vectors = made_pool()
    severity = np.where(probabilities[:, 0] > 0.5, probabilities[:, 1], 0.0)
    labelled, moved = np.arange(400) < 40, np.random.default_rng(7).permutation(400)
    first = select(probabilities, vectors, labelled, 20, strategy=strategy, severity=severity)
    again = select(
        probabilities[moved], vectors[moved], labelled[moved], 20, strategy=strategy, severity=severity[moved]
    )
    assert first.indices.tolist() == moved[again.indices].tolist()
    assert first.reasons == again.reasons


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nothing_labelled_and_nothing_twice_is_chosen(strategy: Strategy) -> None:
    probabilities, vectors = made_pool()
    chosen = select(probabilities, vectors, range(100), 50, strategy=strategy).indices.tolist()
    assert len(chosen) == len(set(chosen)) == 50
    assert min(chosen) >= 100


@given(st.integers(0, 30), st.integers(1, 60), st.sampled_from(STRATEGIES), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_small_pools_and_great_budgets(rows: int, budget: int, strategy: Strategy, labelled: int) -> None:
    probabilities, vectors = made_pool(max(rows, 1))
    known = range(min(labelled, len(probabilities)))
    chosen = select(probabilities, vectors, known, budget, strategy=strategy, random_share=0.2)
    assert len(chosen.indices) == len(chosen.reasons) <= min(budget, len(probabilities) - len(known))
    assert not set(chosen.indices.tolist()) & set(known)


def test_uncertainty_takes_the_least_sure_first() -> None:
    probabilities = np.array([[0.9, 0.1], [0.55, 0.45], [0.7, 0.3]])
    assert select(probabilities, np.eye(3), budget=2, strategy="uncertainty").indices.tolist() == [1, 2]


def test_the_hybrid_asks_in_every_uncertain_heap() -> None:
    random = np.random.default_rng(0)
    heaps = np.repeat(np.eye(5, 16), 60, axis=0)
    vectors = heaps + 0.05 * random.normal(size=heaps.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    unsure = random.uniform(0.45, 0.55, 300)
    chosen = select(np.stack([unsure, 1 - unsure], 1), vectors, budget=5).indices
    assert sorted((chosen // 60).tolist()) == [0, 1, 2, 3, 4]


def test_texts_that_say_the_same_are_asked_about_once() -> None:
    vectors = np.repeat(np.eye(3, 8), 50, axis=0)
    probabilities = np.full((150, 2), 0.5)
    for strategy in STRATEGIES:
        assert len(select(probabilities, vectors, budget=30, strategy=strategy).indices) == 3


def test_a_text_like_a_labelled_one_is_not_asked_about() -> None:
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert select(np.full((3, 2), 0.5), vectors, labelled=[0], budget=3).indices.tolist() == [2]


def test_one_interaction_of_a_session() -> None:
    probabilities, vectors = made_pool(120)
    sessions = [f"session-{row // 10}" for row in range(100)] + [None] * 20
    chosen = select(probabilities, vectors, budget=50, sessions=sessions, strategy="uncertainty").indices.tolist()
    asked = [sessions[row] for row in chosen if sessions[row]]
    assert len(asked) == len(set(asked)) == 10
    assert sum(sessions[row] is None for row in chosen) == 20


def test_no_group_starves() -> None:
    probabilities, vectors = made_pool(600)
    groups = np.array(["great"] * 560 + ["small"] * 30 + ["tiny"] * 10)
    sure = groups != "great"
    probabilities[sure] = np.eye(6)[0]
    chosen = select(probabilities, vectors, budget=30, groups=groups).indices
    counted = {name: int((groups[chosen] == name).sum()) for name in ("great", "small", "tiny")}
    assert counted["small"] >= 5
    assert counted["tiny"] >= 5
    assert sum(counted.values()) == 30


def test_more_groups_than_places_still_fill_the_budget() -> None:
    probabilities, vectors = made_pool(400)
    chosen = select(probabilities, vectors, budget=10, groups=np.arange(400) // 4).indices
    assert len(set((chosen // 4).tolist())) == 10


def test_the_random_slice_is_even() -> None:
    """Each row has the same chance: over 500 seeds no row's count is off by more than 5 standard deviations."""
    probabilities, vectors = made_pool(50)
    counts = np.zeros(50)
    for seed in range(500):
        chosen = select(probabilities, vectors, budget=10, random_share=0.2, seed=seed)
        assert chosen.kinds[:2] == ["random", "random"]
        counts[chosen.indices[:2]] += 1
    expected = 500 * 2 / 50
    assert abs(counts - expected).max() < 5 * np.sqrt(expected)


def test_failures_come_by_severity_and_say_so() -> None:
    probabilities, vectors = made_pool(100)
    severity = np.zeros(100)
    severity[[3, 50, 70]] = [0.4, 1.0, 0.7]
    chosen = select(probabilities, vectors, budget=3, strategy="failure", severity=severity)
    assert set(chosen.indices.tolist()) == {3, 50, 70}
    assert all("failure of severity" in reason for reason in chosen.reasons)


def test_what_lies_past_the_candidates_fills_the_budget() -> None:
    rows = 3 * CANDIDATES_EACH + 100
    vectors = np.zeros((rows, 4), np.float32)
    vectors[:, 0] = 1.0
    vectors[-2:] = np.eye(4)[1:3]
    probabilities = np.full((rows, 2), 0.5)
    probabilities[-2:] = [1.0, 0.0]
    assert len(select(probabilities, vectors, budget=3).indices) == 3


def test_columns_of_another_length_are_refused() -> None:
    probabilities, vectors = made_pool(10)
    with pytest.raises(ConfigError, match="10 rows of probabilities"):
        select(probabilities, vectors[:9])
