"""Drift: has traffic or quality changed? Pure functions of samples, with a stated share of false alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.lazy import attributes

if TYPE_CHECKING:
    from consumers.drift.detector import DriftDetector
    from consumers.drift.monitor import Monitor
    from consumers.drift.report import DriftReport, SignalReport

__all__ = ["DriftDetector", "DriftReport", "Monitor", "SignalReport"]

__getattr__ = attributes(
    __name__,
    {
        "consumers.drift.detector": ("DriftDetector",),
        "consumers.drift.monitor": ("Monitor",),
        "consumers.drift.report": (
            "DriftReport",
            "SignalReport",
        ),
    },
)
