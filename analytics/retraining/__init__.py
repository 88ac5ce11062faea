"""Monday's failures are Friday's better router: trained, judged and registered, or refused with a reason."""

from analytics.retraining.pipeline import IncrementalRetrainingPipeline, Outcome

__all__ = ["IncrementalRetrainingPipeline", "Outcome"]
