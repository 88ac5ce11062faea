"""What a cluster is about, in its own words: key phrases, and the member in the middle. No language model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from consumers.failures.session_rules import COMMON_WORDS
from consumers.failures.state import Failing, unpacked
from headrace.privacy import kinds_only

PHRASES = 3
"""In a title."""
LONGEST = 3
"""Words in a phrase."""
LONGER = 0.3
"""More weight for each further word: "cancel order" says more than "cancel"."""
_LITTLE_TEXT = """
    about again all also am anything as asked back been before being cannot can't days don't even ever every exactly
    get give go going good got help hi hello here how's i'd i'll i'm i've it's know let like long make many may more
    much need needs new now off one only other out over own page right said say says should something still tell than
    thank thanks that's their them these they thing things those time today too topic trying two up us use using very
    want wanted wants way we're what's while whole without wrong yes yet you're
"""
SAYING_LITTLE = COMMON_WORDS | frozenset(_LITTLE_TEXT.split())
"""Nor do these, in a title."""
_CUT_TOKEN = re.compile(r"\[\w*$")
"""A placeholder that lost its end, where a text was cut to length: no key is left out of it by `kinds_only`."""
_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?")


def key_phrases(texts: Sequence[str], others: Sequence[str], count: int = PHRASES) -> list[str]:
    """Phrases that many of `texts` have and few of `others`: document frequency times its surprise.

    >>> key_phrases(["cancel my order", "please cancel the order", "order: cancel"], ["track my order", "my invoice"])
    ['cancel', 'order']
    """
    inside, outside = _frequencies(texts), _frequencies(others)
    total = len(texts) + len(others) + 1
    needed = min(2, len(texts))
    scores = {
        phrase: found * log(total / (1 + outside[phrase])) * (1 + LONGER * phrase.count(" "))
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
    words = _WORD.findall(_CUT_TOKEN.sub("", kinds_only(text)).casefold())
    for start, word in enumerate(words):
        if word in SAYING_LITTLE:
            continue
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if words[end - 1] not in SAYING_LITTLE:
                yield " ".join(words[start:end])
