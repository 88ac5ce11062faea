"""What users add to the rules: patterns, terms that go, values that stay, an engine for names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from headrace.privacy.linear import compiled
from headrace.privacy.rule import MASK, Span
from headrace.privacy.terms import Terms

Find = Callable[[str], Iterable[Span]]
RULE = "own_pattern"


@dataclass(frozen=True)
class Own:
    """A user's additions.

    >>> own = Own.of(patterns={"employee_id": "EMP-[0-9]{6}"}, deny={"codename": ["Falcon"]}, allow=["EMP-000000"])
    >>> own.spans("EMP-123456 works on Falcon")  # doctest: +ELLIPSIS
    [Span(start=0, end=10, kind='employee_id', rule='own_pattern'), Span(start=20, end=26, kind='codename', ...]
    >>> own.allows("emp-000000")
    True
    """

    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    terms: Terms | None = None
    allowed: frozenset[str] = frozenset()
    names: Find | None = None
    """An engine for what no rule can find. Slow: it reads what the rules have left, once."""

    @classmethod
    def of(
        cls,
        patterns: Mapping[str, str],
        deny: Mapping[str, Sequence[str]],
        allow: Iterable[str],
        names: Find | None = None,
    ) -> Own:
        """Raises ConfigError for a pattern that is none, or not linear."""
        return cls(
            tuple((compiled(kind, pattern), kind) for kind, pattern in patterns.items()),
            Terms(denied) if (denied := {term: kind for kind, terms in deny.items() for term in terms}) else None,
            frozenset(map(str.casefold, allow)),
            names,
        )

    @property
    def kinds(self) -> set[str]:
        """Kinds of what patterns and terms find."""
        return {kind for _, kind in self.patterns} | (self.terms.kinds if self.terms else set())

    @property
    def adds(self) -> bool:
        """Whether a text may hold something that no rule finds."""
        return bool(self.patterns or self.terms or self.names)

    def spans(self, text: str) -> list[Span]:
        """What patterns and terms find, without overlap; no value reaches past a MASK."""
        found = [
            Span(*match.span(), kind, RULE)
            for pattern, kind in self.patterns
            for match in pattern.finditer(text)
            if MASK not in match[0]
        ]
        return without_overlap([*found, *(self.terms.spans(text) if self.terms else ())])

    def named(self, text: str) -> list[Span]:
        """What the engine for names finds in what the rules have left."""
        if self.names is None:
            return []
        return without_overlap(
            span for span in self.names(text.replace(MASK, " ")) if MASK not in text[slice(*span[:2])]
        )

    def allows(self, value: str) -> bool:
        return value.casefold() in self.allowed


NOTHING_OWN = Own()


def without_overlap(spans: Iterable[Span], taken: Iterable[Span] = ()) -> list[Span]:
    """The spans that overlap neither those taken nor an earlier or longer one, left to right.

    >>> without_overlap([Span(0, 2, "a"), Span(1, 9, "b"), Span(0, 5, "c")], [Span(7, 9, "d")])
    [Span(start=0, end=5, kind='c', rule='')]
    """
    walls = sorted(taken)
    starts = [wall.start for wall in walls]
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        before = bisect_left(starts, span.end)
        if (not kept or kept[-1].end <= span.start) and (before == 0 or walls[before - 1].end <= span.start):
            kept.append(span)
    return kept
