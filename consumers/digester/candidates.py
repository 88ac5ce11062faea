"""Which of a chunk's interactions travel as examples: the first few of each group in some order, with their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import inf
from operator import itemgetter

from consumers.digests.examples import Example

Group = tuple[str, str, int]
"""Tenant, agent (empty for all of them) and number of the window."""

_PLACE = itemgetter(0)


class First:
    """The first `limit` examples of each group.

    `bounds` come from the chunks published before: what lies beyond them cannot be among the first of all
    chunks, and need not be embedded.
    """

    def __init__(
        self, limit: int, order: Callable[[Example], tuple[float, str]], bounds: Mapping[Group, float]
    ) -> None:
        self._limit, self._order = limit, order
        self._bounds = dict(bounds)
        self._kept: dict[Group, dict[str, tuple[tuple[float, str], Example]]] = {}
        self._changed: set[Group] = set()

    def bound(self, group: Group) -> float:
        """What comes after this is not among the first; what equals it may be."""
        return self._bounds.get(group, inf)

    def put(self, group: Group, example: Example) -> None:
        """Takes an example, or what is known of it by now."""
        place = self._order(example)
        if place[0] > self.bound(group):
            return
        kept = self._kept.setdefault(group, {})
        kept[example.id] = place, example
        self._changed.add(group)
        if len(kept) >= 2 * self._limit:
            self._trim(group)

    def examples(self) -> Iterator[tuple[Group, Example]]:
        """All that are kept."""
        yield from ((group, example) for group in self._kept for example in self.of(group))

    def take_changed(self) -> list[Group]:
        """The groups of which anything changed since the last call."""
        changed, self._changed = self._changed, set()
        return list(changed)

    def of(self, group: Group) -> list[Example]:
        """Those that are kept of one group."""
        self._trim(group)
        return [example for _, example in self._kept[group].values()]

    def replace(self, group: Group, example: Example) -> None:
        """Puts an example in the place of the one with its id."""
        self._kept[group][example.id] = self._order(example), example

    def _trim(self, group: Group) -> None:
        kept = self._kept[group]
        if len(kept) < self._limit:
            return
        ordered = sorted(kept.values(), key=_PLACE)[: self._limit]
        self._kept[group] = {one[1].id: one for one in ordered}
        self._bounds[group] = min(self.bound(group), ordered[-1][0][0])


class Bounds:
    """Where the first `limit` of all complete chunks end, by group."""

    def __init__(self, limit: int, order: Callable[[Example], tuple[float, str]]) -> None:
        self._limit, self._order = limit, order
        self._places: dict[Group, list[float]] = {}

    def chunk(self) -> First:
        """For the next chunk."""
        full = {group: places[-1] for group, places in self._places.items() if len(places) == self._limit}
        return First(self._limit, self._order, full)

    def note(self, chunk: First) -> None:
        """A chunk is complete, and goes out before anything of the next one."""
        for group, example in chunk.examples():
            self._places.setdefault(group, []).append(self._order(example)[0])
        self._places = {group: sorted(places)[: self._limit] for group, places in self._places.items()}
        for group in sorted(self._places, key=lambda group: group[-1])[:-MAX_GROUPS]:
            del self._places[group]


MAX_GROUPS = 500
"""Groups whose bounds are remembered, those of the latest windows; forgetting one costs embeddings, nothing else."""
