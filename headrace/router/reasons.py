"""Which words of a query spoke for the winner."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from headrace.router.model import Head, Scored
from headrace.router.tfidf import Floats, Vocabulary

REASONS = 3
"""Words told with a decision: more are read by nobody."""

Reasons = tuple[tuple[str, float], ...]


def reasons(scored: Scored, index: int, head: Head, vocabulary: Vocabulary) -> Reasons:
    """The words of query `index` that spoke for its best agent against the runner-up; shares of all that did.

    What an n-gram of characters or a pair of words weighs is shared by the characters it covers, so that every
    word is credited for all of its features.
    """
    order = np.argsort(scored.scores[index])
    best, second = int(order[-1]), int(order[-2]) if len(order) > 1 else None
    gained = _gains(scored, index, head, best, second)
    return _by_word(scored, index, vocabulary, gained)


def _gains(scored: Scored, index: int, head: Head, best: int, second: int | None) -> tuple[NDArray[np.int64], Floats]:
    first, last = np.searchsorted(scored.rows.row, (index, index + 1))
    column, value = scored.rows.column[first:last], scored.rows.value[first:last]
    weight = head.words[column, best].astype(np.float32)
    if second is not None:
        weight = weight - head.words[column, second].astype(np.float32)
    return column, value * weight


def _by_word(scored: Scored, index: int, vocabulary: Vocabulary, gained: tuple[NDArray[np.int64], Floats]) -> Reasons:
    found, (column, gain) = scored.grams, gained
    mine = np.flatnonzero(found.row == index)
    place = vocabulary.columns(found.hash[mine])
    mine, place = mine[place >= 0], place[place >= 0]
    if not len(mine):
        return ()
    which = np.searchsorted(column, place)
    each = gain[which] / np.bincount(which, minlength=len(column))[which]
    start, end = found.start[mine], found.end[mine]
    left, right = int(found.start[found.row == index].min()), int(found.end[found.row == index].max())
    rise = np.zeros(right - left + 1)
    np.add.at(rise, start - left, each / (end - start))
    np.add.at(rise, end - left, -each / (end - start))
    return _strongest(found.characters[left:right], np.cumsum(rise)[:-1])


def _strongest(text: str, credit: NDArray[np.float64]) -> Reasons:
    total: dict[str, float] = {}
    place = 0
    for word in text.split(" "):
        if word:
            total[word] = total.get(word, 0.0) + float(credit[place : place + len(word)].sum())
        place += len(word) + 1
    spoke = sorted(((word, gain) for word, gain in total.items() if gain > 0), key=lambda pair: -pair[1])
    every = sum(gain for _, gain in spoke)
    return tuple((word, round(gain / every, 3)) for word, gain in spoke[:REASONS])
