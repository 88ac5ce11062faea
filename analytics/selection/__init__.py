"""Which interactions annotators are asked about: few of them, chosen so that a model learns most from each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics.selection.choice import select
    from analytics.selection.pool import Pool, Selection, Strategy
    from analytics.selection.selector import ActiveLearningSelector

__all__ = ["ActiveLearningSelector", "Pool", "Selection", "Strategy", "select"]

_HOME_OF = {
    "ActiveLearningSelector": "analytics.selection.selector",
    "Pool": "analytics.selection.pool",
    "Selection": "analytics.selection.pool",
    "Strategy": "analytics.selection.pool",
    "select": "analytics.selection.choice",
}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used: the command line need not wait for numpy."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
