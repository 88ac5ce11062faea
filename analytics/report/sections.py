"""The report's sections: rows of the store and values of the jobs in, HTML out. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from analytics.page import Section, table
from analytics.registry import Manifest
from analytics.report import plots
from analytics.retraining.evaluation import ALL
from analytics.retraining.judging import Evaluation
from consumers.drift.report import DriftReport
from consumers.failures.report import ClusterReport
from headrace.decisions import Selection

Rows = Sequence[Mapping[str, Any]]
MOST_CLUSTERS = 12
MOST_SELECTED = 10


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


def personal(findings: Rows, rejected: Rows) -> Section:
    """What was replaced and what was refused: counts of `findings` and of `rejected` by reason."""
    kinds: Counter[str] = Counter()
    for row in findings:
        kinds.update({kind: count * row["n"] for kind, count in json.loads(row["findings"]).items()})
    words = f"{kinds.total():,} values were replaced before anything was stored."
    parts = [plots.bars(kinds, "values replaced")] if kinds else []
    if rejected:
        parts.append(table(("rejected for", "at", "records"), [(r["reason"], r["path"], r["n"]) for r in rejected]))
    return Section("Personal data", words, parts)


def drift(windows: Sequence[tuple[str, DriftReport]]) -> Section:
    """What no longer looks as it used to."""
    rows = [
        (label, signal.name, signal.p_value, signal.cause, ", ".join(culprit.name for culprit in signal.culprits))
        for label, report in windows
        for signal in report.signals
        if signal.alarm
    ]
    words = f"{len(rows)} alarms in {len(windows)} windows; at most one window in twenty alarms without any drift."
    head = ("window", "signal", "p", "cause", "who and what moved")
    return Section("Drift", words, [table(head, rows)] if rows else [])


def failures(clusters: Sequence[ClusterReport]) -> Section:
    """What fails, grouped by what it has in common."""
    gravest = sorted(clusters, key=lambda cluster: -cluster.severity)[:MOST_CLUSTERS]
    rows = [(c.title, c.status, c.size, c.severity, ", ".join(c.agents), " ".join(c.suggestions)) for c in gravest]
    head = ("failure", "status", "interactions", "severity", "agents", "what to do")
    return Section("Failures", f"{len(clusters)} clusters.", [table(head, rows)] if rows else [])


def selection(cycles: Sequence[Selection]) -> Section:
    """What annotators were asked about, and why."""
    if not cycles:
        return Section("Selection", "Nothing was selected for labelling yet: `headrace select`.")
    kinds = Counter(selected.kind for cycle in cycles for selected in cycle.selected)
    latest = [(selected.interaction_id, selected.reason) for selected in cycles[-1].selected[:MOST_SELECTED]]
    words = f"{kinds.total():,} interactions in {len(cycles)} cycles; of the latest the first {len(latest)}:"
    return Section("Selection", words, [table(("interaction", "why"), latest), plots.bars(kinds, "selected for")])


def training(versions: Sequence[tuple[Manifest, Evaluation]]) -> Section:
    """How good each version was on later sessions, and what it still knew of each slice."""
    if not versions:
        return Section("Training", "No router was trained yet: `headrace retrain`.")
    names = [manifest.version for manifest, _ in versions]
    scores = [evaluation.after[ALL] for _, evaluation in versions]
    curve = plots.curve(names, [s.value for s in scores], [s.lower for s in scores], [s.upper for s in scores])
    slices = sorted({name for _, evaluation in versions for name in evaluation.after})
    values = np.array([[_value(evaluation, name) for name in slices] for _, evaluation in versions])
    rows = [
        (m.version, "accepted" if m.accepted else "refused", m.lineage.events, "; ".join(m.reasons))
        for m, _ in versions
    ]
    return Section(
        "Training",
        f"{len(versions)} versions; the matrix shows what each still knew of every slice.",
        [table(("version", "gate", "interactions", "why"), rows), curve, plots.matrix(names, slices, values)],
    )


def experiment(action: str, reason: str) -> Section:
    """How the running A/B test stands, in words."""
    return Section("Experiment", f"{action}: {reason}")


def _course(rows: Rows, days: Sequence[Any], agent: str, name: str) -> list[float]:
    values = {row["day"]: row[name] for row in rows if row["agent_selected"] == agent}
    return [float(values[day]) if values.get(day) is not None else float("nan") for day in days]


def _mean_rating(rows: Iterable[Mapping[str, Any]]) -> float | None:
    rated = [(row["mean_rating"], row["rated"]) for row in rows if row["rated"]]
    return sum(mean * count for mean, count in rated) / sum(count for _, count in rated) if rated else None


def _value(evaluation: Evaluation, name: str) -> float:
    return evaluation.after[name].value if name in evaluation.after else float("nan")
