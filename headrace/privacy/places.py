"""Where in a text values may be: one pass for the triggers of all rules.

Each question is asked of the whole text at once (is there an @, are there six digits in a row, a run of sixteen
characters), so that a text without candidates is done after a few microseconds. Nothing here decides anything.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

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

MOST_GROUPS = 7
"""Groups of digits that one number is written in, at most: the French social security number has so many."""
_SEPARATORS = b" .-()/"
MOST_PREFIXES = 256
"""Prefixes of keys that may begin in one run: a key has one, a megabyte of url-safe base64 a hundred by chance."""


MOST_TRIES = 60_000
"""Rules to be tried on one text at the places of one kind of trigger, but for those that want a word nearby: so many
signs stand in a megabyte of logs. What needs more is replaced whole."""
MOST_TRIES_A_CHARACTER = 1
"""Allowed on top at groups of digits: a list of phone numbers needs one, a table of numbers up to three and a half."""
_MANY_PLACES = 100
"""Of no more, nobody counts the tries: an interaction has a dozen."""


class TooManyPlaces(Exception):
    """A text was built to hide a value among places where one may be."""


def _byte_map(classes: dict[bytes, bytes], other: bytes) -> bytes:
    of = {byte: name for members, name in classes.items() for byte in members}
    return b"".join(of.get(byte, other) for byte in range(256))


_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = b"0123456789"
_ALNUM = frozenset(_LETTERS + _DIGITS)
_NOT_INSIDE_WORDS = "(?<![A-Za-z0-9"
"""How a pattern begins that matches behind no letter or digit."""
_NUMBERS = _byte_map({_DIGITS: b"d", _SEPARATORS: b"s"}, b"x")
_WORDS = _byte_map({_DIGITS: b"d", _LETTERS: b"l"}, b" ")
_RUNS = _byte_map({_DIGITS + _LETTERS + b"_-": b"x"}, b" ")
_ENOUGH_DIGITS = b"d" * FEWEST_DIGITS
_LONG_RUN = b"x" * SHORTEST_RUN
_rows = re.compile(rb"d(?:s{0,3}d){%d,}" % (FEWEST_DIGITS - 1)).finditer
_digit_groups = re.compile(rb"dd*").finditer
"""Not `d+`: `re` leaps to a literal, and walks to a class or a repeat."""


_COMMON_ROW = 64
"""Characters of a row of digits up to which its shape is worth remembering: `ddd-ddd-dddd` comes again and again."""
_REMEMBERED = 10_000
"""Shapes, and sizes of groups; then all are forgotten."""
_Count = tuple[int, Callable[[str, int], object]]
"""Digits of a number, and what matches where a rule for so many may."""
_Options = tuple[int, tuple[_Count, ...]]
"""What a number may be that begins with groups of these sizes: the tries that it costs, and the counts."""
_Beginning = tuple[int, int, _Options]
"""Where in a row a group of digits begins, its digits, and what a number from there on may be."""


class Digit:
    """Places of `Digits` rules."""

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        by_count: dict[int, list[int]] = defaultdict(list)
        for index, rule in rules:
            for count in rule.trigger.counts if isinstance(rule.trigger, Digits) else ():
                by_count[count].append(index)
        patterns = {index: rule.pattern for index, rule in rules}
        wordless = _wordless(rules)
        likely_first = sorted(patterns, key=lambda index: (index not in wordless, len(patterns[index].pattern)))
        self._by_count = {
            count: (tuple(indexes), _any_of([patterns[index] for index in likely_first if index in indexes]))
            for count, indexes in by_count.items()
        }
        self._by_counts: dict[tuple[int, ...], Indexes] = {}
        """The rules of several counts; few combinations of at most MOST_GROUPS occur."""
        self._tries = {count: 1 + len(wordless.intersection(indexes)) for count, indexes in by_count.items()}
        self._common = lru_cache(_REMEMBERED)(lambda shape: tuple(self._beginnings(shape)))
        self._options = lru_cache(_REMEMBERED)(self._options_of)

    def __call__(self, text: str, ascii_text: bytes) -> list[Place]:
        """Raises TooManyPlaces."""
        if _ENOUGH_DIGITS not in ascii_text.translate(_NUMBERS, _SEPARATORS):
            return []
        classes = ascii_text.translate(_NUMBERS)
        numbers: list[tuple[int, _Options]] = []
        left = MOST_TRIES + MOST_TRIES_A_CHARACTER * len(text)
        for row in _rows(classes):
            for number in self._in_row(text, classes, *row.span()):
                left -= number[1][0]
                if left < 0:
                    raise TooManyPlaces
                numbers.append(number)
        places: list[Place] = []
        for place, (_, counts) in numbers:
            if matched := tuple([count for count, matches in counts if matches(text, place)]):
                places.append((place, self._by_counts.get(matched) or self._indexes(matched)))
        return places

    def _in_row(self, text: str, classes: bytes, start: int, end: int) -> Iterator[tuple[int, _Options]]:
        """Where a number may begin, and what it may be."""
        shape = classes[start:end]
        date_end = 0
        for offset, size, options in self._common(shape) if len(shape) <= _COMMON_ROW else self._beginnings(shape):
            place = start + offset
            if place < date_end:
                continue
            if (
                size in _DATE_SIZES
                and text[place + size : place + size + 1] in _IN_DATES
                and (date := _date(text, place))
            ):
                date_end = date.end()
            elif options[0]:
                yield place, options

    def _beginnings(self, shape: bytes) -> Iterator[_Beginning]:
        """Of each group of digits in a row of this shape, but for `1 2 3`."""
        groups = [group.span() for group in _digit_groups(shape)]
        sizes = tuple([end - begin for begin, end in groups])
        for first, (begin, _) in enumerate(groups):
            if sizes[first : first + 2] != (1, 1):
                yield begin, sizes[first], self._options(sizes[first : first + MOST_GROUPS])

    def _options_of(self, sizes: Sequence[int]) -> _Options:
        counts = [count for count in accumulate(sizes) if count in self._by_count]
        return sum(self._tries[count] for count in counts), tuple((count, self._by_count[count][1]) for count in counts)

    def _indexes(self, matched: tuple[int, ...]) -> Indexes:
        indexes = tuple(sorted({index for count in matched for index in self._by_count[count][0]}))
        self._by_counts[matched] = indexes
        return indexes


_date = re.compile(
    r"(?:(?:19|20)[0-9]{2}([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])([-./])(?:0?[1-9]|[12][0-9]|3[01])\2(?:19|20)[0-9]{2})(?![0-9]|[-/][0-9])"
).match
"""No number that names somebody looks like one."""
_DATE_SIZES = frozenset((1, 2, 4))
_IN_DATES = frozenset("-./")
"""Digits of a date's first group, and what stands behind them."""


