"""The two back ends: where values may be, found by pure Python or behind RE2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from headrace.privacy.gate import Gate
from headrace.privacy.places import Place, finders
from headrace.privacy.rule import Rule

Engine = Literal["auto", "python", "accelerated"]


class Scan:
    """Asks every trigger."""

    chunk_characters = 0
    """How much text one call best looks at; 0 leaves it to the caller."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._finders = finders(rules)

    def places(self, text: str) -> list[Place]:
        """Where values may be, left to right."""
        ascii_text = text.encode("ascii", "replace")
        places = [place for finder, _ in self._finders for place in finder(text, ascii_text)]
        places.sort()
        return places


class GatedScan(Scan):
    """Asks the triggers that RE2 lets through."""

    chunk_characters = 1

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__(rules)
        self._gate = Gate([gate for _, gate in self._finders])

    def places(self, text: str) -> list[Place]:
        if not (fired := self._gate(text)):
            return []
        ascii_text = text.encode("ascii", "replace")
        places = [place for index in fired for place in self._finders[index][0](text, ascii_text)]
        places.sort()
        return places


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
