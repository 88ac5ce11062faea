"""What an engine did to one sample."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from headrace.privacy.corpus import Sample

Found = Sequence[tuple[int, int]]
"""Where an engine found something: start and end, in characters."""
Finder = Callable[[str], Found]

_TOKEN = re.compile(r"\S+")


class Bounds(NamedTuple):
    """A share and its 95 % confidence interval."""

    share: float
    low: float
    high: float
    trials: int


@dataclass(frozen=True)
class Scored:
    sample: Sample
    found: bool
    """Every letter and digit of the value is covered; for a text without one: nothing was found in it."""
    leaked: bool
    """The value still stands in the output, as it was written."""
    tokens: int
    """Words that belong to no value."""
    tokens_lost: int
    """Those of them that were altered."""


def scored(sample: Sample, found: Found) -> Scored:
    """How well `found` covers what the sample holds, and what else it takes.

    >>> from headrace.privacy.corpus import Label
    >>> sample = Sample("to a@b.com today", (Label(3, 10, "email"),), "plain", "", "", "tune")
    >>> scored(sample, [(3, 16)]).found, scored(sample, [(3, 16)]).tokens_lost, scored(sample, [(4, 10)]).found
    (True, 1, False)
    """
    covered = _covered(sample.text, found)
    tokens = [token.span() for token in _TOKEN.finditer(sample.text) if not _touches(token.span(), sample)]
    return Scored(
        sample,
        found=all(_hidden(sample.text, covered, label.start, label.end) for label in sample.labels)
        and bool(sample.labels or not found),
        leaked=any(sample.text[label.start : label.end] in _remaining(sample.text, found) for label in sample.labels),
        tokens=len(tokens),
        tokens_lost=sum(any(covered[start:end]) for start, end in tokens),
    )


def wilson(successes: int, trials: int) -> Bounds:
    """The share of successes with Wilson's 95 % interval.

    >>> [round(number, 3) for number in wilson(95, 100)]
    [0.95, 0.888, 0.978, 100]
    """
    if not trials:
        return Bounds(float("nan"), 0.0, 1.0, 0)
    z, share = 1.959964, successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    margin = z / (1 + z * z / trials) * (share * (1 - share) / trials + z * z / (4 * trials * trials)) ** 0.5
    return Bounds(share, max(0.0, min(share, centre - margin)), min(1.0, max(share, centre + margin)), trials)


def share(flags: Iterable[bool]) -> Bounds:
    """`wilson` of how many are true."""
    listed = list(flags)
    return wilson(sum(listed), len(listed))


def _covered(text: str, found: Found) -> bytearray:
    covered = bytearray(len(text))
    for start, end in found:
        covered[start:end] = b"\1" * (end - start)
    return covered


def _hidden(text: str, covered: bytearray, start: int, end: int) -> bool:
    return all(covered[place] for place in range(start, end) if text[place].isalnum())


def _touches(span: tuple[int, int], sample: Sample) -> bool:
    taken = [(label.start, label.end) for label in sample.labels] + [sample.surroundings]
    return any(span[0] < end and start < span[1] for start, end in taken)


def _remaining(text: str, found: Found) -> str:
    """The text with what was found taken out, a mark in its place."""
    parts, position = [], 0
    for start, end in sorted(found):
        parts.append(text[position : max(position, start)])
        position = max(position, end)
    return "\0".join((*parts, text[position:]))
