"""Failures: rules that find them, and clusters of what they have in common that keep their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from consumers.failures.analyzer import FailurePatternAnalyzer

__all__ = ["FailurePatternAnalyzer"]


def __getattr__(name: str) -> Any:
    """Loads the analyzer when it is first used: the digester needs the rules alone."""
    if name != "FailurePatternAnalyzer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from consumers.failures.analyzer import FailurePatternAnalyzer

    return FailurePatternAnalyzer
