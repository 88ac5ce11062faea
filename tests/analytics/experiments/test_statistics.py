"""The statistics of an A/B test: their errors are what they say they are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from analytics.experiments.boundaries import boundaries
from analytics.experiments.metrics import METRICS
from analytics.experiments.ratio import difference, estimate
from analytics.experiments.reading import Plan, read
from analytics.experiments.recommendation import recommend
from analytics.experiments.srm import ALPHA, sample_ratio
from analytics.experiments.unit_days import UnitDays

pytestmark = pytest.mark.slow

LOOKS = 7
UNITS_A_DAY = 120
TRIALS = 300
MOST_FALSE = int(binom.ppf(0.999, TRIALS, 0.05))
"""False alarms among TRIALS that a test of exactly .05 exceeds once in a thousand."""


def experiment(seed: int, effect: float = 0.0, days: int = LOOKS) -> UnitDays:
    """Users with their own mean rating who come back on several days, and rate some of what they see."""
    random = np.random.default_rng(seed)
    users = UNITS_A_DAY * days // 2
    rows = UNITS_A_DAY * days
    unit = random.integers(0, users, rows)
    is_candidate = random.random(users) < 0.5
    taste = random.normal(3.5, 0.7, users) + effect * is_candidate
    counts = random.poisson(1.5, rows).astype(float)
    sums = counts * taste[unit] + random.normal(0, 1, rows) * np.sqrt(counts)
    zeros = {name: np.zeros(rows) for name in METRICS}
    return UnitDays(
        unit, np.arange(rows) // UNITS_A_DAY, is_candidate[unit], zeros | {"rating": sums}, zeros | {"rating": counts}
    )


def test_boundaries_are_the_published_ones() -> None:
    """Lan and DeMets' O'Brien-Fleming-like spending, five equal looks, two-sided .05."""
    found = boundaries([0.2, 0.4, 0.6, 0.8, 1.0], [1, 2, 3, 4, 5], 0.05)
    assert found == pytest.approx([4.877, 3.357, 2.680, 2.290, 2.031], abs=0.002)


def test_many_close_looks_spend_no_more_than_alpha() -> None:
    """100 looks, by simulation of the path itself."""
    looks, paths = 100, 20_000
    limits = np.array(boundaries(list(np.arange(1, looks + 1) / looks), list(range(1, looks + 1)), 0.05))
    steps = np.random.default_rng(1).normal(size=(paths, looks))
    z = steps.cumsum(axis=1) / np.sqrt(np.arange(1, looks + 1))
    crossed = (np.abs(z) >= limits).any(axis=1).mean()
    assert abs(crossed - 0.05) < 4 * np.sqrt(0.05 * 0.95 / paths)


def test_equal_variants_are_seldom_called_different_however_often_they_are_read() -> None:
    plan = Plan(looks=LOOKS)
    alarms = sum(read(experiment(seed), plan, 0.5, LOOKS).decided is not None for seed in range(TRIALS))
    assert alarms <= MOST_FALSE


def test_a_better_candidate_is_found_and_recommended() -> None:
    readings = [read(experiment(seed, effect=0.4), Plan(looks=LOOKS), 0.5, LOOKS) for seed in range(60)]
    assert sum(recommend(reading).action == "promote" for reading in readings) >= 54
    assert min(reading.decided for reading in readings if reading.decided) < LOOKS


def test_a_worse_candidate_is_not_promoted() -> None:
    reading = read(experiment(3, effect=-0.4), Plan(looks=LOOKS), 0.5, LOOKS)
    action, reason = recommend(reading)
    assert action == "keep"
    assert "worse" in reason


def test_before_the_first_day_is_over_one_waits() -> None:
    assert recommend(read(experiment(4, effect=9.0), Plan(looks=LOOKS), 0.5, 0)).action == "wait"


def test_what_was_decided_stays_decided() -> None:
    early = read(experiment(5, effect=0.6), Plan(looks=LOOKS), 0.5, 5)
    late = read(experiment(5, effect=0.6), Plan(looks=LOOKS), 0.5, LOOKS)
    assert early.decided is not None
    assert (late.decided, late.comparisons) == (early.decided, early.comparisons)


def test_intervals_cover_the_truth() -> None:
    covered = 0
    for seed in range(TRIALS):
        comparison = read(experiment(seed, effect=0.1), Plan(looks=LOOKS), 0.5, LOOKS).comparisons[0]
        covered += comparison.lower <= 0.1 <= comparison.upper
    assert covered >= TRIALS - MOST_FALSE


def test_users_count_not_their_interactions() -> None:
    """Taken one by one, the interactions of equal variants differ in about every fifth test."""
    z = []
    for seed in range(TRIALS):
        control, candidate = (estimate(*arm.totals("rating")) for arm in experiment(seed).arms())
        z.append(difference(control, candidate).z)
    assert np.mean(np.abs(z) > 1.96) <= MOST_FALSE / TRIALS
    assert np.std(z) == pytest.approx(1, abs=4 / np.sqrt(2 * TRIALS))


def test_a_mismatch_is_found_and_stops_the_reading() -> None:
    assert sample_ratio(5_000, 4_000, 0.5).is_mismatch
    rows = experiment(6)
    lost = UnitDays(
        rows.unit,
        rows.day,
        rows.is_candidate & (rows.unit % 2 == 0),
        rows.sums,
        rows.counts,
    )
    assert recommend(read(lost, Plan(looks=LOOKS), 0.5, LOOKS)).action == "investigate"


def test_sound_splits_pass_though_they_are_checked_after_every_unit() -> None:
    trials, units = 400, 3_000
    came = np.random.default_rng(7).random((trials, units)) < 0.3
    candidates = came.cumsum(axis=1)
    fired = 0
    for row in candidates:
        places = range(0, units, 50)
        fired += any(sample_ratio(at + 1 - int(row[at]), int(row[at]), 0.3, alpha=0.05).is_mismatch for at in places)
    assert fired <= binom.ppf(0.999, trials, 0.05)
    assert ALPHA < 0.05
