"""Whether a user's pattern takes linear time on every text, decided before it ever sees one.

It has to hold in Python's backtracking matcher: so what repeats without bound stands at the end, where it is never
taken back, and what a place of a text can cost is worked out from the pattern: a repeat is tried once for each length
at which what follows could begin, which is one where they share no character.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from headrace.errors import ConfigError

STEP_NS = 15
CHARACTER_NS = 1
"""What Python's matcher takes for a piece of a pattern, and for a character of a repeat (measured: 16, and 1 to 2)."""
MOST_NS = 1_000
"""At one place of a text: a tenth of a second for 100 KB that are written to be slow."""
LONGEST_PATTERN = 1_000
"""Characters: a longer one is a list of words, which `deny` takes."""
_REFUSED = {
    code.GROUPREF: "a backreference",
    code.GROUPREF_EXISTS: "a condition on a group",
    code.ASSERT: "a lookahead or lookbehind",
    code.ASSERT_NOT: "a lookahead or lookbehind",
    code.ATOMIC_GROUP: "an atomic group",
    code.POSSESSIVE_REPEAT: "a possessive repeat",
}
"""What no linear-time matcher has."""
_ENDS = (code.AT_BEGINNING, code.AT_END, code.AT_BEGINNING_STRING, code.AT_END_STRING)
_REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT)
_SINGLE = (code.LITERAL, code.NOT_LITERAL, code.IN, code.ANY)
_ASCII = frozenset(range(128))
_BEYOND = 128
"""Stands for every character that is not ASCII."""
_ANY = _ASCII | {_BEYOND}
_CATEGORIES = {
    code.CATEGORY_DIGIT: frozenset(map(ord, string.digits)),
    code.CATEGORY_WORD: frozenset(map(ord, string.ascii_letters + string.digits + "_")),
    code.CATEGORY_SPACE: frozenset(map(ord, string.whitespace)),
}

_Item = tuple[Any, Any]


def compiled(name: str, pattern: str) -> re.Pattern[str]:
    r"""The pattern, its classes read as ASCII. Raises ConfigError that says why not.

    >>> compiled("employee", r"EMP-[0-9]{6}").pattern
    'EMP-[0-9]{6}'
    >>> compiled("twice", r"(a+)+b")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    headrace.errors.ConfigError: privacy pattern twice: a repeat without bound (+ or *) stands before its end...
    """
    if len(pattern) > LONGEST_PATTERN:
        raise _refusal(name, f"it has {len(pattern)} characters, of {LONGEST_PATTERN} at most; list words under deny")
    try:
        expression = re.compile(pattern, re.ASCII)
        items = list(parser.parse(pattern, re.ASCII))
    except (re.error, RecursionError, OverflowError) as error:
        raise _refusal(name, f"it is no regular expression: {error}") from None
    _check(name, items, at_end=True)
    if expression.match("") is not None:
        raise _refusal(name, "it matches the empty text, and so every place")
    if _costs(items, _END).ns > MOST_NS:
        raise _refusal(
            name,
            "a text can be written on which it takes too many ways at each place: bound its repeats tighter, or part "
            "pieces that match the same characters by one that neither matches",
        )
    return expression


def _refusal(name: str, why: str) -> ConfigError:
    return ConfigError(f"privacy pattern {name}: {why}")


def _check(name: str, items: list[_Item], *, at_end: bool) -> None:
    for place, (kind, argument) in enumerate(items):
        last = at_end and place == len(items) - 1
        if kind in _REFUSED:
            raise _refusal(name, f"it has {_REFUSED[kind]}, which no linear-time matcher has; match the value itself")
        if kind is code.AT and argument in _ENDS:
            raise _refusal(name, "it is tied to the start or end of the text; a value may stand anywhere: use \\b")
        if kind in _REPEATS:
            _check_repeat(name, argument, last)
        for inner in _inside(kind, argument):
            _check(name, inner, at_end=last and kind not in _REPEATS)


