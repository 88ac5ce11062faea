"""Is a new model as good as the old one on the same examples? Exact and score tests on paired answers.

Only the examples on which the two differ speak: `lost` (the old one was right, the new one is wrong) and `gained`.

Sources: the exact test of Q. McNemar (1947) on discordant pairs; the score interval of T. Tango, Equivalence test
and confidence interval for the difference in proportions for the paired-sample design, Statistics in Medicine 17
(1998).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, norm

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Paired:
    """The answers of two models to the same examples, counted."""

    examples: int
    lost: int
    gained: int

    @property
    def change(self) -> float:
        """In accuracy, new less old; 0 without examples."""
        return (self.gained - self.lost) / self.examples if self.examples else 0.0


def paired(old_right: Bools, new_right: Bools) -> Paired:
    """Counts over examples on which each model was right or not.

    >>> paired(np.array([True, True, False]), np.array([True, False, False]))
    Paired(examples=3, lost=1, gained=0)
    """
    if len(old_right) != len(new_right):
        raise ValueError(
            f"{len(old_right)} answers of the old model, {len(new_right)} of the new: give the same examples"
        )
    return Paired(len(old_right), int((old_right & ~new_right).sum()), int((~old_right & new_right).sum()))


def worse(pairs: Paired) -> float:
    """p-value of "the new one is not worse": how likely so many of the differing answers were lost by chance.

    >>> worse(Paired(100, lost=8, gained=0))
    0.00390625
    """
    return float(binom.sf(pairs.lost - 1, pairs.lost + pairs.gained, 0.5))


def better(pairs: Paired) -> float:
    """p-value of "the new one is not better"."""
    return worse(Paired(pairs.examples, lost=pairs.gained, gained=pairs.lost))


def not_within(pairs: Paired, margin: float) -> float:
    """p-value of "the new one is worse by `margin` or more" (Tango's score test): small where it is not inferior.

    1.0 without examples.
    """
    n, lost, gained = pairs.examples, pairs.lost, pairs.gained
    if not n:
        return 1.0
    a, b, c = 2 * n, -lost - gained - (2 * n - gained + lost) * margin, lost * margin * (1 + margin)
    # Restricted estimate of the share lost, given that the true change is -margin.
    share = (sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)
    spread = sqrt(n * max(2 * share - margin - margin * margin, 1e-12))
    return float(norm.sf((gained - lost + n * margin) / spread))


def power_to_see(drop: float, examples: int, level: float) -> float:
    """How likely `worse` is below `level` where the new model answers a share `drop` wrong that the old one did not."""
    return float(binom.sf(_enough(level) - 1, examples, drop))


def examples_to_see(drop: float, level: float, power: float) -> int:
    """The fewest examples with which `power_to_see` is at least `power`.

    >>> examples_to_see(0.1, level=0.05, power=0.8)
    66
    """
    low, high = 1, 1
    while power_to_see(drop, high, level) < power:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if power_to_see(drop, middle, level) >= power else (middle + 1, high)
    return low


def _enough(level: float) -> int:
    """Answers lost, with none gained, at which `worse` falls to `level`."""
    return ceil(log2(1 / level))
