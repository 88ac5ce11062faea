"""The report's sections: rows of the store and values of the jobs in, HTML out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest

from analytics.page import Section, table
from analytics.registry import Manifest
from analytics.report import plots
from analytics.retraining.evaluation import ALL
from analytics.retraining.judging import Evaluation
from consumers.drift.report import DriftReport, SignalReport
from consumers.failures.report import ClusterReport
from headrace.decisions import Selection

Rows = Sequence[Mapping[str, Any]]
MOST_CLUSTERS = 12
MOST_SELECTED = 10
MOST_LINES = 6
MOST_CHARACTERS = 30
"""Of a cluster's title beside its line."""


def traffic(agent_days: Rows) -> Section:
    """How much, how well and how fast, by day and agent: rows of the view `agent_days`."""
    agents = sorted({row["agent_selected"] for row in agent_days})
    days = sorted({row["day"] for row in agent_days})
    total = sum(row["interactions"] for row in agent_days)
    if not total:
        return Section("Traffic", "No interaction is stored yet.")
    parts = [
        plots.courses(days, {agent: _course(agent_days, days, agent, name) for agent in agents}, label)
        for name, label in (("interactions", "interactions"), ("mean_rating", "mean rating"))
    ]
    rows = [
        (agent, sum(r["interactions"] for r in own), sum(r["errors"] for r in own), _mean_rating(own))
        for agent in agents
        for own in [[row for row in agent_days if row["agent_selected"] == agent]]
    ]
    head = ("agent", "interactions", "errors", "mean rating")
    return Section("Traffic", f"{total:,} interactions on {len(days)} days.", [table(head, rows), *parts])


def personal(replaced: Rows, rejected: Rows) -> Section:
    """What was replaced and what was refused: counts of placeholders by `kind`, and of `rejected` by reason."""
    kinds = {row["kind"]: row["n"] for row in replaced}
    words = f"{sum(kinds.values()):,} values were replaced before anything was stored."
    parts = [plots.bars(kinds, "values replaced")] if kinds else []
    if rejected:
        parts.append(table(("rejected for", "at", "records"), [(r["reason"], r["path"], r["n"]) for r in rejected]))
    return Section("Personal data", words, parts)


def drift(windows: Sequence[tuple[str, DriftReport]]) -> Section:
    """What no longer looks as it used to: one row for each signal that alarmed, its clearest window told."""
    alarms = [(label, signal) for label, report in windows for signal in report.signals if signal.alarm]
    of_signal: dict[str, list[tuple[str, SignalReport]]] = {}
    for label, signal in sorted(alarms, key=lambda alarm: alarm[1].adjusted_p_value):
        of_signal.setdefault(signal.name, []).append((label, signal))
    rows = [_alarmed(name, found, len(windows)) for name, found in of_signal.items()]
    words = f"{len(alarms)} alarms in {len(windows)} windows; at most one window in twenty alarms without any drift."
    head = ("signal", "alarms", "clearest on", "adjusted p", "cause", "who and what moved")
    return Section("Drift", words, [plots.evidence(windows), table(head, rows)] if rows else [])


def failures(clusters: Sequence[ClusterReport]) -> Section:
    """What fails, grouped by what it has in common."""
    gravest = sorted(clusters, key=lambda cluster: -cluster.severity)[:MOST_CLUSTERS]
    if not gravest:
        return Section("Failures", "0 clusters.")
    rows = [(c.title, c.status, c.size, c.severity, ", ".join(c.agents), " ".join(c.suggestions)) for c in gravest]
    head = ("failure", "status", "interactions", "severity", "agents", "what to do")
    grown = {f"{_name(c)} ({c.size})": {w.start: w.failures for w in c.windows} for c in gravest[:MOST_LINES]}
    starts = sorted({start for course in grown.values() for start in course})
    lines = {name: [course.get(start, 0) for start in starts] for name, course in grown.items()}
    growth = plots.courses(starts, lines, "failures in a window")
    return Section("Failures", f"{len(clusters)} clusters, the gravest first.", [growth, table(head, rows)])


