"""What a chunk has collected, as columns: numbers are appended batch by batch and summed up when it is published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.digester.batch import Interactions, Who
from consumers.digests.aggregate import Entries, Ints, Labels, summarize
from consumers.digests.messages import Key
from consumers.digests.signals import ERROR, LANGUAGE, MODEL, NUMERIC, RATED, RATING
from consumers.digests.summary import Summary, merged

NONE = "none"
_YES_NO = ["no", "yes"]
_OF_EACH = (MODEL, ERROR, LANGUAGE)
"""Categories of which every interaction has one value."""
_NAMES = ("who", "at_us", *_OF_EACH, *(signal.name for signal in NUMERIC))


class Columns:
    """One chunk's interactions, and what was found out about earlier ones."""

    def __init__(self, window_us: int) -> None:
        self._window_us = window_us
        self._whos: dict[Who, int] = {}
        self._names: dict[str, dict[str, int]] = {name: {} for name in _OF_EACH}
        self._batches: list[dict[str, NDArray[Any]]] = []
        self._ratings: list[tuple[int, int, float, int]] = []
        """Place of who, event time, stars, and 1 where it came or -1 where a later one replaced it."""
        self._marks: list[tuple[int, int, str, str, int]] = []
        """Place of who, event time, category, value, 1 or -1."""
        self._sums: dict[Key, Summary] = {}
        """Of what was collected until the summaries were asked for the last time."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was collected so far."""
        return not (self._sums or self._ratings or self._marks or any(len(batch["who"]) for batch in self._batches))

    def place(self, who: Who) -> int:
        return self._whos.setdefault(who, len(self._whos))

    def add(self, interactions: Interactions) -> None:
        """Takes interactions."""
        places = np.array([self.place(who) for who in interactions.whos], np.int64)
        self._batches.append(
            {
                "who": places[interactions.who_of],
                "at_us": interactions.at_us,
                MODEL: self._coded(MODEL, interactions.models),
                ERROR: self._coded(ERROR, interactions.errors),
                LANGUAGE: self._coded(LANGUAGE, interactions.languages),
                **interactions.numbers,
            }
        )

    def rate(self, who: Who, at_us: int, before: float | None, stars: float) -> None:
        """A rating came after its interaction was counted, with the rating `before`."""
        place = self.place(who)
        self._ratings.append((place, at_us, stars, 1))
        if before is not None:
            self._ratings.append((place, at_us, before, -1))
        else:
            self._marks += [(place, at_us, RATED, "yes", 1), (place, at_us, RATED, "no", -1)]

    def mark(self, who: Who, at_us: int, category: str, value: str) -> None:
        """Counts one value of a category."""
        self._marks.append((self.place(who), at_us, category, value, 1))

    def summaries(self) -> dict[Key, Summary]:
        """What was collected, by key; what was summed up before is not gone through again."""
        if self._batches or self._ratings or self._marks:
            for key, more in self._collected().items():
                self._sums[key] = merged([self._sums[key], more]) if key in self._sums else more
            self._batches, self._ratings, self._marks = [], [], []
        return self._sums

    def _collected(self) -> dict[Key, Summary]:
        """What was collected since the last time."""
        whos, at_us, columns = self._concatenated()
        places = np.concatenate([whos, [p for p, *_ in self._ratings], [p for p, *_ in self._marks]]).astype(np.int64)
        times = np.concatenate([at_us, [t for _, t, *_ in self._ratings], [t for _, t, *_ in self._marks]])
        windows, window_of = np.unique(times.astype(np.int64) // self._window_us, return_inverse=True)
        pairs, groups = np.unique(places * len(windows) + window_of, return_inverse=True)
        own, rated, marked = np.split(groups, [len(whos), len(whos) + len(self._ratings)])
        numeric = {name: _entries(own, columns[name]) for name in (signal.name for signal in NUMERIC)}
        if self._ratings:
            numeric[RATING.name] = _joined(numeric[RATING.name], rated, self._ratings)
        summed = summarize(
            np.bincount(own, minlength=len(pairs)),
            numeric,
            self._labels(own, columns) | self._marked(marked, own, columns),
        )
        names = list(self._whos)
        return {
            _key(names[place], window): summary
            for place, window, summary in zip(
                (pairs // len(windows)).tolist(),
                (windows[pairs % len(windows)] * self._window_us).tolist(),
                summed,
                strict=True,
            )
        }

    def _labels(self, own: Ints, columns: dict[str, NDArray[Any]]) -> dict[str, Labels]:
        ones = np.ones(len(own), np.int64)
        return {name: Labels(own, columns[name], ones, list(self._names[name])) for name in _OF_EACH}

    def _marked(self, groups: Ints, own: Ints, columns: dict[str, NDArray[Any]]) -> dict[str, Labels]:
        """The categories that change after the fact, ratings among them."""
        rated = np.isfinite(columns[RATING.name]).astype(np.int64)
        found = {RATED: Labels(own, rated, np.ones(len(own), np.int64), _YES_NO)}
        for category in sorted({category for _, _, category, _, _ in self._marks}):
            rows = [i for i, mark in enumerate(self._marks) if mark[2] == category]
            names = list(dict.fromkeys([*(_YES_NO if category == RATED else ()), *(self._marks[i][3] for i in rows)]))
            places = np.array([names.index(self._marks[i][3]) for i in rows], np.int64)
            weights = np.array([self._marks[i][4] for i in rows], np.int64)
            labels = Labels(groups[rows], places, weights, names)
            found[category] = _both(found[category], labels) if category in found else labels
        return found

    def _coded(self, category: str, values: Sequence[str | None]) -> Ints:
        names = self._names[category]
        codes = {value: names.setdefault(value or NONE, len(names)) for value in dict.fromkeys(values)}
        return np.array([*map(codes.__getitem__, values)], np.int64)

    def _concatenated(self) -> tuple[Ints, Ints, dict[str, NDArray[Any]]]:
        if not self._batches:
            self._batches = [{name: np.zeros(0) for name in _NAMES}]
        columns = {name: np.concatenate([batch[name] for batch in self._batches]) for name in self._batches[0]}
        return columns["who"], columns["at_us"], columns


def _entries(groups: Ints, values: NDArray[np.float64]) -> Entries:
    known = np.isfinite(values)
    return Entries(groups[known], values[known], np.ones(int(known.sum()), np.int64))


def _joined(entries: Entries, groups: Ints, ratings: list[tuple[int, int, float, int]]) -> Entries:
    values, weights = np.array([r[2] for r in ratings]), np.array([r[3] for r in ratings], np.int64)
    return Entries(
        np.concatenate((entries.groups, groups)),
        np.concatenate((entries.values, values)),
        np.concatenate((entries.weights, weights)),
    )


def _both(one: Labels, other: Labels) -> Labels:
    groups, places, weights = (np.concatenate(pair) for pair in zip(one[:3], other[:3], strict=True))
    return Labels(groups, places, weights, other.names)


def _key(who: Who, window_us: int) -> Key:
    tenant, agent, version, variant = who
    return Key(tenant, window_us, agent, version, variant)
