"""Monday's failures are Friday's better router: trained, judged and registered, or refused with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.lazy import attributes

if TYPE_CHECKING:
    from analytics.retraining.pipeline import IncrementalRetrainingPipeline, Outcome

__all__ = ["IncrementalRetrainingPipeline", "Outcome"]

__getattr__ = attributes(
    __name__,
    {
        "analytics.retraining.pipeline": (
            "IncrementalRetrainingPipeline",
            "Outcome",
        ),
    },
)