def _check_repeat(name: str, argument: tuple[int, Any, list[_Item]], last: bool) -> None:
    _least, most, inner = argument
    if most is not code.MAXREPEAT:
        return
    if not last:
        raise _refusal(name, "a repeat without bound (+ or *) stands before its end: give it one, like {1,20}")
    if len(inner) != 1 or inner[0][0] not in _SINGLE:
        raise _refusal(name, "what repeats without bound is more than one character: give it a bound, like {1,20}")


def _inside(kind: Any, argument: Any) -> list[list[_Item]]:
    """The sequences inside an item."""
    if kind in _REPEATS:
        return [list(argument[2])]
    if kind is code.SUBPATTERN:
        return [list(argument[3])]
    if kind is code.BRANCH:
        return [list(branch) for branch in argument[1]]
    return []


class _Rest(NamedTuple):
    """What comes from one item of a pattern on: what it can cost where it fails, and what it can begin with."""

    ns: int
    first: frozenset[int]


_END = _Rest(0, _ANY)
"""Whatever comes, the pattern has matched."""


def _costs(items: Sequence[_Item], rest: _Rest) -> _Rest:
    """A sequence before `rest`."""
    for kind, argument in reversed(items):
        rest = _cost(kind, argument, rest)
    return rest


def _cost(kind: Any, argument: Any, rest: _Rest) -> _Rest:
    if kind in _REPEATS:
        return _repeated(argument, rest)
    if kind is code.BRANCH:
        branches = [_costs(list(branch), rest) for branch in argument[1]]
        return _Rest(STEP_NS + sum(one.ns for one in branches), frozenset().union(*(one.first for one in branches)))
    if kind is code.SUBPATTERN:
        return _costs(list(argument[3]), rest)
    return _Rest(STEP_NS + rest.ns, rest.first if kind is code.AT else _characters(kind, argument))


def _repeated(argument: tuple[int, Any, Sequence[_Item]], rest: _Rest) -> _Rest:
    """A repeat that gives back what it took costs what follows once for each length at which that could begin."""
    least, most, inner = int(argument[0]), argument[1], list(argument[2])
    if most is code.MAXREPEAT:
        most = max(least, 1)
    elif len(inner) > 1 or inner[0][0] not in _SINGLE:
        return _unrolled(least, int(most), inner, rest)
    characters = _characters(*inner[0])
    lengths = int(most) - least + 1 if characters & rest.first else 1
    ns = STEP_NS + 2 * int(most) * CHARACTER_NS + lengths * rest.ns
    return _Rest(ns, characters if least else characters | rest.first)


def _unrolled(least: int, most: int, inner: Sequence[_Item], rest: _Rest) -> _Rest:
    """A repeat of more than a character, from its last round to its first."""
    further = rest
    for count in reversed(range(most)):
        once = _costs(inner, further)
        if count < least:
            further = once
        else:
            both = once.ns + rest.ns if once.first & rest.first else max(once.ns, rest.ns)
            further = _Rest(STEP_NS + both, once.first | rest.first)
        if further.ns > MOST_NS:
            break
    return further


def _characters(kind: Any, argument: Any) -> frozenset[int]:
    """What a character of a pattern can be, in either case."""
    if kind is code.LITERAL:
        return _folded(argument, argument)
    if kind is not code.IN or argument[0][0] is code.NEGATE:
        return _ANY  # a dot, or all but some: they meet nearly everything
    return frozenset().union(*(_members(*member) for member in argument))


def _members(kind: Any, argument: Any) -> frozenset[int]:
    if kind is code.LITERAL:
        return _folded(argument, argument)
    if kind is code.RANGE:
        return _folded(*argument)
    return _CATEGORIES.get(argument, _ASCII) | {_BEYOND}


def _folded(first: int, last: int) -> frozenset[int]:
    found = {chr(number) for number in range(min(first, _BEYOND), min(last, _BEYOND) + 1)}
    return frozenset(ord(case) for one in found for case in (one.lower(), one.upper()) if len(case) == 1)
