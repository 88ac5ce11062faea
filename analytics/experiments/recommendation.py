"""What to do about an experiment, in words."""

from __future__ import annotations

from math import isfinite
from typing import Literal, NamedTuple

from analytics.experiments.metrics import METRICS
from analytics.experiments.reading import Comparison, Reading

Action = Literal["promote", "keep", "wait", "investigate"]


class Recommendation(NamedTuple):
    """What to do, and why."""

    action: Action
    reason: str


def recommend(reading: Reading) -> Recommendation:
    """`promote` the candidate, `keep` the control, `wait` for more days, or `investigate` the split."""
    best = reading.comparisons[0]
    if reading.mismatch.is_mismatch:
        return Recommendation(
            "investigate",
            f"{best.units_control:,} units saw the control and {best.units_candidate:,} the candidate, which the "
            f"planned split makes nearly impossible (p = {reading.mismatch.p_value:.1g}): exposures are lost or "
            "counted twice on one side, and nothing can be concluded before that is mended.",
        )
    if reading.decided is not None:
        return _decided(reading, best)
    if not reading.is_over:
        left = reading.plan.looks - len(reading.looks)
        return Recommendation("wait", f"{_said(best)} Not decided yet; {left} of {reading.plan.looks} days to go.")
    return Recommendation(
        "keep", f"{_said(best)} No difference was shown in {reading.plan.looks} days: keep the control."
    )


def _decided(reading: Reading, best: Comparison) -> Recommendation:
    is_better = METRICS[best.metric].gain(best.difference) > 0
    action: Action = "promote" if is_better else "keep"
    verdict = "The candidate is better" if is_better else "The candidate is worse"
    return Recommendation(action, f"{verdict}: {_said(best)} Decided on day {reading.decided} of {reading.plan.looks}.")


def _said(comparison: Comparison) -> str:
    metric = METRICS[comparison.metric]
    if not isfinite(comparison.lower):
        return f"Too few units have a {metric.words} so far."
    unit = f" {metric.unit}" if metric.unit else ""
    return (
        f"{metric.words} {comparison.candidate:.3g} against {comparison.control:.3g}{unit} "
        f"(difference {comparison.difference:+.3g}, {comparison.lower:+.3g} to {comparison.upper:+.3g} "
        f"from {comparison.units_candidate:,} and {comparison.units_control:,} units)."
    )
