"""Which interactions annotators are asked about: few of them, chosen so that a model learns most from each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.lazy import attributes

if TYPE_CHECKING:
    from analytics.selection.choice import select
    from analytics.selection.pool import Pool, Selection, Strategy
    from analytics.selection.selector import ActiveLearningSelector

__all__ = ["ActiveLearningSelector", "Pool", "Selection", "Strategy", "select"]

__getattr__ = attributes(
    __name__,
    {
        "analytics.selection.choice": ("select",),
        "analytics.selection.pool": (
            "Pool",
            "Selection",
            "Strategy",
        ),
        "analytics.selection.selector": ("ActiveLearningSelector",),
    },
)
