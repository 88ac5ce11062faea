"""From places to spans: rules are matched at them, and where two claim the same characters one wins."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from headrace.privacy.nearby import Nearby, Vocabulary
from headrace.privacy.places import Indexes, Place, TooManyPlaces, folded
from headrace.privacy.rule import (
    CONTEXT_AFTER,
    CONTEXT_BEFORE,
    EDGE,
    LONGEST_MATCH,
    MASK,
    Bounds,
    Code,
    Confirm,
    Digits,
    Rule,
    Span,
)

MANY_PLACES = 100
"""From so many on, one look for the context words of the whole text pays: a table of numbers has none of them."""

MOST_WORK = 25_000
"""What the checks of all stretches that look like a value may cost in one text, in all looks together,"""
CHARACTERS_A_UNIT = 5
"""and on top 1 for so many characters. More, and the text is replaced whole: that keeps 100 KB below 0.1 s."""
_CHECK = {"email": 3, "mac_address": 3, "ip_address": 3, "api_key": 10, "secret": 20, "crypto_address": 40}
_CHECK |= {"ethereum_address": 800}
"""Of one check by kind or rule, in units of some microsecond of the accelerated engine; lists and logs are full of the
first three, and the checksum of an Ethereum address, a rule of its own, is a hash that Python has no module for."""
_CHECK_OF_OTHERS = 7
_VALUE = 8
"""Of a value that is found, on top: it is masked, sorted in and replaced."""
REMEMBERED = 10_000
"""Combinations of rules, or of words; then all are forgotten."""

BEFORE_PLACE = CONTEXT_BEFORE + 2 * EDGE
"""Characters before a place of which something may change what is found there."""

Match = Callable[[str, int], re.Match[str] | None]
_Group = tuple[Match, Indexes, frozenset[str], dict[frozenset[str], Indexes]]
"""A pattern, the rules that share it, the words that they ask for, and which of them the words nearby leave."""
_Candidate = tuple[int, re.Match[str]]
Hit = tuple[int, int, int]
"""Index of the rule, start, end."""


class Allowance:
    """How much work may still go into the checks of one text."""

    def __init__(self, characters: int) -> None:
        self.left = MOST_WORK + characters // CHARACTERS_A_UNIT

    def spend(self, work: int) -> None:
        """Raises TooManyPlaces where no more is left."""
        self.left -= work
        if self.left < 0:
            raise TooManyPlaces


class Matcher:
    """The rules, matched at places."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._tiers = _tiers(rules)
        self._work = [_CHECK.get(rule.name, _CHECK.get(rule.kind, _CHECK_OF_OTHERS)) for rule in rules]
        self._confirm: list[Confirm] = [rule.confirm for rule in rules]
        self._context = [frozenset(rule.context) for rule in rules]
        self._never = [frozenset(rule.never) for rule in rules]
        self._vocabulary = Vocabulary(word for rule in rules for word in rule.context + rule.never)
        self._reach = [_reach(rule) for rule in rules]
        self._reaches: dict[Indexes, int] = {}
        self._plans: dict[Indexes, list[_Group]] = {}
        self._groups: dict[Indexes, _Group] = {}

    def hits(self, text: str, places: Sequence[Place], allowance: Allowance) -> list[Hit]:
        """What the rules find at these places: of two hits of one rule the first, at one place those of one tier.

        Raises TooManyPlaces."""
        found: list[Hit] = []
        floors: dict[int, int] = {}
        near = Nearby(self._vocabulary, text)
        plans = self._plans
        for place, indexes in places:
            plan = plans.get(indexes) or self._plan(indexes)
            if candidates := self._candidates(plan, near, text, place, floors):
                allowance.spend(self._confirmed(candidates, place, found, floors))
        return found

    def _candidates(
        self, plan: list[_Group], near: Nearby, text: str, place: int, floors: dict[int, int]
    ) -> list[_Candidate]:
        """What looks like a value of a rule whose words stand near it, by rule; nothing of a pattern whose only rule
        has found a value that reaches beyond the place."""
        candidates: list[_Candidate] = []
        several = False
        for match, members, wanted, spoken_for in plan:
            if len(members) == 1 and place < floors.get(members[0], 0):
                continue
            if (candidate := match(text, place)) is None:
                continue
            if wanted:
                words = near.words(candidate.span(), wanted)
                if (left := spoken_for.get(words)) is None:
                    left = self._learned(members, spoken_for, words)
                members = left
            if members:
                several = several or bool(candidates)
                candidates += [(index, candidate) for index in members]
        if several:
            candidates.sort(key=_rule_of)
        return candidates

    def _confirmed(self, candidates: list[_Candidate], place: int, found: list[Hit], floors: dict[int, int]) -> int:
        """Adds the values among the candidates to those found; says what that cost."""
        taken = len(self._tiers)
        work = 0
        for index, candidate in candidates:
            if self._tiers[index] > taken:
                break
            if place < floors.get(index, 0):
                continue
            work += self._work[index]
            bounds = self._confirm[index](candidate)
            if bounds is None or bounds[0] >= bounds[1] or candidate.string.find(MASK, *bounds) >= 0:
                continue
            found.append((index, *bounds))
            work += _VALUE
            floors[index] = bounds[1]
            if bounds[0] <= place < bounds[1]:
                taken = self._tiers[index]
        return work

    def _plan(self, indexes: Indexes) -> list[_Group]:
        """The rules by pattern: a dozen countries write ten digits alike, and only their words differ."""
        by_pattern: dict[re.Pattern[str], list[int]] = defaultdict(list)
        for index in dict.fromkeys(indexes):
            by_pattern[self._rules[index].pattern].append(index)
        plan = [self._group(tuple(members)) for members in by_pattern.values()]
        _remember(self._plans, indexes, plan)
        return plan

    def _group(self, members: Indexes) -> _Group:
        if (group := self._groups.get(members)) is None:
            wanted = frozenset[str]().union(*(self._context[index] | self._never[index] for index in members))
            group = self._rules[members[0]].pattern.match, members, wanted, {}
            _remember(self._groups, members, group)
        return group

    def _learned(self, members: Indexes, spoken_for: dict[frozenset[str], Indexes], words: frozenset[str]) -> Indexes:
        left = tuple(
            index
            for index in members
            if self._never[index].isdisjoint(words)
            and not (self._context[index] and self._context[index].isdisjoint(words))
        )
        _remember(spoken_for, words, left)
        return left

    def worth_asking(self, text: str, places: Sequence[Place]) -> Sequence[Place]:
        """The places without those rules none of whose words stands anywhere in a text of many places."""
        if len(places) <= MANY_PLACES:
            return places
        spoken = self._vocabulary.within(folded(text))
        worth = [not wanted or not wanted.isdisjoint(spoken) for wanted in self._context]
        asked = {
            indexes: tuple(index for index in indexes if worth[index]) for indexes in {place[1] for place in places}
        }
        return [(place, asked[indexes]) for place, indexes in places if asked[indexes]]

    def near(self, places: Sequence[Place], found: Sequence[Bounds], beyond: int = 0) -> list[Place]:
        """The places at which the rules may say something else now that these stretches (left to right) are masked;
        of a view, so many characters beyond their reach too."""
        starts = [start for start, _ in found]
        near: list[Place] = []
        for place, indexes in places:
            if (reach := self._reaches.get(indexes)) is None:
                reach = max(self._reach[index] for index in indexes)
                _remember(self._reaches, indexes, reach)
            before = bisect_left(starts, place + reach + beyond)
            if before and found[before - 1][1] + BEFORE_PLACE + beyond > place:
                near.append((place, indexes))
        return near

    def _precedence(self, hit: Hit) -> tuple[int, int, int, int]:
        index, start, end = hit
        return self._tiers[index], start - end, start, index

    def spans(self, hits: list[Hit]) -> list[Span]:
        """Hits without overlap: the earlier run of rules of one kind wins, then the longer value, then the earlier."""
        kept = sorted(hits, key=_start_of)
        if any(before[2] > after[1] for before, after in pairwise(kept)):
            kept = self._without_overlap(hits)
        return [Span(start, end, self._rules[index].kind, self._rules[index].name) for index, start, end in kept]

    def _without_overlap(self, hits: list[Hit]) -> list[Hit]:
        starts: list[int] = []
        kept: list[Hit] = []
        for hit in sorted(hits, key=self._precedence):
            _, start, end = hit
            at = bisect_left(starts, end)
            if at == 0 or kept[at - 1][2] <= start:
                starts.insert(at, start)
                kept.insert(at, hit)
        return kept


_start_of = itemgetter(1)
_rule_of = itemgetter(0)


def _remember(memory: dict[Any, Any], key: object, value: object) -> None:
    if len(memory) >= REMEMBERED:
        memory.clear()
    memory[key] = value


def _reach(rule: Rule) -> int:
    """Characters from a place on of which something may change what the rule finds there."""
    return LONGEST_MATCH + EDGE + CONTEXT_AFTER if isinstance(rule.trigger, (Digits, Code)) else sys.maxsize


def _tiers(rules: Sequence[Rule]) -> list[int]:
    """The number of the run of rules of one kind that each rule belongs to."""
    runs = groupby(rules, key=lambda rule: rule.kind)
    return [number for number, (_, run) in enumerate(runs) for _ in run]
