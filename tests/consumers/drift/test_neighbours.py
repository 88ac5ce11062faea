"""Schilling's count of neighbours: its moments are those of all permutations, and its level holds with ties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from consumers.drift.neighbours import NEIGHBOURS, _moments, _nearest, neighbours_p_value
from tests.consumers.drift.support import least, most

CENTRES = np.random.default_rng(0).standard_normal((30, 24))


def rows(rng: np.random.Generator, size: int, topics: int = 30, first: int = 0) -> Any:
    drawn = CENTRES[rng.integers(first, topics, size)] + 0.5 * rng.standard_normal((size, 24))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def test_mean_and_variance_are_those_of_permuted_labels() -> None:
    rng = np.random.default_rng(1)
    near = _nearest(rows(rng, 200), NEIGHBOURS)
    counts = []
    for _ in range(4_000):
        chosen = np.isin(np.arange(200), rng.choice(200, 40, replace=False))
        counts.append(chosen[near][chosen].sum())
    mean, variance = _moments(near, 40)
    assert np.mean(counts) == pytest.approx(mean, abs=4 * np.sqrt(variance / 4_000))
    assert np.var(counts) == pytest.approx(variance, rel=0.12)


@pytest.mark.slow
def test_no_drift_rarely_alarms() -> None:
    rng = np.random.default_rng(2)
    alarms = sum(neighbours_p_value(rows(rng, 500), rows(rng, 100)) < 0.05 for _ in range(200))
    assert alarms <= most(0.05, 200)


@pytest.mark.slow
def test_queries_that_are_asked_again_and_again_do_not_stand_together() -> None:
    rng = np.random.default_rng(3)
    asked = rows(rng, 60)
    samples = [(asked[rng.integers(60, size=400)], asked[rng.integers(60, size=100)]) for _ in range(200)]
    assert sum(neighbours_p_value(*sample) < 0.05 for sample in samples) <= most(0.05, 200)


def test_a_few_new_topics_are_found() -> None:
    rng = np.random.default_rng(4)
    found = 0
    for _ in range(20):
        new = np.vstack([rows(rng, 225, 25), rows(rng, 25, 30, first=25)])
        found += neighbours_p_value(rows(rng, 1_000, 25), new) < 0.05
    assert found >= least(0.95, 20)
