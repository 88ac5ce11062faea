"""The audit's arithmetic equals a count over plain sets of numbers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analytics.audit.account import OUTCOMES, Outcome, OutcomeRange, ProducerAccount, Status, accounts
from analytics.audit.ranges import Range, Ranges, count, merged, upto, without

START = datetime(2026, 1, 1, tzinfo=UTC)
POLICIES = ("queue_full", "not_sent")

ranges = st.tuples(st.integers(1, 60), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))
some_ranges = st.lists(ranges, max_size=8)


def numbers(intervals: list[Range] | Ranges) -> set[int]:
    return {number for first, last in intervals for number in range(first, last + 1)}


@given(some_ranges, some_ranges, st.integers(0, 80))
def test_ranges_are_sets(left: list[Range], right: list[Range], last: int) -> None:
    a, b = merged(left), merged(right)
    assert numbers(a) == numbers(left)
    assert numbers(without(a, b)) == numbers(left) - numbers(right)
    assert numbers(upto(a, last)) == {number for number in numbers(left) if number <= last}
    assert count(a) == len(numbers(left))
    assert all(second[0] > first[1] + 1 for first, second in pairwise(a))


@given(
    last_seq=st.integers(0, 70),
    unsettled=st.integers(0, 20),
    closed=st.booleans(),
    dropped=st.lists(st.tuples(ranges, st.sampled_from(POLICIES)), max_size=6),
    outcomes=st.lists(st.tuples(ranges, st.sampled_from(OUTCOMES)), max_size=12),
)
def test_an_account_equals_a_count_over_sets(
    last_seq: int,
    unsettled: int,
    closed: bool,
    dropped: list[tuple[Range, str]],
    outcomes: list[tuple[Range, Outcome]],
) -> None:
    status = Status("p", START, last_seq, max(last_seq - unsettled, 0), closed, tuple((*r, p) for r, p in dropped))
    (account,) = accounts([status], [OutcomeRange("p", *range_, outcome) for range_, outcome in outcomes])
    explained, drops, missing = brute_force(last_seq, dropped, outcomes)
    assert account.explained == explained
    assert account.dropped == drops
    settled = last_seq if closed else status.settled_seq
    assert numbers(account.unexplained) == {number for number in missing if number <= settled}
    assert numbers(account.unsettled) == {number for number in missing if number > settled}
    assert account.beyond == len({n for range_, _ in outcomes for n in numbers([range_]) if n > last_seq})
    assert adds_up(account)


def brute_force(
    last_seq: int, dropped: list[tuple[Range, str]], outcomes: list[tuple[Range, Outcome]]
) -> tuple[Counter[str], Counter[str], set[int]]:
    explained, drops, missing = Counter[str](), Counter[str](), set[int]()
    for number in range(1, last_seq + 1):
        ends = {outcome for (first, last), outcome in outcomes if first <= number <= last}
        policies = {policy for (first, last), policy in dropped if first <= number <= last}
        if ends:
            explained[min(ends, key=OUTCOMES.index)] += 1
        elif policies:
            drops[min(policies)] += 1
        else:
            missing.add(number)
    return explained, drops, missing


def adds_up(account: ProducerAccount) -> bool:
    parts = sum(account.explained.values()) + sum(account.dropped.values())
    return account.sent == parts + count(account.unexplained) + count(account.unsettled)


def test_a_producer_that_never_spoke_is_open_and_explains_nothing() -> None:
    (account,) = accounts([], [OutcomeRange("p", 1, 5, "stored")])
    assert (account.closed, account.started_at, account.sent, account.beyond) == (False, None, 0, 5)


def test_a_producer_of_which_nothing_arrived_is_unexplained_once_it_has_closed() -> None:
    (account,) = accounts([Status("p", START, 3, 0, True)], [])
    assert account.unexplained == ((1, 3),)


def test_producers_are_told_apart() -> None:
    statuses = [Status(name, START, 2, 2, True) for name in ("a", "b")]
    first, second = accounts(statuses, [OutcomeRange("a", 1, 2, "stored"), OutcomeRange("b", 2, 2, "stored")])
    assert (first.unexplained, second.unexplained) == ((), ((1, 1),))
