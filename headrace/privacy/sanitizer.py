"""Text in, the same text with placeholders for personal data out."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, islice

from headrace.privacy.finder import Matcher
from headrace.privacy.places import Place
from headrace.privacy.rule import MASK, Rule, Span
from headrace.privacy.scan import Engine, Scan, scan_with
from headrace.privacy.stream import TextStream
from headrace.privacy.table import RULES
from headrace.privacy.view import needs_view, view_of

VERSION = "2"
"""Raised with every change of what is found, so that a clean record says which rules it has passed."""
UNSETTLED = "redacted"
"""Kind of a text that was replaced whole because the rules did not come to rest on it."""
MAX_PASSES = 8
"""A value can hide behind another (`a@b.com4155552671`); text that needs more passes was built to."""
CHUNK_CHARACTERS = 16_384
"""Two dozen interactions: enough to spread the cost of a call, few enough to stay in the nearest cache."""


class Sanitizer:
    """The rules at work: the same input gives the same output, and output put in again stays as it is.

    `engine`: "python" needs nothing, "accelerated" needs google-re2 (the extra `headrace[privacy]`; raises
    ImportError without it), "auto" takes what there is. What they find is the same.

    >>> sanitizer = Sanitizer()
    >>> sanitizer.text("call 415-555-2671 or write to ada@example.org")
    'call [PHONE] or write to [EMAIL]'
    >>> sanitizer.spans("card 4111 1111 1111 1111")
    [Span(start=5, end=24, kind='credit_card', rule='credit_card')]
    """

    def __init__(self, rules: Sequence[Rule] = RULES, engine: Engine = "auto") -> None:
        self._scan: Scan = scan_with(rules, engine)
        self._matcher = Matcher(rules)
        self._placeholders = {rule.kind: rule.placeholder for rule in rules} | {UNSETTLED: f"[{UNSETTLED.upper()}]"}
        self._written = re.compile("|".join(map(re.escape, sorted(set(self._placeholders.values())))))
        self.version = VERSION
        self.policy_hash = _policy_hash(rules)
        """Changes with the rules: 16 hexadecimal digits."""

    def text(self, text: str) -> str:
        """`text` with every value replaced by its kind's placeholder; the very same object if there is none."""
        spans = self.spans(text)
        return self._replace(text, spans) if spans else text

    def spans(self, text: str) -> list[Span]:
        """Where `text` holds personal data, left to right, without overlap."""
        places = self._scan.places(text)
        if not places and not needs_view(text):
            return []
        spans = self._settled(text, places)
        return [Span(0, len(text), UNSETTLED, UNSETTLED)] if spans is None else spans

    def stream(self) -> TextStream:
        """For text that comes in pieces: `feed` each, `flush` at the end; together they give what `text` gives."""
        return TextStream(self.spans, self._replace)

    def texts(self, texts: Sequence[str]) -> tuple[Sequence[str], Counter[str]]:
        """Each text sanitized, and how many values of each kind were found; the very same sequence if none was."""
        return self.groups([texts])[0]

    def groups(self, groups: Sequence[Sequence[str]]) -> list[tuple[Sequence[str], Counter[str]]]:
        """As `texts` for each group.

        All texts are looked through at once: no rule sees past a MASK, so none sees two of them.
        """
        found = self.spans(MASK.join(chain.from_iterable(groups)))
        if found and found[0].kind == UNSETTLED:
            return [self._one_by_one(texts) for texts in groups]
        own = iter(_shared_out(found, list(chain.from_iterable(groups))))
        return [self._replaced(texts, list(islice(own, len(texts)))) for texts in groups]

    def dirty(self, blocks: Sequence[str]) -> set[int]:
        """Which of many texts hold personal data, by index: a look at thousands of them at little more than the
        cost of reading them."""
        found: set[int] = set()
        for first, some in self._in_chunks(blocks):
            text = MASK.join(some)
            places = self._scan.places(text)
            if not places and not needs_view(text):
                continue
            starts = [0, *accumulate(len(block) + 1 for block in some)]
            spans = self._settled(text, places)
            if spans is None:
                found.update(first + index for index, block in enumerate(some) if self.spans(block))
            else:
                found.update(first + bisect_right(starts, span.start) - 1 for span in spans)
        return found

    def _settled(self, text: str, places: list[Place]) -> list[Span] | None:
        """All spans, at rest; None where the rules do not come to rest."""
        masked = self._without_placeholders(text)
        spans: list[Span] = []
        for _ in range(MAX_PASSES):
            found = self._found(masked, places)
            if not found:
                return sorted(spans)
            spans += found
            masked = _masked(masked, found)
            places = self._scan.places(masked)
        return None

    def _found(self, text: str, places: list[Place]) -> list[Span]:
        """What one look finds; through the view only where nothing lies open."""
        if places and (found := self._matcher.spans(self._matcher.hits(text, places))):
            return found
        if not needs_view(text):
            return []
        view = view_of(text)
        found = self._matcher.spans(self._matcher.hits(view.text, self._scan.places(view.text)))
        return [Span(*view.bounds(span.start, span.end), span.kind, span.rule) for span in found]

    def _without_placeholders(self, text: str) -> str:
        if "[" not in text:
            return text
        return self._written.sub(lambda match: MASK * len(match[0]), text)

    def _in_chunks(self, blocks: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
        return _in_chunks(blocks, self._scan.chunk_characters or CHUNK_CHARACTERS)

    def _one_by_one(self, texts: Sequence[str]) -> tuple[Sequence[str], Counter[str]]:
        return self._replaced(texts, [self.spans(text) for text in texts])

    def _replaced(self, texts: Sequence[str], found: Sequence[list[Span]]) -> tuple[Sequence[str], Counter[str]]:
        counts = Counter(span.kind for spans in found for span in spans)
        if not counts:
            return texts, counts
        clean = [self._replace(text, spans) if spans else text for text, spans in zip(texts, found, strict=True)]
        return clean, counts

    def _replace(self, text: str, spans: list[Span]) -> str:
        return _substituted(text, spans, lambda span: self._placeholders[span.kind])


def _shared_out(spans: Sequence[Span], texts: Sequence[str]) -> list[list[Span]]:
    """The spans of joined texts, as each text's own.

    >>> _shared_out([Span(3, 4, "email")], ["ab", "cd"])
    [[], [Span(start=0, end=1, kind='email', rule='')]]
    """
    own: list[list[Span]] = [[] for _ in texts]
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    for span in spans:
        index = bisect_right(starts, span.start) - 1
        start = starts[index]
        own[index].append(Span(span.start - start, span.end - start, span.kind, span.rule))
    return own


def _in_chunks(blocks: Sequence[str], characters: int) -> Iterator[tuple[int, Sequence[str]]]:
    """The blocks in runs that fit the processor's cache, each with the index of its first."""
    first = size = 0
    for index, block in enumerate(blocks):
        size += len(block)
        if size >= characters:
            yield first, blocks[first : index + 1]
            first, size = index + 1, 0
    if first < len(blocks):
        yield first, blocks[first:]


def _substituted(text: str, spans: list[Span], stand_in: Callable[[Span], str]) -> str:
    parts: list[str] = []
    position = 0
    for span in spans:
        parts += text[position : span.start], stand_in(span)
        position = span.end
    return "".join((*parts, text[position:]))


def _masked(text: str, spans: list[Span]) -> str:
    return _substituted(text, spans, lambda span: MASK * (span.end - span.start))


def _policy_hash(rules: Sequence[Rule]) -> str:
    described = "\n".join(
        f"{rule.name} {rule.placeholder} {rule.trigger} {rule.pattern.pattern} {rule.context} {rule.never}"
        for rule in rules
    )
    return hashlib.sha256(f"{VERSION}\n{described}".encode()).hexdigest()[:16]
