"""The router in production, in an agent that keeps running while it is promoted, tried out and rolled back.

router = headrace.LiveRouter()
routed = router.route("Where is my invoice?", unit_id=user_id)
…
logger.log(user_query=…, response=…, **routed.fields)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from headrace.experiment import Assignment
from headrace.router.decision import Decision
from headrace.router.router import Router
from headrace.settings import Settings, load
from headrace.states import LiveModel

MODEL_FILE = "router.json"


class Routed(NamedTuple):
    """A decision, the version that made it, and the experiment that it is part of."""

    decision: Decision
    version: str
    assignment: Assignment | None

    @property
    def fields(self) -> dict[str, Any]:
        """What the interaction should say of it: keyword arguments for `log`."""
        experiment = self.assignment._asdict() if self.assignment is not None else {}
        return {
            "agent_selected": self.decision.agent,
            "routing_confidence": self.decision.confidence,
            **experiment,
        }


class LiveRouter:
    """Follows `headrace.states` in a thread of its own; `route` never waits for it."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._live: LiveModel[Router] = LiveModel(settings or load(), _load)

    @property
    def error(self) -> str | None:
        """Why the version announced last is not in use; None where it is."""
        return self._live.error

    @property
    def router(self) -> Router | None:
        """The router in production; None as long as none was announced."""
        chosen = self._live.in_production()
        return None if chosen is None else chosen.model

    def route(self, text: str, unit_id: str) -> Routed | None:
        """The agent for a query of this user or session; None as long as no router was announced."""
        chosen = self._live.choose(unit_id)
        if chosen is None:
            return None
        return Routed(chosen.model.decide(text), chosen.version, chosen.assignment)

    def close(self) -> None:
        """Ends the thread."""
        self._live.close()


def _load(folder: Path) -> Router:
    return Router.load(folder / MODEL_FILE)