def _any_of(patterns: Sequence[re.Pattern[str]]) -> Callable[[str, int], object]:
    """Matches where one of them does; true everywhere if they refer back to their own groups."""
    if len(patterns) < 2 or any(re.search(r"\\[1-9]|\(\?P=|\(\?\(", pattern.pattern) for pattern in patterns):
        return lambda _text, _place: True
    return re.compile("|".join(f"(?{_flags(pattern)}:{_nameless(pattern)})" for pattern in patterns)).match


def _flags(pattern: re.Pattern[str]) -> str:
    return "i" if pattern.flags & re.IGNORECASE else ""


def _nameless(pattern: re.Pattern[str]) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern.pattern)


class Words:
    """Places of `Code` rules."""

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        by_length: dict[int, list[int]] = defaultdict(list)
        for index, rule in rules:
            for length in rule.trigger.lengths if isinstance(rule.trigger, Code) else ():
                by_length[length].append(index)
        self._by_length = {length: tuple(indexes) for length, indexes in by_length.items()}
        self._wordless = _wordless(rules)

    def __call__(self, _text: str, ascii_text: bytes) -> list[Place]:
        """Raises TooManyPlaces."""
        classes = ascii_text.translate(_WORDS)
        if b"dl" not in classes and b"ld" not in classes:
            return []
        places = [
            (start, indexes)
            for start, end in _mixed_words(classes)
            if (indexes := self._by_length.get(end - start)) and not _measure(ascii_text, start, end)
        ]
        return _not_too_many(places, self._wordless)


