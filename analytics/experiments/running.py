"""The experiment that runs now, as the settings planned it."""

from __future__ import annotations

from analytics.experiments.framework import ABTestFramework, Report
from analytics.experiments.metrics import METRICS
from analytics.experiments.reading import Plan
from analytics.live import LiveStore
from analytics.registry import registry_of
from headrace.errors import ConfigError
from headrace.settings import Settings


def report(settings: Settings, store: LiveStore, metric: str = "rating") -> Report | None:
    """How it stands; None where none is running. Raises ConfigError for an unknown metric."""
    if metric not in METRICS:
        raise ConfigError(f"there is no metric {metric!r}; there are: {', '.join(METRICS)}")
    running = registry_of(settings).current().experiment
    if running is None:
        return None
    plan = Plan(looks=settings.continual_learning.retraining.planned_days, metric=metric)
    return ABTestFramework(running.experiment, plan).report(store.table)
