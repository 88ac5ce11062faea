"""The experiment that runs now, as the settings planned it."""

from __future__ import annotations

from analytics.experiments.framework import ABTestFramework, Report
from analytics.experiments.reading import Plan
from analytics.live import LiveStore
from analytics.registry import registry_of
from headrace.settings import Settings


def report(settings: Settings, store: LiveStore) -> Report | None:
    """How it stands; None where none is running."""
    running = registry_of(settings).current().experiment
    if running is None:
        return None
    retraining = settings.continual_learning.retraining
    plan = Plan(looks=retraining.planned_days, metric=retraining.deciding_metric)
    return ABTestFramework(running.experiment, plan).report(store.table)
