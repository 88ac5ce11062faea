"""Agreement and adjudication."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analytics.labels.agreement import adjudicated, agreements, kappa
from analytics.labels.task import Labelled

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def said(item: int, annotator: str, value: str, later_s: int = 0) -> Labelled:
    return Labelled(
        interaction_id=f"i{item}", annotator=annotator, value=value, timestamp=NOON + timedelta(seconds=later_s)
    )


def test_kappa_by_hand() -> None:
    """The textbook's table: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no; observed .7, expected .5."""
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert kappa(first, second) == pytest.approx(0.4)


def test_one_same_answer_throughout_is_perfect() -> None:
    assert kappa(["a", "a"], ["a", "a"]) == 1.0


def test_pairs_are_compared_on_what_both_judged_by_their_latest_word() -> None:
    answers = [
        said(1, "ann", "x"), said(1, "bo", "y"), said(1, "bo", "x", 1), said(2, "ann", "y"),
        said(2, "bo", "y"), said(3, "ann", "x"), said(4, "cy", "x"),
    ]  # fmt: skip
    (pair,) = agreements(answers)
    assert (pair.first, pair.second, pair.both, pair.same, pair.kappa) == ("ann", "bo", 2, 1.0, 1.0)


@pytest.mark.parametrize(
    ("answers", "value", "how"),
    [
        ([said(1, "a", "x"), said(1, "b", "x")], "x", "unanimous"),
        ([said(1, "a", "x"), said(1, "b", "x"), said(1, "c", "y")], "x", "majority"),
        ([said(1, "a", "x"), said(1, "b", "y")], None, "open"),
        ([said(1, "a", "x"), said(1, "b", "y"), said(1, "judge", "z")], "z", "adjudicator"),
        ([said(1, "a", "x"), said(1, "b", "x"), said(1, "c", "y"), said(1, "judge", "y")], "x", "majority"),
        ([said(1, "judge", "z")], "z", "adjudicator"),
        ([said(1, "a", "x"), said(1, "a", "y", 1), said(1, "b", "y")], "y", "unanimous"),
    ],
)
def test_what_holds(answers: list[Labelled], value: str | None, how: str) -> None:
    (verdict,) = adjudicated(answers, "judge")
    assert (verdict.value, verdict.how) == (value, how)


def test_the_order_of_answers_changes_nothing() -> None:
    answers = [said(item, who, "xyz"[(item + place) % 3]) for item in range(9) for place, who in enumerate("abc")]
    assert adjudicated(answers) == adjudicated(answers[::-1])
    assert agreements(answers) == agreements(answers[::-1])