def _mixed_words(classes: bytes) -> Iterator[tuple[int, int]]:
    """The words with letters and digits, in order.

    >>> list(_mixed_words(b"ll ld  dd ddl"))
    [(3, 5), (10, 13)]
    """
    floor = 0
    for match in _digits_at_letters(classes):
        digit = match.start()
        if digit >= floor:
            floor = classes.find(b" ", digit)
            floor = len(classes) if floor < 0 else floor
            yield classes.rfind(b" ", 0, digit) + 1, floor


_digits_at_letters = re.compile(rb"d(?:(?=l)|(?<=ld))").finditer
_measure = re.compile(rb"[0-9]{1,4}[a-z]{1,2}").fullmatch
"""`11th`, `7pm`, `2019s`: no code, and common."""


class Prefixes:
    """Places of `Prefix` rules: the prefixes are looked for in and right before long runs only."""

    def __init__(self, rules: Iterable[tuple[int, Rule]]) -> None:
        by_prefix: dict[str, list[int]] = defaultdict(list)
        inside_words = set()
        for index, rule in rules:
            if matches_inside_words(rule):
                inside_words.add(index)
            for text in rule.trigger.texts if isinstance(rule.trigger, Prefix) else ():
                by_prefix[text].append(index)
        self._by_prefix = {
            text: tuple(index for prefix in by_prefix if text.startswith(prefix) for index in by_prefix[prefix])
            for text in by_prefix
        }
        self._inside = {
            text: tuple(index for index in indexes if index in inside_words)
            for text, indexes in self._by_prefix.items()
        }
        self._search = re.compile(f"(?=({_alternation(sorted(by_prefix, reverse=True))}))").finditer

    def __call__(self, text: str, ascii_text: bytes) -> list[Place]:
        """Raises TooManyPlaces for a run that is made of prefixes."""
        runs = ascii_text.translate(_RUNS)
        places: dict[int, Indexes] = {}
        end = 0
        while (start := runs.find(_LONG_RUN, end)) >= 0:
            end_of_run = runs.find(b" ", start)
            end_of_run = len(runs) if end_of_run < 0 else end_of_run
            found = self._in_run(text, ascii_text, max(end, start - LONGEST_PREFIX, 0), end_of_run)
            if len(found) > MOST_PREFIXES:
                raise TooManyPlaces
            places.update(found)
            end = end_of_run
        return list(places.items())

    def _in_run(self, text: str, ascii_text: bytes, start: int, end: int) -> list[Place]:
        places: list[Place] = []
        for match in self._search(text, start, end):
            place = match.start()
            inside = place > 0 and ascii_text[place - 1] in _ALNUM
            if indexes := (self._inside if inside else self._by_prefix)[match[1]]:
                places.append((place, indexes))
        return places


def matches_inside_words(rule: Rule) -> bool:
    """Whether its pattern may begin behind a letter or digit."""
    return not rule.pattern.pattern.startswith(_NOT_INSIDE_WORDS)


def _alternation(texts: Sequence[str]) -> str:
    """The texts as a pattern that branches by their first character: an alternation of hundreds is tried one by one."""
    by_first: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        by_first[text[0]].append(text[1:])
    return "|".join(f"{re.escape(first)}(?:{'|'.join(map(re.escape, rest))})" for first, rest in by_first.items())


