"""How the matches of a rule begin: which characters may stand at each of the first offsets from its place.

A rule's pattern is tried at a place only where all of them may: most rules of ten digits want marks between them that
are not there. Too much is allowed rather than too little, so that no match is lost.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from operator import or_
from re import _parser  # type: ignore[attr-defined]
from typing import Any

OFFSETS = range(-1, 15)
"""From the character before a place on: a number's first three groups."""
ASCII = 128
EVERY = (1 << ASCII) - 1
"""A set of ASCII characters is an integer with a bit for each; characters beyond are allowed everywhere. Character 0
is the edge of the text too."""

_LAST = OFFSETS.stop
_Nodes = Iterable[tuple[object, Any]]
_ONE_CHARACTER = ("LITERAL", "NOT_LITERAL", "IN", "ANY")
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_WIDTHLESS = ("ASSERT", "ASSERT_NOT", "AT")


def by_offset(patterns: Sequence[re.Pattern[str]]) -> list[dict[int, int]]:
    """For each of OFFSETS the sets of characters that occur there, with a bit for each pattern that has this one."""
    members: list[dict[int, int]] = [defaultdict(int) for _ in OFFSETS]
    for index, pattern in enumerate(patterns):
        for characters, patterns_with in zip(openings(pattern), members, strict=True):
            patterns_with[characters] |= 1 << index
    return members


def allowed(members: Mapping[int, int], code: int) -> int:
    """A bit for each pattern that may have this ASCII character at an offset."""
    return reduce(or_, (patterns for characters, patterns in members.items() if characters >> code & 1), 0)


@lru_cache(1024)
def openings(pattern: re.Pattern[str]) -> tuple[int, ...]:
    """The ASCII characters that a match may have at each of OFFSETS.

    >>> before, first, second, *_ = openings(re.compile("(?<=[0-9])a?b"))
    >>> [chr(code) for code in range(ASCII) if first >> code & 1], second == EVERY, before == 1023 << ord("0")
    (['a', 'b'], True, True)
    """
    parsed = list(_parser.parse(pattern.pattern, pattern.flags))
    walk = _Walk(pattern.flags)
    end = min(walk.ends(parsed, frozenset([0])), default=0)
    return (_before(parsed, pattern.flags), *walk.allowed[:end], *[EVERY] * (_LAST - end))


class _Walk:
    """From every offset at which a piece of the pattern may begin to every one at which it may end."""

    def __init__(self, flags: int) -> None:
        self.flags = flags
        self.allowed = [0] * _LAST

    def ends(self, nodes: _Nodes, starts: frozenset[int]) -> frozenset[int]:
        for name, argument in nodes:
            starts = self._end(str(name), argument, starts)
        return starts

    def _end(self, name: str, argument: Any, starts: frozenset[int]) -> frozenset[int]:
        if name in _ONE_CHARACTER:
            return self._read(_characters(name, argument, self.flags), starts)
        if name in _REPEATS:
            return self._repeated(argument, starts)
        if name == "BRANCH":
            return frozenset[int]().union(*(self.ends(way, starts) for way in argument[1]))
        if name == "SUBPATTERN" and not (argument[1] or argument[2]):
            return self.ends(argument[3], starts)
        if name == "ATOMIC_GROUP":
            return self.ends(argument, starts)
        return starts if name in _WIDTHLESS else self._anything(starts)

    def _read(self, characters: int, starts: frozenset[int]) -> frozenset[int]:
        for start in starts:
            if start < _LAST:
                self.allowed[start] |= characters
        return frozenset(min(start + 1, _LAST) for start in starts)

    def _repeated(self, repeat: tuple[int, int, _Nodes], starts: frozenset[int]) -> frozenset[int]:
        fewest, most, body = repeat
        ends = starts if fewest == 0 else frozenset[int]()
        for count in range(1, min(most, max(fewest, _LAST)) + 1):
            starts = self.ends(body, starts)
            ends = ends | starts if count >= fewest else ends
        return ends

    def _anything(self, starts: frozenset[int]) -> frozenset[int]:
        """What a group of before held, say."""
        for offset in range(min(starts, default=_LAST), _LAST):
            self.allowed[offset] = EVERY
        return frozenset(range(min(starts, default=_LAST), _LAST + 1))


def _before(parsed: Sequence[tuple[object, Any]], flags: int) -> int:
    """What has to stand before the match, by the looks behind that the pattern begins with. What must not stand there
    may be masked by the next pass: it rules nothing out."""
    allowed = EVERY
    for name, argument in parsed:
        if str(name) not in _WIDTHLESS:
            break
        looked_at = list(argument[1]) if str(name) == "ASSERT" and argument[0] < 0 else []
        if looked_at and str(looked_at[-1][0]) in _ONE_CHARACTER:
            allowed &= _characters(str(looked_at[-1][0]), looked_at[-1][1], flags)
    return allowed


_SHOWN = "".join(map(chr, range(ASCII)))
_known: dict[tuple[str, int], int] = {}
"""Few classes occur, and many times."""


def _characters(name: str, argument: Any, flags: int) -> int:
    described = f"{name} {argument}", flags & (re.IGNORECASE | re.DOTALL)
    if (characters := _known.get(described)) is None:
        single = _parser.SubPattern(_parser.State(), [(getattr(_parser, name), argument)])
        found = re._compiler.compile(single, described[1]).findall(_SHOWN)  # type: ignore[attr-defined]
        characters = _known[described] = sum(1 << ord(character) for character in found)
    return characters
