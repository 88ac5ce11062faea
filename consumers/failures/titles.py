"""What a cluster is about, in its own words: key phrases, and the member in the middle. No language model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from consumers.failures.session_rules import COMMON_WORDS
from consumers.failures.state import Failing, unpacked

PHRASES = 3
"""In a title."""
LONGEST = 3
"""Words in a phrase."""
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def key_phrases(texts: Sequence[str], others: Sequence[str], count: int = PHRASES) -> list[str]:
    """Phrases that many of `texts` have and few of `others`: document frequency times its surprise.

    >>> key_phrases(["cancel my order", "please cancel the order", "order: cancel"], ["track my order", "my invoice"])
    ['cancel', 'order']
    """
    inside, outside = _frequencies(texts), _frequencies(others)
    total = len(texts) + len(others) + 1
    needed = min(2, len(texts))
    scores = {
        phrase: found * log(total / (1 + outside[phrase])) * (1 + 0.5 * phrase.count(" "))
        for phrase, found in inside.items()
        if found >= needed
    }
    chosen: list[str] = []
    for phrase in sorted(scores, key=lambda phrase: (-scores[phrase], phrase)):
        if not any(set(phrase.split()) & set(other.split()) for other in chosen):
            chosen.append(phrase)
        if len(chosen) == count:
            break
    return chosen


def medoid(members: Sequence[Failing]) -> Failing | None:
    """The member that is nearest to all others; None of none."""
    if not members:
        return None
    vectors = unpacked([member.vector for member in members])
    return members[int((vectors @ vectors.sum(axis=0)).argmax())]


def _frequencies(texts: Iterable[str]) -> Counter[str]:
    return Counter(phrase for text in texts for phrase in set(_phrases(text)))


def _phrases(text: str) -> Iterable[str]:
    """Runs of up to LONGEST words that begin and end with a word that says something."""
    words = _WORD.findall(text.casefold())
    for start, word in enumerate(words):
        if word in COMMON_WORDS:
            continue
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if words[end - 1] not in COMMON_WORDS:
                yield " ".join(words[start:end])
