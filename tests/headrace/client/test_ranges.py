from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from headrace.client.ranges import Drops, IntervalSet
from headrace.events import DroppedRange

NUMBERS = st.lists(st.integers(1, 60))


@given(NUMBERS)
def test_intervals_hold_exactly_the_numbers_added(numbers: list[int]) -> None:
    intervals = IntervalSet()
    for number in numbers:
        intervals.add(number)
    held = [number for first, last in intervals.intervals() for number in range(first, last + 1)]
    assert held == sorted(set(numbers))
    assert len(intervals) == len(held)


@given(NUMBERS)
def test_intervals_are_as_few_as_possible(numbers: list[int]) -> None:
    intervals = IntervalSet()
    for number in numbers:
        intervals.add(number)
    pairs = intervals.intervals()
    assert all(right[0] > left[1] + 1 for left, right in pairwise(pairs))


@given(st.dictionaries(st.integers(1, 60), st.sampled_from(["queue_full", "invalid", "not_sent"])))
def test_ranges_name_the_policy_of_every_dropped_event(policies: dict[int, str]) -> None:
    drops = Drops()
    for seq, policy in policies.items():
        drops.add(seq, policy)  # type: ignore[arg-type]
    ranges = drops.ranges()
    assert {seq: r.policy for r in ranges for seq in range(r.first, r.last + 1)} == policies
    assert [r.first for r in ranges] == sorted(r.first for r in ranges)
    assert len(drops) == sum(drops.counts().values()) == len(policies)


def test_neighbours_of_one_policy_become_one_range() -> None:
    drops = Drops()
    for seq in (4, 2, 3):
        drops.add(seq, "queue_full")
    drops.add(5, "invalid")
    assert drops.ranges() == [DroppedRange(2, 4, "queue_full"), DroppedRange(5, 5, "invalid")]
