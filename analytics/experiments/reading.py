"""An experiment as it stands after the last whole day: read it as often as you like, it changes once a day."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from analytics.experiments.boundaries import FURTHEST, boundaries
from analytics.experiments.metrics import METRICS, Metric
from analytics.experiments.ratio import Difference, Estimate, difference, estimate
from analytics.experiments.srm import Mismatch, sample_ratio
from analytics.experiments.unit_days import UnitDays


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided before the first look, and holds to the end."""

    looks: int = 14
    """Days that the experiment runs; the end of each is a look."""
    alpha: float = 0.05
    """Chance that equal variants are called different at any of the looks."""
    metric: str = "rating"
    """What decides; the others are shown."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of both variants; the interval holds at all looks together, not at this one alone."""

    metric: str
    control: float
    candidate: float
    difference: float
    lower: float
    upper: float
    units_control: int
    units_candidate: int


class Look(msgspec.Struct, frozen=True):
    """The deciding metric at the end of one day."""

    day: int
    z: float
    boundary: float

    @property
    def is_decided(self) -> bool:
        return abs(self.z) >= self.boundary


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """All that the data say so far."""

    plan: Plan
    looks: list[Look]
    decided: int | None
    """Day of the first look that crossed its boundary."""
    mismatch: Mismatch
    comparisons: list[Comparison]
    """The deciding metric first, as of the deciding look, or the last."""

    @property
    def is_over(self) -> bool:
        return self.decided is not None or len(self.looks) >= self.plan.looks


def read(rows: UnitDays, plan: Plan, share: float, days: int) -> Reading:
    """The experiment after `days` whole days (0 or more), of which the plan's looks count."""
    days = min(days, plan.looks)
    looks = _looks(rows, METRICS[plan.metric], plan, days)
    decided = next((look.day for look in looks if look.is_decided), None)
    upto = rows.until(decided or days)
    control, candidate = upto.arms()
    return Reading(
        plan=plan,
        looks=looks,
        decided=decided,
        mismatch=sample_ratio(control.units, candidate.units, share),
        comparisons=_comparisons(upto, plan, looks[(decided or days) - 1].boundary if looks else FURTHEST),
    )


def compare(rows: UnitDays, metric: str) -> tuple[Estimate, Estimate, Difference]:
    """Control, candidate, and what the candidate has more, of one metric over all rows."""
    control, candidate = (estimate(*arm.totals(metric)) for arm in rows.arms())
    return control, candidate, difference(control, candidate)


def _looks(rows: UnitDays, metric: Metric, plan: Plan, days: int) -> list[Look]:
    found = [compare(rows.until(day), metric.name)[2] for day in range(1, days + 1)]
    times = [day / plan.looks for day in range(1, days + 1)]
    limits = boundaries(times, _growing([one.information for one in found]), plan.alpha)
    return [Look(day, one.z, limit) for day, (one, limit) in enumerate(zip(found, limits, strict=True), start=1)]


def _growing(information: Sequence[float]) -> list[float]:
    """Information as the recursion needs it: a day that made the comparison less sure adds none."""
    most, grown = 0.0, []
    for amount in information:
        most = max(most, amount)
        grown.append(most)
    return grown


def _comparisons(rows: UnitDays, plan: Plan, boundary: float) -> list[Comparison]:
    names = [plan.metric, *(name for name in METRICS if name != plan.metric)]
    return [_comparison(rows, name, boundary) for name in names]


def _comparison(rows: UnitDays, metric: str, boundary: float) -> Comparison:
    control, candidate, apart = compare(rows, metric)
    margin = boundary * apart.standard_error
    return Comparison(
        metric=metric,
        control=control.value,
        candidate=candidate.value,
        difference=apart.value,
        lower=apart.value - margin,
        upper=apart.value + margin,
        units_control=control.units,
        units_candidate=candidate.units,
    )
