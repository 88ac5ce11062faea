"""What was decided elsewhere, as the windows hear of it: failures that are fixed, and people who are erased."""

from __future__ import annotations

from headrace.decisions import Decision, Erasure, Resolution
from headrace.decisions.log import reader
from headrace.settings import Settings


class Decided:
    """All decisions until now that concern windows; commits nothing."""

    def __init__(self, settings: Settings) -> None:
        """Raises BrokerUnavailable."""
        self.fixes: list[Resolution] = []
        self.erased: frozenset[str] = frozenset()
        """Interactions of erased people."""
        self._reader = reader(settings.kafka)
        for entry in self._reader.read_to_end():
            self._take(entry.value)

    def look(self) -> None:
        """Takes those that have come since; does not wait."""
        while (entry := self._reader.poll()) is not None:
            self._take(entry.value)

    def _take(self, decision: Decision | None) -> None:
        if isinstance(decision, Resolution):
            self.fixes.append(decision)
        elif isinstance(decision, Erasure):
            self.erased |= frozenset(decision.interactions)