def selection(cycles: Sequence[Selection], labelled: int = 0, answered_by_the_right_one: int = 0) -> Section:
    """What annotators were asked about, and why; and what those tell that were drawn evenly and labelled."""
    if not cycles:
        return Section("Selection", "Nothing was selected for labelling yet: `headrace select`.")
    kinds = Counter(selected.kind for cycle in cycles for selected in cycle.selected)
    latest = [(selected.interaction_id, selected.reason) for selected in cycles[-1].selected[:MOST_SELECTED]]
    words = f"{kinds.total():,} interactions in {len(cycles)} cycles; of the latest the first {len(latest)}:"
    if labelled:
        words = f"{drawn_evenly(labelled, answered_by_the_right_one)} {words}"
    return Section("Selection", words, [table(("interaction", "why"), latest), plots.bars(kinds, "selected for")])


def drawn_evenly(labelled: int, right: int) -> str:
    """What the random slice says of all traffic, with its 95 % interval (Wilson).

    >>> drawn_evenly(40, 30)
    'The right agent answered 75% of all traffic (60% to 86%), by the labels of 40 interactions drawn evenly.'
    """
    interval = binomtest(right, labelled).proportion_ci(method="wilson")
    return (
        f"The right agent answered {right / labelled:.0%} of all traffic ({interval.low:.0%} to {interval.high:.0%}), "
        f"by the labels of {labelled} interactions drawn evenly."
    )


def training(versions: Sequence[tuple[Manifest, Evaluation]]) -> Section:
    """How good each version was on later sessions, and what it still knew of each slice."""
    if not versions:
        return Section("Training", "No router was trained yet: `headrace retrain`.")
    names = [manifest.version for manifest, _ in versions]
    scores = [evaluation.after[ALL] for _, evaluation in versions]
    curve = plots.curve(names, [s.value for s in scores], [s.lower for s in scores], [s.upper for s in scores])
    slices = sorted({name for _, evaluation in versions for name in evaluation.after})
    values = np.array([[_value(evaluation, name) for _, evaluation in versions] for name in slices])
    rows = [
        (m.version, "accepted" if m.accepted else "refused", m.lineage.events, "; ".join(m.reasons))
        for m, _ in versions
    ]
    return Section(
        "Training",
        f"{len(versions)} versions; the matrix shows what each still knew of every slice.",
        [table(("version", "gate", "interactions", "why"), rows), curve, plots.matrix(slices, names, values)],
    )


def experiment(action: str, reason: str) -> Section:
    """How the running A/B test stands, in words."""
    return Section("Experiment", f"{action}: {reason}")


def _alarmed(name: str, found: Sequence[tuple[str, SignalReport]], windows: int) -> tuple[object, ...]:
    """A row for the alarms of one signal, the clearest first."""
    label, signal = found[0]
    culprits = ", ".join(culprit.name for culprit in signal.culprits)
    return (name, f"{len(found)} of {windows}", label, f"{signal.adjusted_p_value:.1g}", signal.cause, culprits)


def _name(cluster: ClusterReport) -> str:
    return (cluster.title or cluster.cluster_id)[:MOST_CHARACTERS]


def _course(rows: Rows, days: Sequence[Any], agent: str, name: str) -> list[float]:
    values = {row["day"]: row[name] for row in rows if row["agent_selected"] == agent}
    return [float(values[day]) if values.get(day) is not None else float("nan") for day in days]


def _mean_rating(rows: Iterable[Mapping[str, Any]]) -> float | None:
    rated = [(row["mean_rating"], row["rated"]) for row in rows if row["rated"]]
    return sum(mean * count for mean, count in rated) / sum(count for _, count in rated) if rated else None


def _value(evaluation: Evaluation, name: str) -> float:
    return evaluation.after[name].value if name in evaluation.after else float("nan")
