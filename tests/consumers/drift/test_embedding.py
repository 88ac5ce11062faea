"""Queries' vectors: quiet where nothing changed, and two blind spots of other tests seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from consumers.drift.embedding import VectorComparison, embedding
from tests.consumers.drift.support import most

pytestmark = pytest.mark.slow

DIMENSIONS = 48
CENTRES = np.random.default_rng(0).standard_normal((60, DIMENSIONS)) * 1.5


def queries(rng: np.random.Generator, size: int, topics: NDArray[np.int64]) -> Any:
    return CENTRES[rng.choice(topics, size)] + rng.standard_normal((size, DIMENSIONS))


KNOWN = np.arange(50)


def test_no_drift_rarely_alarms() -> None:
    rng = np.random.default_rng(1)
    alarms = sum(embedding(queries(rng, 600, KNOWN), queries(rng, 200, KNOWN)).p_value < 0.05 for _ in range(25))
    assert alarms <= most(0.05, 25)


def test_a_shifted_mix_of_topics_is_found_and_its_queries_are_shown() -> None:
    rng = np.random.default_rng(2)
    more = np.vstack([queries(rng, 450, KNOWN), queries(rng, 50, KNOWN[:1])])
    found = embedding(queries(rng, 2_000, KNOWN), more)
    assert isinstance(found, VectorComparison)
    assert found.p_value < 0.001
    before, after = found.grown_shares
    assert after > 3 * before
    assert np.mean(np.array(found.grown) >= 450) > 0.5


def test_new_topics_are_found_and_shown_first() -> None:
    rng = np.random.default_rng(3)
    new = np.vstack([queries(rng, 450, KNOWN), queries(rng, 50, np.arange(50, 60))])
    found = embedding(queries(rng, 2_000, KNOWN), new)
    assert isinstance(found, VectorComparison)
    assert found.views["novelty"] < 0.001
    assert np.mean(np.array(found.newest[:20]) >= 450) > 0.9


def test_too_few_and_missing_vectors_are_no_drift() -> None:
    few = np.full((100, 4), np.nan)
    few[:10] = 1.0
    assert embedding(np.ones((100, 4)), few).p_value == 1.0


@pytest.mark.parametrize("distinct", [1, 2])
def test_one_or_two_queries_asked_for_ever_are_no_drift(distinct: int) -> None:
    asked = queries(np.random.default_rng(4), distinct, KNOWN)
    found = embedding(np.tile(asked, (200, 1)), np.tile(asked, (100, 1)))
    assert 0.05 < found.p_value <= 1.0


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_queries_that_are_asked_again_and_again_are_not_new() -> None:
    rng = np.random.default_rng(4)
    asked = queries(rng, 12, KNOWN)

    def day(size: int) -> Any:
        return asked[rng.choice(len(asked), size)]

    found = [embedding(day(1_000), day(100)) for _ in range(40)]
    assert sum(one.views["novelty"] < 0.05 for one in found if isinstance(one, VectorComparison)) <= most(0.05, 40)
