"""Text in, the same text with placeholders for personal data out."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain, groupby, islice

from headrace.privacy.checks import Bounds
from headrace.privacy.rules import RULES, Rule, Span, class_map

VERSION = "1"
"""Raised with every change of what is found, so that a clean record says which rules it has passed."""
UNSETTLED = "redacted"
"""Kind of a text that was replaced whole because the rules did not come to rest on it."""
MAX_PASSES = 8
"""A value can hide behind another (`a@b.com4155552671`); text that needs more passes was built to."""
CHUNK_CHARACTERS = 16_384
"""Two dozen interactions: enough to spread the cost of a call, few enough to stay in the nearest cache."""
_MASK = "]"
"""Stands for a found value in the next pass: the character a placeholder ends with."""


_Matcher = tuple[str, Callable[[str, int], re.Match[str] | None], Callable[[re.Match[str]], Bounds | None]]


class Sanitizer:
    """The rules at work: the same input gives the same output, and output put in again stays as it is.

    >>> sanitizer = Sanitizer()
    >>> sanitizer.text("call 415-555-2671 or write to ada@example.org")
    'call [PHONE] or write to [EMAIL]'
    >>> sanitizer.spans("card 4111 1111 1111 1111")
    [Span(start=5, end=24, kind='credit_card')]
    """

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self._groups = [
            (places, [(rule.kind, rule.pattern.match, rule.confirm) for rule in group])
            for places, group in groupby(rules, key=lambda rule: rule.places)
        ]
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
        masked, spans = self._pass(text)
        if not spans:
            return spans
        for _ in range(MAX_PASSES):
            masked, found = self._pass(masked)
            if not found:
                return sorted(spans)
            spans += found
        return [Span(0, len(text), UNSETTLED)]

    def texts(self, texts: Sequence[str]) -> tuple[Sequence[str], Counter[str]]:
        """Each text sanitized, and how many values of each kind were found; the very same sequence if none was."""
        return self.groups([texts])[0]

    def groups(self, groups: Sequence[Sequence[str]]) -> list[tuple[Sequence[str], Counter[str]]]:
        """As `texts` for each group.

        All texts are looked through at once: no rule sees past the end of a line, so none sees two of them.
        """
        found = self.spans("\n".join(chain.from_iterable(groups)))
        if found and found[0].kind == UNSETTLED:
            return [self._one_by_one(texts) for texts in groups]
        own = iter(_shared_out(found, list(chain.from_iterable(groups))))
        return [self._replaced(texts, list(islice(own, len(texts)))) for texts in groups]

    def dirty(self, blocks: Sequence[str]) -> set[int]:
        """Which of many texts hold personal data, by index: a look at thousands of them at little more than the
        cost of reading them."""
        found: set[int] = set()
        for first, some in _in_chunks(blocks):
            text = "\n".join(some)
            classes = class_map(text)
            starts = [0, *accumulate(len(block) + 1 for block in some)]
            for places, rules in self._groups:
                if here := places(text, classes):
                    found.update(first + bisect_right(starts, hit.start) - 1 for hit in _confirmed(text, here, rules))
        return found

    def _one_by_one(self, texts: Sequence[str]) -> tuple[Sequence[str], Counter[str]]:
        return self._replaced(texts, [self.spans(text) for text in texts])

    def _replaced(self, texts: Sequence[str], found: Sequence[list[Span]]) -> tuple[Sequence[str], Counter[str]]:
        counts = Counter(span.kind for spans in found for span in spans)
        if not counts:
            return texts, counts
        clean = [self._replace(text, spans) if spans else text for text, spans in zip(texts, found, strict=True)]
        return clean, counts

    def _pass(self, text: str) -> tuple[str, list[Span]]:
        found: list[Span] = []
        classes = class_map(text)
        for places, rules in self._groups:
            if (here := places(text, classes)) and (hits := _confirmed(text, here, rules)):
                found += hits
                text = _masked(text, hits)
                classes = class_map(text)
        return text, found

    def _replace(self, text: str, spans: list[Span]) -> str:
        return _substituted(text, spans, lambda span: self._placeholders[span.kind])


def _shared_out(spans: Sequence[Span], texts: Sequence[str]) -> list[list[Span]]:
    """The spans of texts joined by line ends, as each text's own.

    >>> _shared_out([Span(3, 4, "email")], ["ab", "cd"])
    [[], [Span(start=0, end=1, kind='email')]]
    """
    own: list[list[Span]] = [[] for _ in texts]
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    for start, end, kind in spans:
        index = bisect_right(starts, start) - 1
        own[index].append(Span(start - starts[index], end - starts[index], kind))
    return own


def _in_chunks(blocks: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """The blocks in runs that fit the processor's cache, each with the index of its first."""
    first = size = 0
    for index, block in enumerate(blocks):
        size += len(block)
        if size >= CHUNK_CHARACTERS:
            yield first, blocks[first : index + 1]
            first, size = index + 1, 0
    if first < len(blocks):
        yield first, blocks[first:]


def _confirmed(text: str, places: Iterable[int], rules: Sequence[_Matcher]) -> list[Span]:
    hits: list[Span] = []
    floor = 0
    for place in places:
        if place < floor:
            continue
        for kind, match, confirm in rules:
            if (candidate := match(text, place)) and (bounds := confirm(candidate)):
                if bounds[0] < bounds[1]:
                    hits.append(Span(max(bounds[0], floor), bounds[1], kind))
                floor = bounds[1]
                break
    return hits


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
