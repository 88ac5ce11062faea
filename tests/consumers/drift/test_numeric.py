"""A number's comparison holds its level at every size and shape, and finds what changed."""

from __future__ import annotations

from collections import Counter
from typing import get_args, get_type_hints

import numpy as np
import pytest

from consumers.drift.numeric import METHODS, Method, compared, numeric
from consumers.drift.pooled import Weighted, pool
from headrace.settings import DriftDetection
from tests.consumers.drift.support import SIGNALS, least, most

TRIALS = 80


@pytest.mark.parametrize("size", [100, 1_000])
@pytest.mark.parametrize("name", ["latency_ms", "wait_ms", "rating", "tool_cost"])
def test_no_drift_rarely_alarms_by_any_method(name: str, size: int) -> None:
    rng = np.random.default_rng(size)
    alarms = Counter[str]()
    for _ in range(TRIALS):
        pooled = pool(SIGNALS[name](rng, 2_000), SIGNALS[name](rng, size))
        alarms.update(method for method in METHODS if compared(pooled, method, alone=True).p_value < 0.05)
    assert max(alarms.values(), default=0) <= most(0.05, TRIALS)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_a_slower_agent(method: Method) -> None:
    rng = np.random.default_rng(1)
    pairs = [(SIGNALS["latency_ms"](rng, 5_000), 1.3 * SIGNALS["latency_ms"](rng, 500)) for _ in range(20)]
    found = sum(numeric(*pair, method, alone=True).p_value < 0.05 for pair in pairs)
    assert found >= least(0.95, 20)


def test_a_wider_spread_is_found_though_the_median_stays() -> None:
    rng = np.random.default_rng(2)
    found = numeric(rng.normal(0, 1, 5_000), rng.normal(0, 1.5, 500))
    assert found.p_value < 0.001
    assert found.z_scale > 5 > abs(found.z)


def test_a_digest_says_the_same_as_the_values_it_counts() -> None:
    rng = np.random.default_rng(3)
    before, after = rng.poisson(20, 5_000).astype(float), rng.poisson(21, 500).astype(float)
    digest, other = (Weighted(*np.unique(sample, return_counts=True)) for sample in (before, after))
    assert numeric(digest, other) == numeric(before, after)


def test_a_transformed_scale_changes_no_rank_test() -> None:
    rng = np.random.default_rng(4)
    before, after = rng.lognormal(0, 1, 1_000), rng.lognormal(0.2, 1, 300)
    assert numeric(before, after) == numeric(np.log(before), np.log(after))


@pytest.mark.parametrize("samples", [([], []), ([1.0] * 50, [1.0] * 50), ([float("nan")] * 9, [1.0] * 50)])
def test_nothing_to_compare_is_no_drift(samples: tuple[list[float], list[float]]) -> None:
    assert all(numeric(*samples, method).p_value == 1.0 for method in get_args(Method))


def test_the_methods_are_those_of_the_settings() -> None:
    chosen = get_type_hints(DriftDetection)["detection_method"]
    assert set(METHODS) == set(get_args(Method)) == set(get_args(chosen))
