"""What a rule is: where a value may be, what it looks like there, and what makes it certain.

A family of rules is a module that exports `RULES: tuple[Rule, ...]`; `headrace/privacy/table.py` lists the
families, and an earlier rule wins over a later one where both claim the same characters. A trigger is data:
one pass over the text finds the places of all triggers, and a text without any costs next to nothing.

Every rule keeps four promises, or it is no rule:
* linear time: its repeats are bounded or possessive, and what `confirm` reads around a match is bounded;
* it never matches, reads or jumps over MASK, the character that stands for what is already found and that parts
  texts that are looked through together (so write `[^\\s\\0]`, not `[^\\s]`, and no `.`);
* it decides by the value, the words of `context` near it, and at most `EDGE` characters on either side;
* `matches` are found whole (alone and in prose), `differs` are left alone: they are its tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

MASK = "\0"
"""Stands for a character of a found value; no rule looks past one."""
EDGE = 16
"""Characters before and behind a value that a pattern or check may read."""
CONTEXT_BEFORE = 64
"""Characters before a value in which a context word may stand: some ten words."""
CONTEXT_AFTER = 32
"""Characters behind a value in which a context word may stand: `123456 is my passport number`."""

LONGEST_MATCH = 256
"""Characters that a pattern at a place of `Digits` or `Code` may read."""

Bounds = tuple[int, int]
Confirm = Callable[[re.Match[str]], Bounds | None]
"""The bounds of the value in `match.string`, or None where the match only looks like one. Reads `match.string`
within `EDGE` of the match, may begin before the match (a local part before its @) and must not be empty."""


class Span(NamedTuple):
    """Characters `start` to `end` (excluded) of a text hold a value of this kind, found by this rule."""

    start: int
    end: int
    kind: str
    rule: str = ""


class Literal(NamedTuple):
    """Places: where this text stands, case as written (`@`, `://`, `-----BEGIN`). Keep them few."""

    text: str


class Digits(NamedTuple):
    """Places: the first digit of each unbroken group of digits from which on one of `counts` digits are read when a
    group ends. Groups may be parted by up to three of ` .-()/`: 123-45-6789 holds, from its first place on, 3,
    5 and 9 digits. Of at least `FEWEST_DIGITS` digits in a row of groups."""

    counts: frozenset[int]


class Code(NamedTuple):
    """Places: the first character of each word `[A-Za-z0-9]+` of one of these lengths that holds both letters and
    digits. Letters that a blank parts from their digits (`AB 123456`) are a rule of `Digits` that reads backwards."""

    lengths: frozenset[int]


class Prefix(NamedTuple):
    """Places: where one of these texts (two characters or more, case as written) stands in or up to `LONGEST_PREFIX`
    before a run of at least `SHORTEST_RUN` characters `[A-Za-z0-9_-]`. For vendors' keys: hundreds cost no more than
    one, because runs are rare. The character before the place is the pattern's to check."""

    texts: tuple[str, ...]


class Keyword(NamedTuple):
    """Places: where one of these words stands, in any case and inside of words too (`password` in `DB_PASSWORD`).
    Written here in lower case. For assignments, `password: …`: the pattern is matched at the word's first
    character. Each costs a scan of the text: use stems, a few dozen at most."""

    words: tuple[str, ...]


class Seed(NamedTuple):
    """Places: where this regular expression begins. It is a rare literal, so that looking for it is fast, and may look
    ahead at stretches of classes (`:(?=[0-9A-Fa-f]{0,4}:)`) that are told apart by their first character."""

    pattern: str


Trigger = Literal | Digits | Code | Prefix | Keyword | Seed

FEWEST_DIGITS = 6
"""No number that names a person has fewer."""
SHORTEST_RUN = 16
"""No vendor's key has a shorter stretch of letters, digits, hyphens and underscores."""
LONGEST_PREFIX = 24


def digits(*counts: int) -> Digits:
    return Digits(frozenset(counts))


def code(*lengths: int) -> Code:
    return Code(frozenset(lengths))


def whole(match: re.Match[str]) -> Bounds:
    """The match as it is; its group `value`, where the pattern has one."""
    return match.span("value") if "value" in match.re.groupindex else match.span()


@dataclass(frozen=True)
class Rule:
    name: str
    """Unique in the table; `headrace sanitize --explain` shows it."""
    kind: str
    """What the placeholder says: `email` becomes `[EMAIL]`."""
    trigger: Trigger
    pattern: re.Pattern[str]
    """Matched at a place of the trigger, not searched for."""
    confirm: Confirm = whole
    context: tuple[str, ...] = ()
    """If any: lower-case words of which one has to stand near the value; one of up to four letters on its own."""
    never: tuple[str, ...] = ()
    """Lower-case words that speak against the value, looked for in the same way."""
    matches: tuple[str, ...] = ()
    """Texts in which the rule finds a value, with context words, if any; the value between ⟦ and ⟧ if it is not all."""
    differs: tuple[str, ...] = ()
    """Texts in which the rule finds nothing."""

    @property
    def placeholder(self) -> str:
        return f"[{self.kind.upper()}]"


def checked(check: Callable[[str], bool], strip: str = " -./") -> Confirm:
    """A `confirm` that asks a validator about the value without separators.

    >>> rule = checked(lambda digits: digits == "123")
    >>> rule(re.match(r"[0-9-]+", "1-2-3")), rule(re.match(r"[0-9-]+", "1-2-4"))
    ((0, 5), None)
    """
    table = str.maketrans("", "", strip)

    def confirm(match: re.Match[str]) -> Bounds | None:
        start, end = whole(match)
        return (start, end) if check(match.string[start:end].translate(table)) else None

    return confirm
