"""Summaries merge exactly: in any order, any split, equal to a summary of everything at once."""

from __future__ import annotations

import itertools
from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.digests.aggregate import Entries, Labels, summarize
from consumers.digests.buckets import LAST, codes_of, values_of
from consumers.digests.signals import STEPS
from consumers.digests.summary import EMPTY, MAX_CATEGORIES, OTHER, Summary, merged, merged_counts, moments

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def summary_of(values: list[float], names: list[str]) -> Summary:
    zeros, ones = np.zeros(len(values), np.int64), np.ones(len(values), np.int64)
    distinct = sorted(set(names)) or ["none"]
    places = np.array([distinct.index(name) for name in names], np.int64)
    labels = Labels(np.zeros(len(names), np.int64), places, np.ones(len(names), np.int64), distinct)
    entries = Entries(zeros, np.array(values, np.float64), ones)
    return summarize(np.array([len(values)]), {"latency_ms": entries}, {"model": labels})[0]


SUMMARIES = st.builds(summary_of, st.lists(NUMBERS), st.lists(st.sampled_from("abc")))


@given(SUMMARIES, SUMMARIES, SUMMARIES)
def test_merging_is_associative_and_commutative(one: Summary, two: Summary, three: Summary) -> None:
    assert merged([merged([one, two]), three]) == merged([one, merged([two, three])]) == merged([three, one, two])


@given(st.lists(NUMBERS, min_size=1), st.data())
def test_any_split_gives_the_summary_of_the_whole(values: list[float], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(values)), max_size=4)))
    edges = [0, *cuts, len(values)]
    parts = [summary_of(values[a:b], ["x"] * (b - a)) for a, b in itertools.pairwise(edges)]
    assert reduce(lambda one, other: merged([one, other]), parts, EMPTY) == summary_of(values, ["x"] * len(values))


@given(st.lists(st.floats(1e-8, 1e11) | st.floats(-1e11, -1e-8), min_size=1))
def test_a_buckets_value_is_off_by_at_most_one_percent(values: list[float]) -> None:
    told = values_of(codes_of(values))
    assert (np.abs(told - values) <= 0.01 * np.abs(values)).all()


@given(NUMBERS, NUMBERS)
def test_codes_rise_with_the_values(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert codes_of([low])[0] <= codes_of([high])[0]


def test_the_greatest_values_share_the_last_bucket() -> None:
    assert codes_of([1e300, -1e300]).tolist() == [LAST, -LAST]


@given(st.lists(st.floats(-1e5, 1e5, allow_nan=False), min_size=1))
def test_moments_are_those_of_the_rounded_values(values: list[float]) -> None:
    count, total, squares = moments("latency_ms", summary_of(values, []).numeric["latency_ms"])
    step = STEPS["latency_ms"]
    steps = [round(value / step) for value in values]
    assert count == len(values)
    assert total == pytest.approx(sum(steps) * step)
    assert squares == pytest.approx(sum(s * s for s in steps) * step * step)


def test_what_is_taken_back_leaves_nothing() -> None:
    there_and_back = Entries(np.zeros(2, np.int64), np.array([3.0, 3.0]), np.array([1, -1]))
    assert summarize(np.array([0]), {"rating": there_and_back}, {})[0].numeric == {}


def test_too_many_values_of_a_category_keep_the_same_ones_in_any_order() -> None:
    counts = [{f"value {n}": 1 for n in range(start, start + 700)} for start in (0, 500, 1000)]
    one, other = merged_counts(counts), merged_counts([merged_counts(counts[1:]), counts[0]])
    assert one == other
    assert len(one) == MAX_CATEGORIES + 1
    assert sum(one.values()) == 2100
    assert one[OTHER] > 0
