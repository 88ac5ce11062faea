"""From places to spans: rules are matched at them, and where two claim the same characters one wins."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import groupby

from headrace.privacy.nearby import Nearby, Vocabulary
from headrace.privacy.places import Place, folded
from headrace.privacy.rule import MASK, Bounds, Confirm, Rule, Span

MANY_PLACES = 100
"""From so many on, one look for the context words of the whole text pays: a table of numbers has none of them."""

Match = Callable[[str, int], re.Match[str] | None]
Hit = tuple[int, int, int]
"""Index of the rule, start, end."""


class Matcher:
    """The rules, matched at places."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._tiers = _tiers(rules)
        self._parts: list[tuple[Match, Confirm, bool]] = [
            (rule.pattern.match, rule.confirm, bool(rule.context or rule.never)) for rule in rules
        ]
        self._context = [frozenset(rule.context) for rule in rules]
        self._never = [frozenset(rule.never) for rule in rules]
        self._vocabulary = Vocabulary(word for rule in rules for word in rule.context + rule.never)

    def hits(self, text: str, places: Sequence[Place]) -> list[Hit]:
        """What the rules find at these places: of two hits of one rule the first, at one place those of one tier."""
        found: list[Hit] = []
        floors: dict[int, int] = {}
        near = Nearby(self._vocabulary, text)
        parts = self._parts
        tiers = self._tiers
        for place, indexes in places:
            taken = len(tiers)
            for index in indexes:
                match, confirm, worded = parts[index]
                if tiers[index] > taken:
                    break
                if place < floors.get(index, 0) or (candidate := match(text, place)) is None:
                    continue
                if worded and not self._spoken_for(near, candidate.span(), index):
                    continue
                bounds = confirm(candidate)
                if bounds is None or bounds[0] >= bounds[1] or text.find(MASK, *bounds) >= 0:
                    continue
                found.append((index, *bounds))
                floors[index] = bounds[1]
                if bounds[0] <= place < bounds[1]:
                    taken = tiers[index]
        return found

    def worth_asking(self, text: str, places: Sequence[Place]) -> Sequence[Place]:
        """The places without those rules none of whose words stands anywhere in a text of many places."""
        if len(places) <= MANY_PLACES:
            return places
        spoken = self._vocabulary.within(folded(text))
        worth = [not wanted or not wanted.isdisjoint(spoken) for wanted in self._context]
        asked = ((place, tuple(index for index in indexes if worth[index])) for place, indexes in places)
        return [(place, indexes) for place, indexes in asked if indexes]

    def _spoken_for(self, near: Nearby, bounds: Bounds, index: int) -> bool:
        wanted, unwanted = self._context[index], self._never[index]
        return (not wanted or near.has(wanted, bounds)) and not (unwanted and near.has(unwanted, bounds))

    def _precedence(self, hit: Hit) -> tuple[int, int, int, int]:
        index, start, end = hit
        return self._tiers[index], start - end, start, index

    def spans(self, hits: list[Hit]) -> list[Span]:
        """Hits without overlap: the earlier run of rules of one kind wins, then the longer value, then the earlier."""
        starts: list[int] = []
        spans: list[Span] = []
        for index, start, end in sorted(hits, key=self._precedence) if len(hits) > 1 else hits:
            at = bisect_left(starts, end)
            if at == 0 or spans[at - 1].end <= start:
                rule = self._rules[index]
                starts.insert(at, start)
                spans.insert(at, Span(start, end, rule.kind, rule.name))
        return spans


def _tiers(rules: Sequence[Rule]) -> list[int]:
    """The number of the run of rules of one kind that each rule belongs to."""
    runs = groupby(rules, key=lambda rule: rule.kind)
    return [number for number, (_, run) in enumerate(runs) for _ in run]
