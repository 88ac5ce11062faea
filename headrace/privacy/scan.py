"""The two back ends: where values may be, found by pure Python or by the native scanner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from headrace.privacy.native import Unfit, compiled
from headrace.privacy.places import Place, TooManyPlaces, finders
from headrace.privacy.rule import Rule
from headrace.privacy.view import needs_view

if TYPE_CHECKING:
    from headrace.privacy._scan import Scanner

Engine = Literal["auto", "python", "accelerated"]


class Look(NamedTuple):
    """What one look at a text shows."""

    places: list[Place]
    """Where values may be, left to right; none of a disguised text, which is looked at through a view."""
    disguised: bool
    """Whether it has to be looked at through a view too: the rules may find something there."""


DISGUISED = Look([], True)


class Scan:
    """Asks every trigger. Raises TooManyPlaces."""

    chunk_characters = 16_384
    """How much text one look is best given: two dozen interactions spread the cost of a call and stay in the cache."""
    reads_words = False
    """Whether rules whose words are not near are left out already."""
    scanner: Scanner | None = None
    """What a fast lane looks through events with."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._finders = finders(rules)

    def __call__(self, text: str) -> Look:
        return DISGUISED if needs_view(text) else Look(self.places(text), False)

    def places(self, text: str) -> list[Place]:
        """Where values may be, left to right."""
        ascii_text = text.encode("ascii", "replace")
        places = [place for find in self._finders for place in find(text, ascii_text)]
        places.sort()
        return places


class NativeScan(Scan):
    """Finds the places of all triggers in one walk, without those rules whose words are not near."""

    chunk_characters = 512
    """An event's short texts at once, longer ones alone: a call costs little, and a disguise only its own text."""
    reads_words = True

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Raises ImportError where the extension was not built, Unfit for rules that its tables cannot hold."""
        from headrace.privacy._scan import Scanner

        self.scanner = Scanner(*compiled(rules))
        self._scan = self.scanner.scan

    def __call__(self, text: str) -> Look:
        places, may_disguise = self._scan(text)
        if may_disguise and needs_view(text):
            return DISGUISED
        if places is None:
            raise TooManyPlaces
        return Look(places, False)

    def places(self, text: str) -> list[Place]:
        places: list[Place] | None = self._scan(text)[0]
        if places is None:
            raise TooManyPlaces
        return places


def scan_with(rules: Sequence[Rule], engine: Engine) -> Scan:
    """For "accelerated": raises ImportError where the extension was not built, Unfit for rules that it cannot hold."""
    if engine == "python":
        return Scan(rules)
    try:
        return NativeScan(rules)
    except (ImportError, Unfit):
        if engine == "accelerated":
            raise
        return Scan(rules)
