"""Nothing that is held out was seen in training."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.retraining.split import split

ROWS = st.lists(st.tuples(st.integers(0, 20), st.floats(0, 1e9)), max_size=200)


@given(ROWS, st.floats(0.05, 0.5))
def test_no_session_is_on_both_sides_and_what_is_held_out_comes_later(
    rows: list[tuple[int, float]], share: float
) -> None:
    sessions = np.array([f"s{session}" for session, _ in rows], dtype=np.str_)
    seconds = np.array([moment for _, moment in rows])
    made = split(sessions, seconds, share)
    assert not (made.train & made.held_out | made.train & made.kept_back | made.held_out & made.kept_back).any()
    assert not set(sessions[made.train]) & set(sessions[made.held_out | made.kept_back])
    if made.train.any() and made.held_out.any():
        assert seconds[made.train].max() < made.cut <= seconds[made.held_out].min()


@given(ROWS)
def test_the_order_of_rows_does_not_matter(rows: list[tuple[int, float]]) -> None:
    def chosen(some: list[tuple[int, float]]) -> list[tuple[int, float]]:
        sessions = np.array([f"s{session}" for session, _ in some], dtype=np.str_)
        made = split(sessions, np.array([moment for _, moment in some]))
        return sorted(row for row, held_out in zip(some, made.held_out, strict=True) if held_out)

    assert chosen(rows) == chosen(rows[::-1])


def test_about_the_asked_share_of_sessions_is_held_out() -> None:
    sessions = np.repeat([f"s{number}" for number in range(1000)], 3)
    made = split(sessions, np.arange(3000.0), 0.2)
    assert len(set(sessions[made.held_out])) == 200
    assert 2 * len(set(sessions[made.kept_back])) >= 100
    assert len(set(sessions[made.train]) | set(sessions[made.kept_back])) >= 799


def test_a_session_that_went_on_at_the_cut_is_on_neither_side() -> None:
    sessions = np.array(["a", "b", "c", "d", "a"])
    made = split(sessions, np.array([1.0, 2.0, 3.0, 4.0, 9.0]), 0.25)
    assert not (made.train | made.held_out | made.kept_back)[[0, 4]].any()


def test_what_is_kept_back_is_never_trained_on_however_time_goes_on() -> None:
    sessions, moments = np.array([f"s{number}" for number in range(1000)]), np.arange(1000.0)
    early, late = split(sessions[:500], moments[:500]), split(sessions, moments)
    assert early.kept_back.sum() > 0
    assert not late.train[:500][early.kept_back].any()
    assert not early.train[late.kept_back[:500]].any()
