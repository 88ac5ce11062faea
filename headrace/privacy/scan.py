"""The two back ends: where values may be, found by pure Python or behind RE2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from headrace.privacy.gate import Gate
from headrace.privacy.places import Place, finders
from headrace.privacy.rule import Rule
from headrace.privacy.view import VIEW_GATE, is_strange, needs_view

Engine = Literal["auto", "python", "accelerated"]


class Look(NamedTuple):
    """What one look at a text shows."""

    places: list[Place]
    """Where values may be, left to right."""
    disguised: bool
    """Whether it has to be looked at through a view too."""


NOTHING = Look([], False)


class Scan:
    """Asks every trigger."""

    chunk_characters = 16_384
    """How much text one look is best given: two dozen interactions spread the cost of a call and stay in the cache."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._finders = finders(rules)

    def __call__(self, text: str) -> Look:
        return Look(self._places(text, range(len(self._finders))), needs_view(text))

    def _places(self, text: str, fired: Iterable[int]) -> list[Place]:
        ascii_text = text.encode("ascii", "replace")
        places = [place for index in fired for place in self._finders[index][0](text, ascii_text)]
        places.sort()
        return places


class GatedScan(Scan):
    """Asks the triggers that RE2 lets through."""

    chunk_characters = 512
    """An event's short texts at once, longer ones alone: a gate is the sharper the less it is shown."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__(rules)
        self._gate = Gate([*(gate for _, gate in self._finders), VIEW_GATE])
        self._view = len(self._finders)

    def __call__(self, text: str) -> Look:
        fired = self._gate(text)
        if not fired:
            return Look([], True) if is_strange(text) else NOTHING
        disguised = is_strange(text)
        if self._view in fired:
            fired.remove(self._view)
            disguised = disguised or needs_view(text)
        return Look(self._places(text, fired) if fired else [], disguised)


def scan_with(rules: Sequence[Rule], engine: Engine) -> Scan:
    """Raises ImportError for "accelerated" without google-re2."""
    if engine == "python":
        return Scan(rules)
    try:
        return GatedScan(rules)
    except ImportError:
        if engine == "accelerated":
            raise
        return Scan(rules)
