"""What is trained on, and what is held out: later sessions, whole ones, none in both.

A session's turns repeat each other, so a session that is split would let the model be asked what it was told; and
what comes next is what it will be used on, so what is held out comes last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Split:
    """Masks over the rows; a row of a session that was going on at `cut` is in neither."""

    train: Bools
    held_out: Bools
    cut: float
    """Seconds since 1970: training ends before it, what is held out begins after it."""


def split(sessions: NDArray[np.str_], seconds: NDArray[np.float64], held_out_share: float = 0.2) -> Split:
    """Splits rows by their session and time, so that about `held_out_share` of the sessions are held out.

    >>> made = split(np.array(["a", "a", "b", "c", "d"]), np.array([1.0, 2.0, 3.0, 4.0, 5.0]), held_out_share=0.25)
    >>> made.train.tolist(), made.held_out.tolist()
    ([True, True, True, True, False], [False, False, False, False, True])
    """
    _, session = np.unique(sessions, return_inverse=True)
    first = np.full(session.max(initial=-1) + 1, np.inf)
    last = np.full(len(first), -np.inf)
    np.minimum.at(first, session, seconds)
    np.maximum.at(last, session, seconds)
    cut = float(np.quantile(first, 1 - held_out_share, method="higher")) if len(first) else 0.0
    return Split(train=(last < cut)[session], held_out=(first >= cut)[session], cut=cut)
