"""The words around a value, which make some values certain and others none.

All context words of all rules are looked for in one pass, so that a rule's own question is one look into a set.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from string import ascii_lowercase
from typing import Any

from headrace.privacy.places import folded
from headrace.privacy.rule import CONTEXT_AFTER, CONTEXT_BEFORE, MASK, Bounds

SHORT_WORD = 4
"""Letters up to which a context word counts only where it stands on its own."""


MANY_VALUES = 100
"""From so many on, one look for the words of the whole text pays: most lists of values hold none of them."""
REMEMBERED_WORDS = 20_000
"""A language's common words; then all are forgotten."""
_letters = re.compile(r"[^\W\d_\u2e80-\uffff]+|[^\W\d_\u0000-\u2e7f]+").findall
"""Words; letters of scripts without spaces are one of their own (`我的SSN`)."""
_LOWER_CASE_ALONE = bytes(byte if chr(byte) in ascii_lowercase else ord(" ") for byte in range(256))
_NONE: frozenset[str] = frozenset()
_Meaning = tuple[tuple[str, ...], tuple[str, ...]]
"""The context words that a word holds, and those of several words that it may be a part of."""


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
        self._phrases = _Phrases(word for word in known if word not in single and _letters(word))
        self._known: set[str] = set()
        self._telling: set[str] = set()
        """Those known words that mean something."""
        self._meanings: dict[str, _Meaning] = {}

    def within(self, text: str) -> frozenset[str]:
        """Those that stand in a text in lower case."""
        words = set(_words(text))
        if not words <= self._known:
            self._learn(words - self._known)
        telling = words & self._telling
        if not telling:
            return _NONE
        meanings = [self._meanings[word] for word in telling]
        begun = {phrase for _, phrases in meanings for phrase in phrases}
        return frozenset(phrase for phrase in begun if phrase in text).union(*(held for held, _ in meanings))

    def _learn(self, words: set[str]) -> None:
        if len(self._known) >= REMEMBERED_WORDS:
            self._known.clear()
            self._telling.clear()
            self._meanings.clear()
        for word in words:
            held = [shorter for longest in self._longest(word) if longest for shorter in self._prefixes[longest]]
            if word in self._short:
                held.append(word)
            begun = tuple(self._phrases.around(word))
            if held or begun:
                self._meanings[word] = tuple(held), begun
                self._telling.add(word)
        self._known |= words


def _words(text: str) -> list[str]:
    """Those of a text in lower case: in ASCII, what is left between blanks takes a third of the time of a search."""
    if text.isascii():
        return text.encode().translate(_LOWER_CASE_ALONE).decode().split()
    return _letters(text)


class _Phrases:
    """Context words of several words, by the longest of these; the first and the last may go on in the text."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._inside, self._ending, self._beginning, self._whole = (defaultdict[str, list[str]](list) for _ in range(4))
        for phrase in phrases:
            piece, may_go_on_left, may_go_on_right = _telling_piece(phrase)
            by_piece = {
                (True, True): self._inside,
                (True, False): self._ending,
                (False, True): self._beginning,
                (False, False): self._whole,
            }[may_go_on_left, may_go_on_right]
            by_piece[piece].append(phrase)
        self._ending_lengths, self._beginning_lengths = (
            {len(piece) for piece in by} for by in (self._ending, self._beginning)
        )

    def around(self, word: str) -> Iterator[str]:
        """Those that a word may be a part of.

        >>> phrases = _Phrases(["tax id", "id card", "d.l."])
        >>> [list(phrases.around(word)) for word in ("surtax", "taxes", "cards", "d", "ed", "l")]
        [['tax id'], [], ['id card'], [], [], ['d.l.']]
        """
        size = len(word)
        yield from self._whole.get(word, ())
        for length in self._ending_lengths:
            if length <= size:
                yield from self._ending.get(word[-length:], ())
        for length in self._beginning_lengths:
            if length <= size:
                yield from self._beginning.get(word[:length], ())
        for piece, phrases in self._inside.items():
            if piece in word:
                yield from phrases


def _telling_piece(phrase: str) -> tuple[str, bool, bool]:
    """The longest word of a phrase, and whether the text may go on to its left and to its right.

    >>> [_telling_piece(phrase) for phrase in ("tax id", "id card", "d.l.")]
    [('tax', True, False), ('card', False, True), ('l', False, False)]
    """
    pieces = _letters(phrase)
    _, place = max((len(piece), place) for place, piece in enumerate(pieces))
    first, last = place == 0 and phrase.startswith(pieces[0]), place == len(pieces) - 1 and phrase.endswith(pieces[-1])
    return pieces[place], first, last


class Nearby:
    """What stands around the values of one text, looked up once for each place."""

    def __init__(self, vocabulary: Vocabulary, text: str) -> None:
        self._within, self._text = vocabulary.within, text
        self._around: dict[Bounds, frozenset[str]] = {}
        self._spoken: frozenset[str] | None = None
        """All words of the text, once its values are so many that to know them pays."""

    def words(self, bounds: Bounds, wanted: frozenset[str]) -> frozenset[str]:
        """Those before and behind a value, the wanted ones for certain; not past what is masked.

        >>> near = Nearby(Vocabulary(["ssn", "card"]), "card\\0My SSN: 123 ok")
        >>> near.words((13, 16), frozenset(["ssn"]))
        frozenset({'ssn'})
        """
        if self._spoken is not None and self._spoken.isdisjoint(wanted):
            return _NONE
        if (words := self._around.get(bounds)) is None:
            if len(self._around) == MANY_VALUES:
                self._spoken = self._within(folded(self._text))
            start, end = bounds
            before = self._text[max(0, start - CONTEXT_BEFORE) : start].rpartition(MASK)[2]
            after = self._text[end : end + CONTEXT_AFTER].partition(MASK)[0]
            words = self._around[bounds] = self._within(folded(f"{before}{MASK}{after}"))
        return words


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
