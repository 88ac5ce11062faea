"""The words around a value, which make some values certain and others none.

All context words of all rules are looked for in one pass, so that a rule's own question is one look into a set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from headrace.privacy.places import folded
from headrace.privacy.rule import CONTEXT_AFTER, CONTEXT_BEFORE, MASK, Bounds

SHORT_WORD = 4
"""Letters up to which a context word counts only where it stands on its own."""


REMEMBERED_WORDS = 20_000
"""A language's common words; then all are forgotten."""
_letters = re.compile(r"[^\W\d_\u2e80-\uffff]+|[^\W\d_\u0000-\u2e7f]+").findall
"""Words; letters of scripts without spaces are one of their own (`我的SSN`)."""
_Meaning = tuple[tuple[str, ...], tuple[str, ...]]
"""The context words that a word holds, and those that may begin with its end."""


class Vocabulary:
    """Words to look for: short ones on their own, longer ones within words too, those of several words as they are.

    >>> sorted(Vocabulary(["ssn", "sn", "passport", "pass", "tax id"]).within(" my ssn: passports, tax id "))
    ['passport', 'ssn', 'tax id']
    """

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted(set(words))
        single = [word for word in known if word.isalpha()]
        self._short = frozenset(word for word in single if len(word) <= SHORT_WORD and word.isascii())
        long = [word for word in single if word not in self._short]
        self._prefixes = {word: tuple(other for other in long if word.startswith(other)) for word in long}
        self._longest = re.compile(f"(?=({_trie(long)}))").findall
        self._phrases = [(word, first[0]) for word in known if word not in single and (first := _letters(word))]
        self._meanings: dict[str, _Meaning] = {}

    def within(self, text: str) -> set[str]:
        """Those that stand in a text in lower case."""
        found: set[str] = set()
        meanings = self._meanings
        for word in set(_letters(text)):
            if (meaning := meanings.get(word)) is None:
                meaning = self._learned(word)
            held, begun = meaning
            if held:
                found.update(held)
            for phrase in begun:
                if phrase in text:
                    found.add(phrase)
        return found

    def _learned(self, word: str) -> _Meaning:
        held = [shorter for longest in self._longest(word) if longest for shorter in self._prefixes[longest]]
        if word in self._short:
            held.append(word)
        begun = tuple(phrase for phrase, first in self._phrases if word.endswith(first))
        if len(self._meanings) >= REMEMBERED_WORDS:
            self._meanings.clear()
        self._meanings[word] = meaning = tuple(held), begun
        return meaning


class Nearby:
    """What stands around the values of one text, looked up once for each place."""

    def __init__(self, vocabulary: Vocabulary, text: str) -> None:
        self._within, self._text = vocabulary.within, text
        self._before: dict[int, set[str]] = {}
        self._after: dict[int, set[str]] = {}

    def has(self, words: frozenset[str], bounds: Bounds) -> bool:
        """Whether one of the words stands before or behind a value; not past what is masked.

        >>> near = Nearby(Vocabulary(["ssn", "card"]), "card\\0My SSN: 123 ok")
        >>> near.has(frozenset(["ssn"]), (13, 16)), near.has(frozenset(["card"]), (13, 16))
        (True, False)
        """
        start, end = bounds
        if (before := self._before.get(start)) is None:
            window = self._text[max(0, start - CONTEXT_BEFORE) : start].rpartition(MASK)[2]
            before = self._before[start] = self._within(folded(window))
        if not words.isdisjoint(before):
            return True
        if (after := self._after.get(end)) is None:
            window = self._text[end : end + CONTEXT_AFTER].partition(MASK)[0]
            after = self._after[end] = self._within(folded(window))
        return not words.isdisjoint(after)


def _trie(words: Iterable[str]) -> str:
    """A pattern for the longest of the words, which branches letter by letter.

    >>> _trie(["ab", "abc", "ax"])
    'a(?:b(?:c)?|x)'
    """
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branches(root)


def _branches(node: dict[str, Any]) -> str:
    ways = [re.escape(character) + _branches(child) for character, child in node.items() if character]
    if not ways:
        return ""
    if "" in node:
        return f"(?:{'|'.join(ways)})?"
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