class Literals:
    """Places of `Literal` and `Seed`: where a pattern that begins with a literal stands.

    A literal's rarest character is looked for first, and then one search answers for all patterns that begin with it.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        patterns: dict[str, list[tuple[str, Indexes]]] = defaultdict(list)
        for pattern, own in by_literal(rules).items():
            patterns[_leading_literal(pattern)].append((pattern, tuple(index for index, _ in own)))
        self._patterns = [
            (
                min(literal, key=_COMMON.find),
                literal,
                re.compile("|".join(pattern for pattern, _ in own)).search,
                [(re.compile(pattern).finditer, indexes) for pattern, indexes in own],
            )
            for literal, own in patterns.items()
        ]
        self._wordless = _wordless(list(enumerate(rules)))

    def __call__(self, text: str, _ascii_text: bytes) -> list[Place]:
        """Raises TooManyPlaces."""
        places: list[Place] = []
        for mark, literal, stands_in, finders in self._patterns:
            if mark in text and literal in text and stands_in(text):
                for finditer, indexes in finders:
                    found = [(match.start(), indexes) for match in finditer(text)]
                    places += _not_too_many(found, self._wordless)
        return places


_COMMON = "zqxjkvbpgwyfmculdrhsnioate. "
"""Characters that a text without values is made of, the most common last."""


def _leading_literal(pattern: str) -> str:
    """The characters that a pattern begins with.

    >>> _leading_literal(r"\\.(?=[0-9])"), _leading_literal("://")
    ('.', '://')
    """
    literal = re.match(r"(?:\\[^A-Za-z0-9]|[^\\.^$*+?{}\[\]|()])+(?![*?{])", pattern)
    assert literal, f"{pattern}: has to begin with a literal character"
    return re.sub(r"\\(.)", r"\1", literal[0])


class Keywords:
    """Places of `Keyword` rules: each word is looked for in the text in lower case."""

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        by_word: dict[str, list[int]] = defaultdict(list)
        for index, rule in rules:
            for word in rule.trigger.words if isinstance(rule.trigger, Keyword) else ():
                by_word[word].append(index)
        self._wordless = _wordless(rules)
        self._by_part = [
            (part, [(word, tuple(by_word[word]), re.compile(re.escape(word)).finditer) for word in words])
            for part, words in _by_part(list(by_word)).items()
        ]
        self._ascii = [(part, words) for part, words in self._by_part if part.isascii()]

    def __call__(self, text: str, _ascii_text: bytes) -> list[Place]:
        """Raises TooManyPlaces."""
        low = folded(text)
        places = [
            (match.start(), indexes)
            for part, words in (self._ascii if text.isascii() else self._by_part)
            if part in low
            for word, indexes, finditer in words
            if word in low
            for match in finditer(low)
        ]
        return _not_too_many(places, self._wordless)


def _by_part(words: Sequence[str]) -> dict[str, list[str]]:
    """Each word under the shortest of the words that it holds, so that only those have to be looked for.

    >>> _by_part(["password", "pass", "mypass", "key"])
    {'key': ['key'], 'pass': ['pass', 'mypass', 'password']}
    """
    by_part: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (len(word), word)):
        by_part.setdefault(next((part for part in by_part if part in word), word), []).append(word)
    return by_part


def folded(text: str) -> str:
    """The text in lower case, of the same length: U+0130 alone would become two characters.

    >>> folded("ABC \u0130")
    'abc ?'
    """
    return text.lower() if text.isascii() else text.replace("\u0130", "?").lower()


def _wordless(rules: Sequence[tuple[int, Rule]]) -> frozenset[int]:
    """Rules that no lack of words drops."""
    return frozenset(index for index, rule in rules if not rule.context)


def _not_too_many(places: list[Place], wordless: frozenset[int]) -> list[Place]:
    if len(places) > _MANY_PLACES and sum(1 + len(wordless.intersection(rules)) for _, rules in places) > MOST_TRIES:
        raise TooManyPlaces
    return places


Finder = Callable[[str, bytes], list[Place]]


def finders(rules: Sequence[Rule]) -> list[Finder]:
    """What looks for the places of all rules."""
    by_kind: dict[type, list[tuple[int, Rule]]] = defaultdict(list)
    for index, rule in enumerate(rules):
        by_kind[type(rule.trigger)].append((index, rule))
    many: tuple[tuple[type, Callable[..., Finder]], ...] = (
        (Digits, Digit),
        (Code, Words),
        (Prefix, Prefixes),
        (Keyword, Keywords),
    )
    grouped = [finder(by_kind[kind]) for kind, finder in many if by_kind[kind]]
    return [*grouped, Literals(rules)]


def by_literal(rules: Sequence[Rule]) -> dict[str, list[tuple[int, Rule]]]:
    """The rules whose place is where a pattern stands, by that pattern."""
    by_pattern: dict[str, list[tuple[int, Rule]]] = defaultdict(list)
    for index, rule in enumerate(rules):
        if isinstance(rule.trigger, Literal):
            by_pattern[re.escape(rule.trigger.text)].append((index, rule))
        elif isinstance(rule.trigger, Seed):
            by_pattern[rule.trigger.pattern].append((index, rule))
    return by_pattern
