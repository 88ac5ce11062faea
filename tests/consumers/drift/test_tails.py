"""Tails are right where monitors alarm: far out, of few values, and of scores that are nothing like normal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma, hypergeom

from consumers.drift.mixes import chi_square, each
from consumers.drift.saddlepoint import Sums, beyond


@pytest.mark.parametrize("share", [0.002, 0.02, 0.1, 0.9])
@pytest.mark.parametrize("drawn", [30, 100, 500])
@pytest.mark.parametrize("chance", [1e-2, 1e-5])
def test_a_count_is_as_rare_as_the_hypergeometric_law_says(drawn: int, share: float, chance: float) -> None:
    total = 5_000 + drawn
    marked = int(share * total)
    count = min(int(hypergeom.isf(chance, total, marked, drawn)) + 1, drawn)
    before = np.array([marked - count, 5_000.0 - marked + count])
    _, more, less = each(before, np.array([count, drawn - count], float), 0.5)
    exact = hypergeom.sf(count - 1, total, marked, drawn)
    assert more[0] == pytest.approx(exact, rel=0.1)
    assert less[1] == pytest.approx(more[0])


def test_fractions_of_counts_lie_between_their_neighbours() -> None:
    tails = [each(np.array([100.0, 4_900]), np.array([count, 100 - count]), 0.5)[1][0] for count in (5, 5.5, 6)]
    assert tails == sorted(tails, reverse=True)


def test_what_is_too_rare_to_expect_anything_takes_no_part_in_chi_square() -> None:
    assert chi_square(np.array([4_900.0, 100]), np.array([25.0, 5]))[1] == 1.0


@pytest.mark.parametrize("size", [5, 30, 200])
@pytest.mark.parametrize("z", [3.0, 5.0])
def test_a_sum_of_waits_is_as_rare_as_the_gamma_law_says(size: int, z: float) -> None:
    waits = -np.log1p(-(np.arange(4_000) + 0.5) / 4_000)
    scores = (waits - waits.mean()) / waits.std()
    sums = Sums(scores, np.full(4_000, 1 / 4_000), np.array([float(size)]), 1e12)
    exact = 2 * gamma.sf(size + z * np.sqrt(size), size)
    assert beyond(np.array([z]), sums)[0] == pytest.approx(exact, rel=0.15)


def test_a_reference_of_the_same_size_doubles_the_variance() -> None:
    coin = Sums(np.array([-1.0, 1.0]), np.array([0.5, 0.5]), np.array([1_000.0]), 1_000.0)
    assert beyond(np.array([3.0]), coin)[0] == pytest.approx(0.0027, rel=0.05)
