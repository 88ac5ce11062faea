"""Failures: rules that find them, and clusters of what they have in common that keep their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.lazy import attributes

if TYPE_CHECKING:
    from consumers.failures.analyzer import FailurePatternAnalyzer, FailureReport

__all__ = ["FailurePatternAnalyzer", "FailureReport"]

__getattr__ = attributes(
    __name__,
    {
        "consumers.failures.analyzer": (
            "FailurePatternAnalyzer",
            "FailureReport",
        ),
    },
)
