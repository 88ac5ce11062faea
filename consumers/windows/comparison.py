"""A window against its reference, signal by signal, by the drift detector's functions on digests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consumers.digests.signals import CATEGORIES
from consumers.digests.summary import Summary, moments
from consumers.drift.frame import Signal, frame
from consumers.drift.numeric import Method
from consumers.drift.pooled import Weighted
from consumers.windows.reports import ALL_AGENTS, SignalReport
from consumers.windows.window import Window

AGENT = "agent"
MIN_INTERACTIONS = 50
"""On either side; fewer tell nothing that a person would act on."""


def compare(window: Window, reference: Window, agent: str, method: Method) -> list[SignalReport]:
    """Every signal that both have; none where either has too few interactions."""
    before, after = _summary(reference, agent), _summary(window, agent)
    if min(before.interactions, after.interactions) < MIN_INTERACTIONS:
        return []
    found = frame(_frame(reference, before, agent), _frame(window, after, agent), method)
    return [_report(signal, before, after) for signal in found]


def _summary(window: Window, agent: str) -> Summary:
    return window.whole() if agent == ALL_AGENTS else window.of_agent(agent)


def _frame(window: Window, summary: Summary, agent: str) -> dict[str, Any]:
    if agent == ALL_AGENTS:
        return {AGENT: {name: window.of_agent(name).interactions for name in window.agents}}
    numbers: Mapping[str, Any] = {name: Weighted(*numeric.weighted()) for name, numeric in summary.numeric.items()}
    return {**numbers, **{name: summary.categories[name] for name in CATEGORIES if name in summary.categories}}


def _report(signal: Signal, before: Summary, after: Summary) -> SignalReport:
    return SignalReport(
        name=signal.name,
        p_value=signal.comparison.p_value,
        adjusted_p_value=signal.adjusted_p_value,
        alarm=signal.alarm,
        distance=signal.comparison.statistic,
        before=_mean(signal.name, before),
        after=_mean(signal.name, after),
    )


def _mean(name: str, summary: Summary) -> float | None:
    if name not in summary.numeric:
        return None
    count, total, _ = moments(name, summary.numeric[name])
    return total / count if count else None
