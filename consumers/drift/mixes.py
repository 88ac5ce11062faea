"""Tests of counts by category, for one current sample or (rows) for many against the same reference."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import betainc, chdtrc

from consumers.drift.pooled import Floats
from consumers.drift.tails import SMALLEST

LEAST_EXPECTED = 2.0
"""Observations that a category should expect in the smaller sample; rarer ones are one for chi-square, and none where
even together they expect fewer."""
TINY = 1e-9
"""A parameter of the beta law that would be 0: no more than all can be drawn."""


def chi_square(before: Floats, after: Floats, least: float = LEAST_EXPECTED) -> tuple[Floats, Floats]:
    """Pearson's statistic and its p-value; categories are the last axis, rare ones count as one."""
    total = before + after
    m, n = before.sum(axis=-1, keepdims=True), after.sum(axis=-1, keepdims=True)
    rare = total * np.minimum(m, n) / (m + n) < least
    kept = _terms(total, after, m, n) * ~rare
    rest_total = (total * rare).sum(axis=-1, keepdims=True)
    counts = rest_total * np.minimum(m, n) / (m + n) >= least
    rest = _terms(rest_total, (after * rare).sum(axis=-1, keepdims=True), m, n) * counts
    statistic = kept.sum(axis=-1) + rest[..., 0]
    freedom = (~rare).sum(axis=-1) + counts[..., 0] - 1
    exact = statistic * ((m + n - 1) / (m + n))[..., 0]
    return statistic, np.where(freedom > 0, chdtrc(np.maximum(freedom, 1), exact), 1.0)


def each(before: Floats, after: Floats, continuity: float) -> tuple[Floats, Floats, Floats]:
    """z of every category's count, given the margins (hypergeometric), and the chance of more, and of less.

    `continuity` is the part of one count by which the tails are widened: 0.5 never says too much, 0 is right on
    the average.
    """
    m, n = before.sum(axis=-1, keepdims=True), after.sum(axis=-1, keepdims=True)
    share = (before + after) / (m + n)
    deviation = np.sqrt(np.maximum(n * m / (m + n - 1) * share * (1 - share), 1e-12))
    half = 0.5 - continuity
    more = _at_least(after + half, n, before + after, m + n)
    less = _at_least(n - after + half, n, m + n - before - after, m + n)
    absent = share == 0
    z = (after - n * share) / deviation
    return np.where(absent, 0.0, z), np.where(absent, 1.0, more), np.where(absent, 1.0, less)


def _at_least(count: Floats, drawn: Floats, marked: Floats, total: Floats) -> Any:
    """Chance of so many marked ones or more among those drawn: the hypergeometric tail, for fractions too.

    By the binomial law nearest to it (M. E. Wise, 1954): to a hundredth, and a little too much where half are drawn.
    """
    fewer, more = np.minimum(drawn, marked), np.maximum(drawn, marked)
    share = np.clip((more - (count - 1) / 2) / (total - (fewer - 1) / 2), 0.0, 1.0)
    tail = betainc(np.maximum(count, TINY), np.maximum(fewer - count + 1, TINY), share)
    return np.where(count <= 0, 1.0, np.maximum(tail, SMALLEST))


def _terms(total: Floats, after: Floats, m: Floats, n: Floats) -> Any:
    expected = np.maximum(total * n / (m + n), 1e-12)
    return np.where(total > 0, (after - expected) ** 2 / (expected * m / (m + n)), 0.0)
