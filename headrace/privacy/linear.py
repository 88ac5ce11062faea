"""Whether a user's pattern takes linear time on every text, decided before it ever sees one.

It has to hold in Python's backtracking matcher: so each place of a text is tried in a bounded number
of ways, and what repeats without bound stands at the end, where it is never taken back.
"""

from __future__ import annotations

import re
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from headrace.errors import ConfigError

MOST_WAYS = 1_000
"""Ways to match at one place: what the worst text can cost, beside a usual one."""
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
    if (ways := _ways(items)) > MOST_WAYS:
        raise _refusal(
            name, f"it can match one place in {ways} ways, of {MOST_WAYS} at most: bound its repeats tighter"
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
    if len(inner) != 1 or inner[0][0] not in (code.IN, code.LITERAL, code.NOT_LITERAL, code.ANY):
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


def _ways(items: list[_Item]) -> int:
    """In how many ways a sequence can be tried at one place, at most (capped a little above MOST_WAYS)."""
    product = 1
    for kind, argument in items:
        product = min(product * _ways_of(kind, argument), MOST_WAYS + 1)
    return product


def _ways_of(kind: Any, argument: Any) -> int:
    inner = [_ways(sequence) for sequence in _inside(kind, argument)]
    if kind is code.BRANCH:
        return sum(inner)
    if kind not in _REPEATS:
        return inner[0] if inner else 1
    least, most = argument[0], argument[1]
    if most is code.MAXREPEAT:
        return 1
    if inner[0] == 1:
        return int(most) - int(least) + 1
    return MOST_WAYS + 1 if most > 10 else sum(inner[0] ** count for count in range(int(least), int(most) + 1))
