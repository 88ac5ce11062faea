"""Which words of a query spoke for the winner."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from headrace.router.model import Doubles, Head, Scored

REASONS = 3
"""Words told with a decision: more are read by nobody."""

Reasons = tuple[tuple[str, float], ...]


def reasons(scored: Scored, head: Head) -> list[Reasons]:
    """For each query the words that spoke for its best agent against the runner-up, with their shares of all that did.

    A word is credited for its n-grams of characters, and for half of each pair it stands in.
    """
    credit = _credit(scored, _gains(scored, head))
    bounds = np.searchsorted(scored.grams.row, np.arange(scored.grams.texts + 1))
    words, gains = scored.grams.tokens, credit.tolist()
    spans = zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    return [strongest(words[start:end], gains[start:end]) for start, end in spans]


def _gains(scored: Scored, head: Head) -> Doubles:
    """What each different n-gram of each query adds to the winner's lead."""
    rows = scored.rows
    order = np.argsort(scored.scores, axis=1)
    best = order[rows.row, -1]
    second = order[rows.row, -2] if order.shape[1] > 1 else None
    lead = head.words[rows.column, best].astype(np.float64)
    if second is not None:
        lead -= head.words[rows.column, second]
    gains = np.zeros(len(scored.counts.row))
    gains[rows.source] = rows.value * lead
    return gains


def _credit(scored: Scored, gains: Doubles) -> NDArray[np.float64]:
    """The sum of the gains of each word of each query."""
    found, counts = scored.grams, scored.counts
    which = np.searchsorted(counts.key, found.key)
    each = gains[which] / counts.count[which]
    words = len(found.tokens)
    pair = slice(words, words + int(found.word.sum()) - words)
    each[pair] /= 2
    credit = np.asarray(np.bincount(found.token, each, words), np.float64)
    return credit + np.bincount(found.token[pair] + 1, each[pair], words)


def strongest(words: list[str], gains: list[float]) -> Reasons:
    """The words that gained most, with their shares of all gains."""
    total: dict[str, float] = {}
    for word, gain in zip(words, gains, strict=True):
        total[word] = total.get(word, 0.0) + gain
    spoke = sorted(((gain, word) for word, gain in total.items() if gain > 0), reverse=True)
    every = sum(gain for gain, _ in spoke)
    return tuple((word, gain / every) for gain, word in spoke[:REASONS])
