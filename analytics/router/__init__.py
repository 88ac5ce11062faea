"""The meta-controller's training: which agent should answer which query."""

from analytics.router.trainer import RouterTrainer

__all__ = ["RouterTrainer"]
