"""Who sees which variant: sticky, in the promised shares, and unmoved by a ramp."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headrace.experiment import Experiment, place

UNITS = [f"user-{number}" for number in range(20_000)]
FOUR_SIGMA = 4 * 0.5 / len(UNITS) ** 0.5
EXPERIMENT = Experiment(name="router-7", control="6", candidate="7", share=0.5)


def candidates(share: float, name: str = "router-7") -> set[str]:
    experiment = Experiment(name=name, control="6", candidate="7", share=share)
    return {unit for unit in UNITS if experiment.assign(unit).variant == "7"}


def test_the_share_is_kept() -> None:
    for share in (0.1, 0.5, 0.9):
        assert abs(len(candidates(share)) / len(UNITS) - share) < FOUR_SIGMA


def test_a_ramp_keeps_everybody_who_had_the_candidate() -> None:
    assert candidates(0.1) < candidates(0.3) < candidates(1.0) == set(UNITS)
    assert candidates(0.0) == set()


def test_experiments_are_independent_of_each_other() -> None:
    both = len(candidates(0.5, "one") & candidates(0.5, "two")) / len(UNITS)
    assert abs(both - 0.25) < FOUR_SIGMA


def test_the_propensity_is_that_of_the_variant() -> None:
    assert {EXPERIMENT.ramped(0.2).assign(unit).propensity for unit in UNITS[:100]} == {0.2, 0.8}


@given(st.text())
def test_any_id_has_one_place(unit: str) -> None:
    assert 0 <= place("router-7", unit) == place("router-7", unit) < 1


def test_the_place_is_the_documented_one() -> None:
    """The first digits that `sha256sum` prints for `router-7:user-1`: other languages must agree."""
    assert place("router-7", "user-1") == (0x327405EDF94BC983 >> 11) / 2**53
