"""Headrace: continual learning for LLM agents on your own Kafka and DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.lazy import attributes

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

__getattr__ = attributes(
    __name__,
    {
        "headrace.client": (
            "FeedbackCollector",
            "FlushResult",
            "ProductionInteractionLogger",
        ),
        "headrace.events": (
            "Feedback",
            "Label",
            "ProductionInteraction",
            "Retrieval",
        ),
        "headrace.router": (
            "LiveRouter",
            "Router",
        ),
        "headrace.settings": ("Settings",),
    },
)
