"""A promoted candidate against the router it would replace: who sees which, and which one is better.

Guarantee: equal variants are called different with a probability of at most `alpha` over all days together,
however often the report is read; provided that units were assigned by `Experiment.assign`.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from analytics.asking import Ask
from analytics.experiments import reading, unit_days
from analytics.experiments.reading import Plan, Reading
from analytics.experiments.recommendation import Action, recommend
from headrace.experiment import Assignment, Experiment


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment as it stands, with what to do about it."""

    experiment: Experiment
    reading: Reading
    action: Action
    reason: str


class ABTestFramework:
    """One experiment: assigns units, and compares the variants from the store.

    >>> framework = ABTestFramework(Experiment(name="router-7", control="6", candidate="7", share=0.5))
    >>> framework.assign("user-1").variant
    '7'
    """

    def __init__(self, experiment: Experiment, plan: Plan | None = None) -> None:
        self.experiment = experiment
        self.plan = plan or Plan()

    def assign(self, unit_id: str) -> Assignment:
        """What a unit sees; goes onto its interactions."""
        return self.experiment.assign(unit_id)

    def report(self, ask: Ask, now: datetime | None = None) -> Report:
        """The comparison after the last whole day (UTC), with a recommendation in words."""
        rows = unit_days.read(ask(unit_days.query(self.experiment)), self.experiment.since.astimezone(UTC).date())
        days = ((now or datetime.now(UTC)).astimezone(UTC).date() - self.experiment.since.astimezone(UTC).date()).days
        stands = reading.read(rows, self.plan, self.experiment.share, max(days, 0))
        return Report(experiment=self.experiment, reading=stands, **recommend(stands)._asdict())
