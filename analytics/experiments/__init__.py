"""A/B tests of a new model against the one in use: sticky assignment, planned looks, a recommendation in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.lazy import attributes

if TYPE_CHECKING:
    from analytics.experiments.framework import ABTestFramework, Report
    from analytics.experiments.reading import Plan
    from headrace.experiment import Assignment, Experiment

__all__ = ["ABTestFramework", "Assignment", "Experiment", "Plan", "Report"]

__getattr__ = attributes(
    __name__,
    {
        "analytics.experiments.framework": (
            "ABTestFramework",
            "Report",
        ),
        "analytics.experiments.reading": ("Plan",),
        "headrace.experiment": (
            "Assignment",
            "Experiment",
        ),
    },
)
