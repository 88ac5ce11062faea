"""The RAG index kept up to date: good and corrected answers in, bad and retracted ones out, measured before use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.lazy import attributes

if TYPE_CHECKING:
    from analytics.rag_index.changes import Changes, Exchange
    from analytics.rag_index.recall import Recall
    from analytics.rag_index.update import Update

__all__ = ["Changes", "Exchange", "Recall", "Update"]

__getattr__ = attributes(
    __name__,
    {
        "analytics.rag_index.changes": (
            "Changes",
            "Exchange",
        ),
        "analytics.rag_index.recall": ("Recall",),
        "analytics.rag_index.update": ("Update",),
    },
)
