"""Where in a text values may be: one pass for the triggers of all rules.

Each question is asked of the whole text at once (is there an @, are there six digits in a row, a run of sixteen
characters), so that a text without candidates is done after a few microseconds. Nothing here decides anything.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from headrace.privacy.rule import (
    FEWEST_DIGITS,
    LONGEST_PREFIX,
    SHORTEST_RUN,
    Code,
    Digits,
    Keyword,
    Literal,
    Prefix,
    Rule,
    Seed,
)

Indexes = tuple[int, ...]
"""Rules by their place in the table."""
Place = tuple[int, Indexes]
"""A character, and the rules that may find a value there."""

MOST_GROUPS = 9
"""Groups of digits that one number is written in, at most: a long IBAN-like number in fours, or a phone in pairs."""
_SEPARATORS = b" .-()/"


def _byte_map(classes: dict[bytes, bytes], other: bytes) -> bytes:
    of = {byte: name for members, name in classes.items() for byte in members}
    return b"".join(of.get(byte, other) for byte in range(256))


_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = b"0123456789"
_NUMBERS = _byte_map({_DIGITS: b"d", _SEPARATORS: b"s"}, b"x")
_WORDS = _byte_map({_DIGITS: b"d", _LETTERS: b"l"}, b" ")
_RUNS = _byte_map({_DIGITS + _LETTERS + b"_-": b"x"}, b" ")
_ENOUGH_DIGITS = b"d" * FEWEST_DIGITS
_LONG_RUN = b"x" * SHORTEST_RUN
_rows = re.compile(rb"d(?:s{0,3}d){%d,}" % (FEWEST_DIGITS - 1)).finditer
_groups = re.compile(rb"d+").finditer
_mixed = (re.compile(rb"ld").finditer, re.compile(rb"dl").finditer)


class Digit:
    """Places of `Digits` rules."""

    def __init__(self, rules: Iterable[tuple[int, Digits]]) -> None:
        by_count: dict[int, list[int]] = defaultdict(list)
        for index, trigger in rules:
            for count in trigger.counts:
                by_count[count].append(index)
        self._by_count = {count: tuple(indexes) for count, indexes in by_count.items()}
        self._most = max(by_count, default=0)

    def __call__(self, _text: str, ascii_text: bytes) -> list[Place]:
        if _ENOUGH_DIGITS not in ascii_text.translate(_NUMBERS, _SEPARATORS):
            return []
        classes = ascii_text.translate(_NUMBERS)
        return [place for row in _rows(classes) for place in self._in_row(classes, *row.span())]

    def _in_row(self, classes: bytes, start: int, end: int) -> Iterator[Place]:
        groups = [group.span() for group in _groups(classes, start, end)]
        for first, (place, _) in enumerate(groups):
            count = 0
            indexes: Indexes = ()
            for begin, finish in groups[first : first + MOST_GROUPS]:
                count += finish - begin
                if count > self._most:
                    break
                indexes += self._by_count.get(count, ())
            if indexes:
                yield place, tuple(sorted(indexes))


class Words:
    """Places of `Code` rules."""

    def __init__(self, rules: Iterable[tuple[int, Code]]) -> None:
        by_length: dict[int, list[int]] = defaultdict(list)
        for index, trigger in rules:
            for length in trigger.lengths:
                by_length[length].append(index)
        self._by_length = {length: tuple(indexes) for length, indexes in by_length.items()}

    def __call__(self, _text: str, ascii_text: bytes) -> list[Place]:
        classes = ascii_text.translate(_WORDS)
        if b"ld" not in classes and b"dl" not in classes:
            return []
        return [
            (start, indexes) for start, end in _mixed_words(classes) if (indexes := self._by_length.get(end - start))
        ]


def _mixed_words(classes: bytes) -> Iterator[tuple[int, int]]:
    """The words with letters and digits, in order.

    >>> list(_mixed_words(b"ll ld  dd ddl"))
    [(3, 5), (10, 13)]
    """
    found: dict[int, int] = {}
    for finditer in _mixed:
        floor = 0
        for match in finditer(classes):
            if match.start() >= floor:
                start = classes.rfind(b" ", 0, match.start()) + 1
                floor = classes.find(b" ", match.end())
                floor = len(classes) if floor < 0 else floor
                found[start] = floor
    return iter(sorted(found.items()))


class Prefixes:
    """Places of `Prefix` rules: the prefixes are looked for in and right before long runs only."""

    def __init__(self, rules: Iterable[tuple[int, Prefix]]) -> None:
        by_prefix: dict[str, list[int]] = defaultdict(list)
        for index, trigger in rules:
            for text in trigger.texts:
                by_prefix[text].append(index)
        self._by_prefix = {
            text: tuple(index for prefix in by_prefix if text.startswith(prefix) for index in by_prefix[prefix])
            for text in by_prefix
        }
        self._search = re.compile(f"(?=({_alternation(sorted(by_prefix, reverse=True))}))").finditer

    def __call__(self, text: str, ascii_text: bytes) -> list[Place]:
        runs = ascii_text.translate(_RUNS)
        places: dict[int, Indexes] = {}
        end = 0
        while (start := runs.find(_LONG_RUN, end)) >= 0:
            end_of_run = runs.find(b" ", start)
            end_of_run = len(runs) if end_of_run < 0 else end_of_run
            for match in self._search(text, max(end, start - LONGEST_PREFIX, 0), end_of_run):
                places[match.start()] = self._by_prefix[match[1]]
            end = end_of_run
        return list(places.items())


def _alternation(texts: Sequence[str]) -> str:
    """The texts as a pattern that branches by their first character: an alternation of hundreds is tried one by one."""
    by_first: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        by_first[text[0]].append(text[1:])
    return "|".join(f"{re.escape(first)}(?:{'|'.join(map(re.escape, rest))})" for first, rest in by_first.items())


class Literals:
    """Places of a `Literal` or a `Seed`: where a pattern that begins with a literal character stands."""

    def __init__(self, pattern: str, indexes: Indexes) -> None:
        self._finditer = re.compile(pattern).finditer
        self._indexes = indexes

    def __call__(self, text: str, _ascii_text: bytes) -> list[Place]:
        indexes = self._indexes
        return [(match.start(), indexes) for match in self._finditer(text)]


class Keywords:
    """Places of `Keyword` rules: each word is looked for in the text in lower case."""

    def __init__(self, rules: Iterable[tuple[int, Keyword]]) -> None:
        by_word: dict[str, list[int]] = defaultdict(list)
        for index, trigger in rules:
            for word in trigger.words:
                by_word[word].append(index)
        self._words = [
            (word, tuple(indexes), re.compile(re.escape(word)).finditer) for word, indexes in by_word.items()
        ]

    def __call__(self, text: str, _ascii_text: bytes) -> list[Place]:
        low = folded(text)
        return [
            (match.start(), indexes)
            for word, indexes, finditer in self._words
            if word in low
            for match in finditer(low)
        ]


def folded(text: str) -> str:
    """The text in lower case, of the same length: U+0130 alone would become two characters.

    >>> folded("ABC \u0130")
    'abc ?'
    """
    return text.lower() if text.isascii() else text.replace("\u0130", "?").lower()


Finder = Callable[[str, bytes], list[Place]]


def finders(rules: Sequence[Rule]) -> list[tuple[Finder, str]]:
    """What looks for the places of all rules, each with its gate: a pattern in RE2's syntax that matches in every text
    in which it finds a place."""
    by_kind: dict[type, list[tuple[int, Rule]]] = defaultdict(list)
    for index, rule in enumerate(rules):
        by_kind[type(rule.trigger)].append((index, rule))
    return [*_grouped(by_kind), *_literals(by_kind[Literal] + by_kind[Seed])]


def _grouped(by_kind: dict[type, list[tuple[int, Rule]]]) -> Iterator[tuple[Finder, str]]:
    many: tuple[tuple[type, Callable[..., Finder], str], ...] = (
        (Digits, Digit, f"[0-9](?:[ .()/-]{{0,3}}[0-9]){{{FEWEST_DIGITS - 1}}}"),
        (Code, Words, "[A-Za-z][0-9]|[0-9][A-Za-z]"),
        (Prefix, Prefixes, f"[A-Za-z0-9_-]{{{SHORTEST_RUN}}}"),
    )
    for kind, finder, gate in many:
        if own := by_kind[kind]:
            yield finder([(index, rule.trigger) for index, rule in own]), gate
    if own := by_kind[Keyword]:
        triggers = [(index, rule.trigger) for index, rule in own if isinstance(rule.trigger, Keyword)]
        words = sorted({word for _, trigger in triggers for word in trigger.words})
        yield Keywords(triggers), "(?i)" + "|".join(map(re.escape, words))


def _literals(rules: list[tuple[int, Rule]]) -> Iterator[tuple[Finder, str]]:
    by_pattern: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, rule in sorted(rules, key=lambda pair: pair[0]):
        trigger = rule.trigger
        if isinstance(trigger, Literal):
            by_pattern[re.escape(trigger.text), re.escape(trigger.text)].append(index)
        elif isinstance(trigger, Seed):
            by_pattern[trigger.pattern, trigger.gate].append(index)
    for (pattern, gate), indexes in by_pattern.items():
        yield Literals(pattern, tuple(indexes)), gate
