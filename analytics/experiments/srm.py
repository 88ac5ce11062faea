"""Sample ratio mismatch (SRM): whether each variant got the share of units that it should have.

A mismatch means that units got lost on the way, and then no comparison can be trusted. The test may be read
after every unit: its false alarms stay below `alpha` over the whole experiment. (A chi-square test at .01 that
is repeated 100 times alarms in 9.7 % of sound experiments.)

Source: M. Lindon and A. Malek, Anytime-valid inference for multinomial count data, NeurIPS 2022.
"""

from __future__ import annotations

from math import exp, inf, log
from typing import NamedTuple

from scipy.special import betaln

ALPHA = 0.001
"""One sound experiment in a thousand is called a mismatch: it costs an investigation."""
CONCENTRATION = 1000.0
"""Weight of the prior around the planned share, in units: mismatches are of some percent, not of halves."""


class Mismatch(NamedTuple):
    """What the units that have come say about the shares."""

    p_value: float
    is_mismatch: bool


def sample_ratio(control: int, candidate: int, share: float, alpha: float = ALPHA) -> Mismatch:
    """Whether `candidate` of all units may be called a `share` of them.

    >>> sample_ratio(5000, 5000, share=0.5).is_mismatch, sample_ratio(5500, 4500, share=0.5).is_mismatch
    (False, True)
    """
    p_value = min(1.0, exp(-_log_bayes_factor(control, candidate, share)))
    return Mismatch(p_value, p_value < alpha)


def _log_bayes_factor(control: int, candidate: int, share: float) -> float:
    """Evidence for some other share, a mixture of all, against this one."""
    if share in (0.0, 1.0):
        return inf if (candidate if share == 0.0 else control) else 0.0
    a, b = CONCENTRATION * share, CONCENTRATION * (1 - share)
    planned = candidate * log(share) + control * log(1 - share)
    return float(betaln(a + candidate, b + control) - betaln(a, b) - planned)
