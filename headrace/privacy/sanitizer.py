"""Text in, the same text with placeholders for personal data out."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import accumulate, islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from headrace.privacy.finder import Allowance, Matcher
from headrace.privacy.own import NOTHING_OWN, Own, without_overlap
from headrace.privacy.places import Place, TooManyPlaces
from headrace.privacy.pseudonym import FLAT, PSEUDONYM, Placeholders
from headrace.privacy.rule import MASK, Rule, Span
from headrace.privacy.scan import DISGUISED, Engine, Look, Scan, scan_with
from headrace.privacy.stream import TextStream
from headrace.privacy.table import RULES
from headrace.privacy.view import REACH as VIEW_REACH
from headrace.privacy.view import needs_view, view_of

if TYPE_CHECKING:
    from headrace.privacy._scan import Scanner

VERSION = "6"
"""Raised with every change of what is found, so that a clean record says which rules it has passed."""
UNSETTLED = "redacted"
"""Kind of a text that was replaced whole because the rules did not come to rest on it."""
MAX_PASSES = 8
"""A value can hide behind another (`a@b.com4155552671`); text that needs more passes was built to."""
CHARACTERS_A_UNIT = 40
"""Of a text that is looked through once more, in the time of one unit of work."""

_masks = re.compile(f"{MASK}+").finditer
_NOTHING_FOUND: Mapping[str, int] = MappingProxyType({})
"""Of most events: to make a counter for each takes as long as to read its metadata."""


class Sanitizer:
    """The rules at work: the same input gives the same output, and output put in again stays as it is.

    `engine`: "python" needs nothing, "accelerated" needs the native scanner (raises ImportError where its
    extension was not built), "auto" takes what there is. What they find is the same.

    >>> sanitizer = Sanitizer()
    >>> sanitizer.text("call 415-555-2671 or write to ada@example.org")
    'call [PHONE] or write to [EMAIL]'
    >>> sanitizer.spans("card 4111 1111 1111 1111")
    [Span(start=5, end=24, kind='credit_card', rule='credit_card')]
    """

    def __init__(
        self,
        rules: Sequence[Rule] = RULES,
        engine: Engine = "auto",
        placeholders: Placeholders = FLAT,
        own: Own = NOTHING_OWN,
    ) -> None:
        self._scan: Scan = scan_with(rules, engine)
        self._matcher = Matcher(rules)
        self._write, self._own = placeholders.write, own
        self._are_ours = placeholders.are_ours
        flat = {FLAT.write(kind, "") for kind in (UNSETTLED, *own.kinds, *(rule.kind for rule in rules))}
        self._written = re.compile("|".join((*map(re.escape, sorted(flat)), PSEUDONYM)))
        self.version = VERSION
        self.policy_hash = _policy_hash(rules)
        """Changes with the rules: 16 hexadecimal digits."""

    @property
    def scanner(self) -> Scanner | None:
        """The native scanner, where it can tell by itself that nothing is to be found."""
        return None if self._own.adds else self._scan.scanner

    def writing(self, placeholders: Placeholders) -> Sanitizer:
        """The same rules with other placeholders; it costs nothing."""
        twin = copy(self)
        twin._write, twin._are_ours = placeholders.write, placeholders.are_ours
        return twin

    def text(self, text: str) -> str:
        """`text` with every value replaced by its kind's placeholder; the very same object if there is none."""
        spans = self.spans(text)
        return self._replace(text, spans) if spans else text

    def spans(self, text: str) -> list[Span]:
        """Where `text` holds personal data, left to right, without overlap."""
        spans = self._all_in(text)
        return _whole(text) if spans is None else spans

    def stream(self) -> TextStream:
        """For text that comes in pieces: `feed` each, `flush` at the end; together they give what `text` gives."""
        return TextStream(self.spans, self._write, early=self._write == FLAT.write)

    def texts(self, texts: Sequence[str]) -> tuple[Sequence[str], Counter[str]]:
        """Each text sanitized, and how many values of each kind were found; the very same sequence if none was."""
        return self._replaced(texts, self._each(texts))

    def groups(self, groups: Sequence[Sequence[str]]) -> list[tuple[Sequence[str], Mapping[str, int]]]:
        """As `texts` for each group. A group should be short: it is looked through at once."""
        joined = [MASK.join(texts) for texts in groups]
        each = zip(groups, joined, self._each(joined), strict=True)
        return [self._in_group(texts, whole, spans) for texts, whole, spans in each]

    def settled(
        self, texts: Sequence[str], places: list[Place], may_disguise: bool
    ) -> tuple[Sequence[str], Mapping[str, int]]:
        """As `groups` for one group that the `scanner` has looked through."""
        joined = MASK.join(texts)
        look = DISGUISED if may_disguise and needs_view(joined) else Look(places, False)
        spans = self._at_rest(joined, look) if look.places or look.disguised else []
        return self._in_group(texts, joined, _whole(joined) if spans is None else spans)

    def _in_group(
        self, texts: Sequence[str], joined: str, found: list[Span]
    ) -> tuple[Sequence[str], Mapping[str, int]]:
        if not found:
            return texts, _NOTHING_FOUND
        if found[0].kind == UNSETTLED:
            return self._replaced(texts, [self.spans(text) for text in texts])
        clean = self._replace(joined, found).split(MASK)
        if len(clean) != len(texts):  # one of them holds a MASK of its own
            return self._replaced(texts, _shared_out(found, texts))
        return clean, _counted(found)

    def _each(self, blocks: Sequence[str]) -> list[list[Span]]:
        """The spans of each block. Many are looked through at once: no rule sees past a MASK, so none sees two of
        them. Where one of them wears a disguise, each is looked at alone."""
        spans: list[list[Span]] = []
        for some in _in_chunks(blocks, self._scan.chunk_characters):
            spans += [self.spans(some[0])] if len(some) == 1 else self._together(some)
        return spans

    def _together(self, blocks: Sequence[str]) -> list[list[Span]]:
        found = self._all_in(MASK.join(blocks), alone=False)
        if found is None:
            return [self.spans(block) for block in blocks]
        return _shared_out(found, blocks) if found else [[] for _ in blocks]

    def _all_in(self, text: str, alone: bool = True) -> list[Span] | None:
        """All spans; None where the rules do not come to rest, or where texts that are not alone wear a disguise."""
        try:
            look = self._scan(text)
        except TooManyPlaces:
            return None
        if self._own.adds and needs_view(text):
            look = DISGUISED
        elif not look.places and not look.disguised and not self._own.adds:
            return []
        return self._at_rest(text, look) if alone or not look.disguised else None

    def _at_rest(self, text: str, look: Look) -> list[Span] | None:
        """All spans; None where the rules do not come to rest within what a text may cost."""
        try:
            return self._settled(text, look)
        except TooManyPlaces:
            return None

    def _settled(self, text: str, look: Look) -> list[Span] | None:
        """All spans, at rest; None where the rules do not come to rest.

        A value can hide behind another, so the rules look again at the masked text until they find nothing more.
        A second run over the output sees the same walls where the placeholders are, and finds nothing either.
        """
        masked = self._without_placeholders(text)
        allowance = Allowance(len(text))
        looks = self._through_a_view if look.disguised else self._in_plain_sight
        spans: list[Span] = []
        for found in islice(looks(masked, look.places, allowance), MAX_PASSES):
            if not found:
                spans.sort()
                if self._own.names:
                    spans = sorted([*spans, *self._own.named(_masked(masked, spans))])
                if self._own.allowed:
                    spans = [span for span in spans if not self._own.allows(text[span.start : span.end])]
                return spans
            spans += found
        return None

    def _in_plain_sight(self, masked: str, places: Sequence[Place], allowance: Allowance) -> Iterator[list[Span]]:
        """What look after look finds, each in what the one before has left."""
        places = self._worth_asking(masked, places)
        while True:
            yield (found := self._found(masked, places, allowance))
            masked, before = _masked(masked, found), masked
            if any(_cut_through_a_word(before, span) for span in found):
                places = self._places(masked)
            else:
                places = [place for place in places if masked[place[0]] != MASK]
            places = self._matcher.near(places, [span[:2] for span in found])
            allowance.spend(len(masked) // CHARACTERS_A_UNIT)

    def _through_a_view(self, masked: str, _places: Sequence[Place], allowance: Allowance) -> Iterator[list[Span]]:
        """As `_in_plain_sight`, but through a view; what stands in plain sight goes when the view shows nothing, or too
        much: a list of numbers is one endless row where its line ends count as blanks."""
        is_first = True
        while True:
            try:
                found, too_many = self._seen_through(masked, is_first, allowance), False
            except TooManyPlaces:
                if allowance.left < 0:
                    raise
                found, too_many = [], True
            found = found or self._found(masked, self._places(masked), allowance)
            if too_many and not found:
                raise TooManyPlaces
            yield found
            masked, is_first = _masked(masked, found), False
            allowance.spend(len(masked) // CHARACTERS_A_UNIT)

    def _places(self, text: str) -> Sequence[Place]:
        return self._worth_asking(text, self._scan.places(text))

    def _found(self, text: str, places: Sequence[Place], allowance: Allowance) -> list[Span]:
        """What one look finds; what users added goes before the rules."""
        found = self._matcher.spans(self._matcher.hits(text, places, allowance)) if places else []
        if not self._own.adds:
            return found
        own = self._own.spans(text)
        return sorted([*own, *without_overlap(found, own)])

    def _worth_asking(self, text: str, places: Sequence[Place]) -> Sequence[Place]:
        return places if self._scan.reads_words else self._matcher.worth_asking(text, places)

    def _seen_through(self, text: str, is_first: bool, allowance: Allowance) -> list[Span]:
        view = view_of(text, most_pieces=allowance.left)
        allowance.spend(len(view.sources))
        places = self._places(view.text)
        if not is_first:
            places = self._matcher.near(places, [mask.span() for mask in _masks(view.text)], beyond=VIEW_REACH)
        return [
            Span(*view.bounds(span.start, span.end), span.kind, span.rule)
            for span in self._found(view.text, places, allowance)
        ]

    def _without_placeholders(self, text: str) -> str:
        if "[" not in text:
            return text
        return self._written.sub(self._masked_placeholder, text)

    def _masked_placeholder(self, match: re.Match[str]) -> str:
        """A flat placeholder is one by its look; a pseudonym, only if it is ours."""
        return match[0] if match.lastgroup and not self._are_ours(match[0]) else MASK * len(match[0])

    def _replaced(self, texts: Sequence[str], found: Sequence[list[Span]]) -> tuple[Sequence[str], Counter[str]]:
        counts = Counter(span.kind for spans in found for span in spans)
        if not counts:
            return texts, counts
        clean = [self._replace(text, spans) if spans else text for text, spans in zip(texts, found, strict=True)]
        return clean, counts

    def _replace(self, text: str, spans: list[Span]) -> str:
        return _substituted(text, spans, lambda span: self._write(span.kind, text[span.start : span.end]))


def _counted(spans: Iterable[Span]) -> dict[str, int]:
    """How many there are of each kind; as a Counter, but in a quarter of its time for the few that a text has."""
    counts: dict[str, int] = {}
    for span in spans:
        counts[span.kind] = counts.get(span.kind, 0) + 1
    return counts


def _whole(text: str) -> list[Span]:
    return [Span(0, len(text), UNSETTLED, UNSETTLED)]


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


def _in_chunks(blocks: Sequence[str], characters: int) -> Iterator[Sequence[str]]:
    """The blocks in runs of about so many characters."""
    first = size = 0
    for index, block in enumerate(blocks):
        size += len(block)
        if size >= characters:
            yield blocks[first : index + 1]
            first, size = index + 1, 0
    if first < len(blocks):
        yield blocks[first:]


def _substituted(text: str, spans: list[Span], stand_in: Callable[[Span], str]) -> str:
    parts: list[str] = []
    position = 0
    for span in spans:
        parts += text[position : span.start], stand_in(span)
        position = span.end
    return "".join((*parts, text[position:]))


def _cut_through_a_word(text: str, span: Span) -> bool:
    """Whether letters or digits touch the value: what is left of the word may be a place of its own."""
    return text[span.end : span.end + 1].isalnum() or (span.start > 0 and text[span.start - 1].isalnum())


def _masked(text: str, spans: list[Span]) -> str:
    return _substituted(text, spans, lambda span: MASK * (span.end - span.start))


def _policy_hash(rules: Sequence[Rule]) -> str:
    described = "\n".join(
        f"{rule.name} {rule.placeholder} {rule.trigger} {rule.pattern.pattern} {rule.context} {rule.never}"
        for rule in rules
    )
    return hashlib.sha256(f"{VERSION}\n{described}".encode()).hexdigest()[:16]
