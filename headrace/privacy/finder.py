"""From places to spans: rules are matched, the earlier in the table wins, and what is found is masked until rest.

A value can hide behind another (`a@b.com4155552671`), so the rules look again at the masked text until they find
nothing more. A second run over the output sees the same walls where the placeholders are, and therefore finds
nothing: sanitized text is a fixed point.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from headrace.privacy.places import Place, folded
from headrace.privacy.rule import CONTEXT_AFTER, CONTEXT_BEFORE, MASK, Bounds, Confirm, Rule, Span

SHORT_WORD = 4
"""Letters up to which a context word counts only where it stands on its own."""

Match = Callable[[str, int], re.Match[str] | None]
Hit = tuple[int, int, int]
"""Index of the rule, start, end."""


class Matcher:
    """The rules, matched at places."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._parts: list[tuple[Match, Confirm, Rule | None]] = [
            (rule.pattern.match, rule.confirm, rule if rule.context or rule.never else None) for rule in rules
        ]
        self._context = [_words(rule.context) if rule.context else None for rule in rules]
        self._never = [_words(rule.never) if rule.never else None for rule in rules]

    def hits(self, text: str, places: Iterable[Place]) -> list[Hit]:
        """What the rules find at these places, each rule for itself: of two hits of one rule the first stands."""
        found: list[Hit] = []
        floors: dict[int, int] = {}
        parts = self._parts
        for place, indexes in places:
            for index in indexes:
                match, confirm, worded = parts[index]
                if (candidate := match(text, place)) is None or place < floors.get(index, 0):
                    continue
                if (bounds := self._bounds(text, candidate, confirm)) is None:
                    continue
                if worded is None or self._spoken_for(text, bounds, index):
                    found.append((index, *bounds))
                    floors[index] = bounds[1]
        return found

    def _bounds(self, text: str, candidate: re.Match[str], confirm: Confirm) -> Bounds | None:
        bounds = confirm(candidate)
        if bounds is None or bounds[0] >= bounds[1]:
            return None
        wall = text.find(MASK, *bounds)
        return bounds if wall < 0 else None

    def _spoken_for(self, text: str, bounds: Bounds, index: int) -> bool:
        window = nearby(text, *bounds)
        wanted, unwanted = self._context[index], self._never[index]
        if wanted is not None and not _any_of(wanted, window):
            return False
        return unwanted is None or not _any_of(unwanted, window)

    def spans(self, hits: list[Hit]) -> list[Span]:
        """Hits without overlap: the earlier rule wins, then the earlier place."""
        starts: list[int] = []
        spans: list[Span] = []
        for index, start, end in sorted(hits):
            at = bisect_left(starts, end)
            if at == 0 or spans[at - 1].end <= start:
                rule = self._rules[index]
                starts.insert(at, start)
                spans.insert(at, Span(start, end, rule.kind, rule.name))
        return spans


def nearby(text: str, start: int, end: int) -> str:
    """The words around a value, in lower case, a blank on each side of them and in the place of the value; not past
    what is masked.

    >>> nearby("a\\0My SSN: 123 ok", 10, 13)
    ' my ssn:   ok '
    """
    before = text[max(0, start - CONTEXT_BEFORE) : start].rpartition(MASK)[2]
    after = text[end : end + CONTEXT_AFTER].partition(MASK)[0]
    return folded(f" {before} {after} ")


Words = tuple[tuple[str, ...], tuple[Callable[[str], re.Match[str] | None], ...]]


def _words(words: Sequence[str]) -> Words:
    """Long words as they are; short ones as patterns."""
    long = tuple(word for word in words if len(word) > SHORT_WORD or not word.isalpha())
    short = sorted(set(words) - set(long))
    pattern = rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, short))})(?![^\W\d_])"
    return long, ((re.compile(pattern).search,) if short else ())


def _any_of(words: Words, window: str) -> bool:
    long, short = words
    return any(word in window for word in long) or any(search(window) for search in short)
