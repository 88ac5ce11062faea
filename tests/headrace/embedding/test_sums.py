"""Native sums are numpy's to the last bit, and refuse what does not fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.embedding._sums import add_rows
from headrace.embedding.sums import plain_sums, summer

WIDTH = 7
TABLE = np.random.default_rng(1).normal(size=(50, WIDTH)).astype(np.float16)


@given(st.lists(st.lists(st.integers(0, 49), max_size=60), max_size=6))
def test_sums_are_those_of_numpy(texts: list[list[int]]) -> None:
    ids = [np.array(text, np.int32).tobytes() for text in texts]
    assert summer(TABLE)(ids).tobytes() == plain_sums(TABLE, ids).tobytes()


def test_every_finite_number_is_widened_exactly() -> None:
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    table = halves[np.isfinite(halves)].reshape(-1, 1)
    ids = [np.array([row], np.int32).tobytes() for row in range(len(table))]
    assert np.array_equal(summer(table)(ids), table.astype(np.float32))


@pytest.mark.parametrize(
    ("texts", "ids", "ends", "width"),
    [
        (1, [50], [1], WIDTH),
        (1, [-1], [1], WIDTH),
        (1, [0], [2], WIDTH),
        (2, [0, 1], [2, 1], WIDTH),
        (2, [0], [1], WIDTH),
        (1, [0], [1], 0),
        (1, [0], [-1], WIDTH),
    ],
)
def test_what_does_not_fit_is_refused(texts: int, ids: list[int], ends: list[int], width: int) -> None:
    sums = np.zeros((texts, WIDTH), np.float32)
    with pytest.raises(ValueError, match="do not agree"):
        add_rows(sums, TABLE.view(np.uint16), np.array(ids, np.int32), np.array(ends, np.int64), width)
