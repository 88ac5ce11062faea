"""What is trained on, and what is held out: later sessions, whole ones, none in both.

A session's turns repeat each other, so a session that is split would let the model be asked what it was told; and
what comes next is what it will be used on, so what is held out comes last. What users no longer ask is not among it:
so one session in ten, of all times, is kept back from every version, and tells what each still knows of the past.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]

KEPT_BACK_OF = 10
"""One session in ten: a tenth fewer examples to learn from; with fewer kept, most agents' past were too small."""


@dataclass(frozen=True)
class Split:
    """Masks over the rows; a row of a session that was going on at `cut` is in none of them."""

    train: Bools
    held_out: Bools
    """Of the latest sessions."""
    kept_back: Bools
    """Of earlier sessions that no version was ever trained on."""
    cut: float
    """Seconds since 1970: training ends before it, what is held out begins after it."""


def split(sessions: NDArray[np.str_], seconds: NDArray[np.float64], held_out_share: float = 0.2) -> Split:
    """Splits rows by their session and time, so that about `held_out_share` of the sessions are held out.

    >>> made = split(np.array(["a", "a", "b", "c", "d"]), np.array([1.0, 2.0, 3.0, 4.0, 5.0]), held_out_share=0.25)
    >>> made.train.tolist(), made.held_out.tolist()
    ([True, True, True, True, False], [False, False, False, False, True])
    """
    names, session = np.unique(sessions, return_inverse=True)
    is_kept_back = np.fromiter(map(_is_kept_back, names), bool, len(names))
    first = np.full(session.max(initial=-1) + 1, np.inf)
    last = np.full(len(first), -np.inf)
    np.minimum.at(first, session, seconds)
    np.maximum.at(last, session, seconds)
    cut = float(np.quantile(first, 1 - held_out_share, method="higher")) if len(first) else 0.0
    is_past = last < cut
    return Split(
        train=(is_past & ~is_kept_back)[session],
        held_out=(first >= cut)[session],
        kept_back=(is_past & is_kept_back)[session],
        cut=cut,
    )


def _is_kept_back(session: str) -> bool:
    """By its name alone, so that every version agrees on it."""
    digest = blake2b(session.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % KEPT_BACK_OF == 0
