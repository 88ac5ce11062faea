"""Tests of counts by category, for one current sample or (rows) for many against the same reference."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import chdtrc

from consumers.drift.pooled import Floats
from consumers.drift.tails import upper_tail

LEAST_EXPECTED = 2.0
"""Observations that a category should expect in the smaller sample; rarer ones are one for chi-square."""


def chi_square(before: Floats, after: Floats) -> tuple[Floats, Floats]:
    """Pearson's statistic and its p-value; categories are the last axis, rare ones count as one."""
    total = before + after
    m, n = before.sum(axis=-1, keepdims=True), after.sum(axis=-1, keepdims=True)
    rare = total * np.minimum(m, n) / (m + n) < LEAST_EXPECTED
    kept = _terms(total, after, m, n) * ~rare
    rest_total = (total * rare).sum(axis=-1, keepdims=True)
    rest = _terms(rest_total, (after * rare).sum(axis=-1, keepdims=True), m, n)
    statistic = kept.sum(axis=-1) + rest[..., 0]
    freedom = (~rare).sum(axis=-1) + (rest_total[..., 0] > 0) - 1
    exact = statistic * ((m + n - 1) / (m + n))[..., 0]
    return statistic, np.where(freedom > 0, chdtrc(np.maximum(freedom, 1), exact), 1.0)


def each(before: Floats, after: Floats, continuity: float) -> tuple[Floats, Floats, Floats]:
    """z of every category's count, given the margins (hypergeometric), and the chance of more, and of less.

    `continuity` is the part of one count by which the tails are widened: 0.5 never says too much, 0 is right on
    the average.
    """
    m, n = before.sum(axis=-1, keepdims=True), after.sum(axis=-1, keepdims=True)
    total = m + n
    share = (before + after) / total
    deviation = np.sqrt(np.maximum(n * m / (total - 1) * share * (1 - share), 1e-12))
    excess = after - n * share
    skewness = (1 - 2 * share) * (m - n) / ((total - 2) * deviation) * ((total - 1) / total)
    more = upper_tail((excess - continuity) / deviation, skewness)
    less = upper_tail((-excess - continuity) / deviation, -skewness)
    absent = share == 0
    return np.where(absent, 0.0, excess / deviation), np.where(absent, 1.0, more), np.where(absent, 1.0, less)


def _terms(total: Floats, after: Floats, m: Floats, n: Floats) -> Any:
    expected = np.maximum(total * n / (m + n), 1e-12)
    return np.where(total > 0, (after - expected) ** 2 / (expected * m / (m + n)), 0.0)
