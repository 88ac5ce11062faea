"""Headrace: continual learning for LLM agents on your own Kafka and DuckDB."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headrace.client import FeedbackCollector, FlushResult, ProductionInteractionLogger
    from headrace.events import Feedback, Label, ProductionInteraction, Retrieval
    from headrace.router import LiveRouter, Router
    from headrace.settings import Settings

__all__ = [
    "Feedback",
    "FeedbackCollector",
    "FlushResult",
    "Label",
    "LiveRouter",
    "ProductionInteraction",
    "ProductionInteractionLogger",
    "Retrieval",
    "Router",
    "Settings",
]

_HOMES = {
    "headrace.client": ("FeedbackCollector", "FlushResult", "ProductionInteractionLogger"),
    "headrace.events": ("Feedback", "Label", "ProductionInteraction", "Retrieval"),
    "headrace.router": ("LiveRouter", "Router"),
    "headrace.settings": ("Settings",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used: `import headrace` itself costs nothing."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
