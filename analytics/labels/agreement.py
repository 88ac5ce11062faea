"""How far annotators agree, and what holds where they do not. Values in, values out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Literal

import msgspec
from sklearn.metrics import cohen_kappa_score

from analytics.labels.task import Labelled

How = Literal["unanimous", "majority", "adjudicator", "open"]
Item = tuple[str, str]
"""An interaction and what was asked about it."""


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """Two annotators on what both have judged."""

    first: str
    second: str
    both: int
    """Questions that both answered."""
    same: float
    """Share of them with the same answer."""
    kappa: float
    """Cohen's: 1 for perfect, 0 for what chance would give."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What holds about one question on one interaction."""

    interaction_id: str
    name: str
    value: str | None
    """None while it is open."""
    how: How
    votes: dict[str, int]


def agreements(labelled: Iterable[Labelled]) -> list[Agreement]:
    """One for each two annotators who have something in common, by name."""
    answers: dict[str, dict[Item, str]] = defaultdict(dict)
    for item, by_annotator in _current(labelled).items():
        for annotator, value in by_annotator.items():
            answers[annotator][item] = value
    pairs = combinations(sorted(answers), 2)
    return [made for one, two in pairs if (made := _agreement(one, answers[one], two, answers[two]))]


def kappa(first: list[str], second: list[str]) -> float:
    """Cohen's kappa of two parallel lists of answers; 1 where both gave one same answer throughout.

    >>> round(kappa(["a", "a", "b", "b"], ["a", "a", "b", "a"]), 2)
    0.5
    """
    return 1.0 if len({*first, *second}) == 1 else float(cohen_kappa_score(first, second))


def adjudicated(labelled: Iterable[Labelled], adjudicator: str | None = None) -> list[Verdict]:
    """What holds of each question: what more than half of the annotators say, else the adjudicator's word, else open.

    The adjudicator is not counted among the annotators: their word makes no majority, it decides where there is none.
    """
    return [_verdict(item, votes, adjudicator) for item, votes in sorted(_current(labelled).items())]


def _current(labelled: Iterable[Labelled]) -> dict[Item, dict[str, str]]:
    """Each annotator's latest answer to each question."""
    latest: dict[tuple[str, str, str], Labelled] = {}
    for one in labelled:
        key = (one.interaction_id, one.name, one.annotator)
        if key not in latest or (one.timestamp, one.value) >= (latest[key].timestamp, latest[key].value):
            latest[key] = one
    answers: dict[Item, dict[str, str]] = defaultdict(dict)
    for (interaction_id, name, annotator), one in latest.items():
        answers[interaction_id, name][annotator] = one.value
    return answers


def _agreement(one: str, left: Mapping[Item, str], two: str, right: Mapping[Item, str]) -> Agreement | None:
    common = sorted(left.keys() & right.keys())
    if not common:
        return None
    first, second = [left[item] for item in common], [right[item] for item in common]
    same = sum(a == b for a, b in zip(first, second, strict=True)) / len(common)
    return Agreement(first=one, second=two, both=len(common), same=same, kappa=kappa(first, second))


def _verdict(item: Item, votes: Mapping[str, str], adjudicator: str | None) -> Verdict:
    counted = Counter(value for annotator, value in votes.items() if annotator != adjudicator)
    value, how = _holding(counted, votes.get(adjudicator) if adjudicator else None)
    interaction_id, name = item
    return Verdict(interaction_id=interaction_id, name=name, value=value, how=how, votes=dict(counted))


def _holding(counted: Counter[str], word: str | None) -> tuple[str | None, How]:
    (value, votes), *_ = counted.most_common(1) or [("", 0)]
    if votes and len(counted) == 1:
        return value, "unanimous"
    if 2 * votes > counted.total():
        return value, "majority"
    return (word, "adjudicator") if word is not None else (None, "open")
