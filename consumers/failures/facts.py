"""How many of an answer's facts the texts it was given do not hold: a cheap sign of invention, no judge needed.

A fact is a number (times, amounts and dates in digits too), a month with its day, a quotation, or a name: words
that begin with capitals inside a sentence. A number is supported where the same number stands in one of the
texts (1,200.50 = 1200.5); words are, where they stand there in any case and spelling of accents. The user's own
question counts among the texts: an answer that repeats an order number invents nothing.

What it cannot see: a wrong statement made of the right names and numbers, and facts in words ("two weeks").
What it wrongly reports: sums and counts that the answer worked out; hence `MIN_UNSUPPORTED` in the rules. It reads
scripts with capitals; elsewhere only numbers and quotations count. Measured by `benchmarks/failure_facts.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

MAX_CHARACTERS = 20_000
"""Of each text that are read: a bound on the work, far beyond usual answers and passages."""
_NUMBER = re.compile(r"\d(?:[\d,.:/\-]{0,30}\d)?")
_QUOTED = re.compile(r"[\"“„«‘]([^\"”“»’\n]{3,80})[\"”“»’]")
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ](?<=[\w,;(] .)(?<![.!?:\n\"“„«‘(] .)[\w’'\-]{2,40}(?: [A-ZÀ-ÖØ-Þ][\w’'\-]{1,40}){0,4}")
"""What stands before is asked behind the capital: the search then runs from capital to capital."""
_GROUPED = re.compile(r"(?<=\d)[,.](?=\d{3}(?:\D|$))")


def unsupported_facts(answer: str, texts: Iterable[str]) -> tuple[int, int]:
    """How many facts of `answer` no text holds, and how many facts it has.

    >>> unsupported_facts("It costs €1,250 and goes to Lyon.", ["Tickets to Lyon cost 1250 euros."])
    (0, 2)
    >>> unsupported_facts("It costs €980 and goes to Nice.", ["Tickets to Lyon cost 1250 euros."])
    (2, 2)
    """
    facts = set(_facts(answer[:MAX_CHARACTERS]))
    if not facts:
        return 0, 0
    shortened = [text[:MAX_CHARACTERS] for text in texts]
    words = "\n".join(map(_folded, shortened))
    missing = {fact for fact in facts if fact not in words}
    if missing:
        missing.difference_update(number for text in shortened for number in _numbers(text))
    return len(missing), len(facts)


def _facts(text: str) -> Iterator[str]:
    yield from _numbers(text)
    for quoted in _QUOTED.findall(text):
        yield _folded(quoted)
    for name in _NAME.findall(_QUOTED.sub(".", text)):
        yield _folded(name)


def _numbers(text: str) -> Iterator[str]:
    for found in _NUMBER.findall(text):
        number = _GROUPED.sub("", found)
        whole, point, cents = number.partition(".")
        yield whole if point and not cents.strip("0") else number.rstrip("0") if point and cents.isdigit() else number


def _folded(text: str) -> str:
    """Lower case without accents, one blank between words."""
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
