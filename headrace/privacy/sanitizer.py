"""Text in, the same text with placeholders for personal data out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence

from headrace.privacy.rules import RULES, Rule, Span, digit_map

VERSION = "1"
"""Raised with every change of what is found, so that a clean record says which rules it has passed."""
UNSETTLED = "redacted"
"""Kind of a text that was replaced whole because the rules did not come to rest on it."""
MAX_PASSES = 8
"""A value can hide behind another (`a@b.com4155552671`); text that needs more passes was built to."""
_MASK = "]"
"""Stands for a found value in the next pass: the character a placeholder ends with."""


class Sanitizer:
    """The rules at work: the same input gives the same output, and output put in again stays as it is.

    >>> sanitizer = Sanitizer()
    >>> sanitizer.text("call 415-555-2671 or write to ada@example.org")
    'call [PHONE] or write to [EMAIL]'
    >>> sanitizer.spans("card 4111 1111 1111 1111")
    [Span(start=5, end=24, kind='credit_card')]
    """

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self._rules = [(rule, rule.trigger) for rule in rules]
        self._placeholders = {rule.kind: rule.placeholder for rule in rules} | {UNSETTLED: f"[{UNSETTLED.upper()}]"}
        self.version = VERSION
        self.policy_hash = _policy_hash(rules)
        """Changes with the rules: 16 hexadecimal digits."""

    def text(self, text: str) -> str:
        """`text` with every value replaced by its kind's placeholder; the very same object if there is none."""
        spans = self.spans(text)
        return self._replace(text, spans) if spans else text

    def spans(self, text: str) -> list[Span]:
        """Where `text` holds personal data, left to right, without overlap."""
        spans: list[Span] = []
        masked = text
        for _ in range(MAX_PASSES):
            masked, found = self._pass(masked)
            if not found:
                return sorted(spans)
            spans += found
        return [Span(0, len(text), UNSETTLED)]

    def texts(self, texts: Sequence[str]) -> tuple[Sequence[str], Counter[str]]:
        """Each text sanitized, and how many values of each kind were found; the very same sequence if none was.

        Texts without personal data cost one look at all of them together.
        """
        counts = Counter[str]()
        if not self._triggered("\n".join(texts)):
            return texts, counts
        clean = [self._counted(text, counts) for text in texts]
        return (clean if counts else texts), counts

    def _counted(self, text: str, counts: Counter[str]) -> str:
        spans = self.spans(text)
        for span in spans:
            counts[span.kind] += 1
        return self._replace(text, spans) if spans else text

    def _triggered(self, text: str) -> list[Rule]:
        digits = digit_map(text)
        return [rule for rule, trigger in self._rules if trigger(text, digits)]

    def _pass(self, text: str) -> tuple[str, list[Span]]:
        found: list[Span] = []
        for rule in self._triggered(text):
            if hits := list(rule.find(text)):
                text = _masked(text, hits)
                found += hits
        return text, found

    def _replace(self, text: str, spans: list[Span]) -> str:
        return _substituted(text, spans, lambda span: self._placeholders[span.kind])


def _substituted(text: str, spans: list[Span], stand_in: Callable[[Span], str]) -> str:
    parts: list[str] = []
    position = 0
    for span in spans:
        parts += text[position : span.start], stand_in(span)
        position = span.end
    return "".join((*parts, text[position:]))


def _masked(text: str, spans: list[Span]) -> str:
    return _substituted(text, spans, lambda span: _MASK * (span.end - span.start))


def _policy_hash(rules: Sequence[Rule]) -> str:
    described = "\n".join(f"{rule.placeholder} {rule.pattern.pattern} {rule.confirm.__name__}" for rule in rules)
    return hashlib.sha256(f"{VERSION}\n{described}".encode()).hexdigest()[:16]
