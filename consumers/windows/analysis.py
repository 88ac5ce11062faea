"""A closed window into reports, clusters and alerts. Pure: the same window, reference and chain say the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from consumers.digests.examples import Example
from consumers.digests.signals import ANY_FAILURE, FAILURE, LATENCY
from consumers.digests.summary import Summary
from consumers.drift import monitor
from consumers.failures import clusters
from consumers.failures.latency import Quartiles, quartiles, slow_limit, slow_response
from consumers.failures.state import Cluster, ClusterState, Failing
from consumers.windows.comparison import compared, summary_of
from consumers.windows.fixes import resolved
from consumers.windows.reports import (
    ALL_AGENTS,
    Alert,
    AlertKind,
    ClusterReport,
    DriftReport,
    Severity,
    SignalReport,
    alert_id,
    runbook,
)
from consumers.windows.watching import Alarm, Watch, watch
from consumers.windows.window import Window
from headrace.settings import Settings

SLOW = "slow_response"
QUIET_WINDOWS = monitor.WINDOWS[-1]
"""After which a drift has ended: the longest that the monitor looks back."""
KINDS: dict[str, tuple[AlertKind, Severity]] = {
    "born": ("failure_born", "warning"),
    "growing": ("failure_growing", "warning"),
    "regressed": ("failure_regressed", "critical"),
}
"""Changes of a cluster that a person should look at."""


class Drifting(msgspec.Struct, array_like=True, frozen=True):
    """A drift that was said and goes on."""

    agent: str
    signal: str
    quiet: int = 0
    """Windows of the agent since one of them showed it."""


class Chain(msgspec.Struct, array_like=True, frozen=True):
    """What a tenant's window leaves for the next one."""

    clusters: ClusterState
    watch: Watch = Watch()
    drifting: tuple[Drifting, ...] = ()
    start_us: int = 0
    """Of the window that left this."""


class Outcome(NamedTuple):
    """All that a closed window says."""

    reports: list[DriftReport]
    clusters: list[ClusterReport]
    alerts: list[Alert]
    chain: Chain


def analyse(
    window: Window,
    reference: Window | None,
    chain: Chain,
    revision: int,
    settings: Settings,
    fixed: Collection[str] = (),
) -> Outcome:
    """The outcome of a window after the one that left `chain`; clusters called `fixed` since then are resolved."""
    limits = {agent: _slow_limit(window, reference, agent, settings) for agent in window.agents}
    reports = _reports(window, reference, limits, revision, settings)
    watched, alarms = _watch(chain.watch, window, settings)
    lasting = lasting_drifts(chain.drifting, window, _drifted(reports) | {alarm[:2] for alarm in alarms})
    updated = clusters.update(
        resolved(chain.clusters, fixed),
        clusters.Window(_moment(window.start_us), window.interactions),
        failing(window, limits),
        settings.continual_learning.failure_analysis.min_cluster_size,
    )
    changed = {change.cluster_id for change in updated.changes} | set(updated.cluster_of.values())
    known = {(drift.agent, drift.signal) for drift in lasting}
    begun = [alarm for alarm in alarms if alarm[:2] not in known]
    alerts = [*(_drift_alert(window, alarm, reports) for alarm in begun), *_cluster_alerts(window, updated)]
    said = [_cluster(window, one, revision) for one in updated.state.clusters if one.cluster_id in changed]
    drifting = (*lasting, *(Drifting(alarm.agent, alarm.signal) for alarm in begun))
    return Outcome(reports, said, alerts, Chain(updated.state, watched, drifting, window.start_us))


def lasting_drifts(
    before: Iterable[Drifting], window: Window, shown: Collection[tuple[str, str]]
) -> tuple[Drifting, ...]:
    """The drifts that go on after a window in which `shown` (agent, signal) were seen.

    A drift has ended when as many of its agent's windows were quiet as the monitor needs to see it again: a small
    agent's single windows show little, and quiet ones in between are no end.
    """
    after = (_after(drift, window, (drift.agent, drift.signal) in shown) for drift in before)
    return tuple(drift for drift in after if drift.quiet < QUIET_WINDOWS)


def _after(drift: Drifting, window: Window, is_shown: bool) -> Drifting:
    has_traffic = drift.agent == ALL_AGENTS or window.of_agent(drift.agent).interactions > 0
    return msgspec.structs.replace(drift, quiet=0 if is_shown else drift.quiet + has_traffic)


def _watch(before: Watch, window: Window, settings: Settings) -> tuple[Watch, list[Alarm]]:
    return watch(before, window, settings) if settings.continual_learning.drift_detection.enabled else (before, [])


def failing(window: Window, limits: dict[str, float | None]) -> list[Failing]:
    """The window's failing interactions that are kept, with those that were slow for their agent."""
    found = {example.id: example for example in window.failures}
    for agent, examples in window.slow.items():
        for example in examples:
            slow = slow_response(example.id, example.latency_ms or 0.0, limits[agent])
            if slow is not None:
                known = found.get(example.id, example)
                found[example.id] = msgspec.structs.replace(known, findings=(*known.findings, slow))
    return [_failing(found[interaction_id]) for interaction_id in sorted(found)]


def _reports(
    window: Window, reference: Window | None, limits: dict[str, float | None], revision: int, settings: Settings
) -> list[DriftReport]:
    detection = settings.continual_learning.drift_detection
    factors = reference.factors if reference else {}
    reports = []
    for agent in (ALL_AGENTS, *window.agents):
        summary = summary_of(window, agent)
        signals = (
            compared(window, reference, agent, detection.detection_method, factors)
            if reference and detection.enabled
            else []
        )
        flags = dict(summary.categories.get(FAILURE, {}))
        failures = flags.pop(ANY_FAILURE, 0)
        if agent != ALL_AGENTS and (slow := _slow_count(summary, limits[agent])):
            flags[SLOW] = slow
        reports.append(
            DriftReport(
                tenant=window.tenant,
                agent=agent,
                start_us=window.start_us,
                seconds=settings.windows.seconds,
                revision=revision,
                interactions=summary.interactions,
                failing=failures,
                flags=flags,
                reference=_name(reference) if signals and reference else "",
                signals=signals,
            )
        )
    return reports


def _slow_limit(window: Window, reference: Window | None, agent: str, settings: Settings) -> float | None:
    """By the agent's distribution in the reference; in the window itself where there is none."""
    rules = settings.continual_learning.failure_analysis
    for source in (reference, window):
        if source is not None and (limit := slow_limit(_quartiles(source.of_agent(agent)), rules)) is not None:
            return limit
    return None


def _quartiles(summary: Summary) -> Quartiles:
    numeric = summary.numeric.get(LATENCY.name)
    if numeric is None:
        return Quartiles(0.0, 0.0, 0.0, 0)
    values, counts = numeric.weighted()
    return quartiles(values.tolist(), counts.tolist())


def _slow_count(summary: Summary, limit: float | None) -> int:
    if limit is None or LATENCY.name not in summary.numeric:
        return 0
    values, counts = summary.numeric[LATENCY.name].weighted()
    return int(counts[values > limit].sum())


def _failing(example: Example) -> Failing:
    return Failing(
        example.id,
        _moment(example.at_us),
        example.agent,
        example.version,
        example.query,
        list(example.findings),
        example.vector,
    )


def _drifted(reports: Iterable[DriftReport]) -> set[tuple[str, str]]:
    return {(report.agent, signal.name) for report in reports for signal in report.signals if signal.alarm}


def _drift_alert(window: Window, alarm: Alarm, reports: Iterable[DriftReport]) -> Alert:
    """What the monitor says, with the window's numbers; a drift that goes on is not said again."""
    of_agent = [signal for report in reports if report.agent == alarm.agent for signal in report.signals]
    return Alert(
        alert_id=alert_id("drift", window.tenant, alarm.agent, alarm.signal, window.start_us),
        kind="drift",
        severity="warning",
        tenant=window.tenant,
        agent=alarm.agent,
        start_us=window.start_us,
        subject=alarm.signal,
        summary=_words(alarm, next((signal for signal in of_agent if signal.name == alarm.signal), None)),
        runbook=runbook("drift"),
    )


def _words(alarm: Alarm, signal: SignalReport | None) -> str:
    whose = "all traffic" if alarm.agent == ALL_AGENTS else alarm.agent
    if signal is None or signal.before is None or signal.after is None:
        return f"{alarm.signal} of {whose} drifted"
    versions = [culprit.name for culprit in signal.culprits if culprit.what == "agent_version"]
    return f"{alarm.signal} of {whose} drifted: {signal.before:.4g} to {signal.after:.4g}" + (
        f", in version {versions[0]}" if versions else ""
    )


def _cluster_alerts(window: Window, updated: clusters.Update) -> Iterator[Alert]:
    by_id = {cluster.cluster_id: cluster for cluster in updated.state.clusters}
    for change in updated.changes:
        if change.kind in KINDS and change.cluster_id in by_id:
            kind, severity = KINDS[change.kind]
            agents = by_id[change.cluster_id].agents
            yield Alert(
                alert_id=alert_id(kind, window.tenant, "", change.cluster_id, window.start_us),
                kind=kind,
                severity=severity,
                tenant=window.tenant,
                agent=max(sorted(agents), key=lambda agent: agents[agent]) if agents else ALL_AGENTS,
                start_us=window.start_us,
                subject=change.cluster_id,
                summary=f"failure cluster {change.cluster_id}: {change.kind}, {change.failures} in this window",
                runbook=runbook(kind),
            )


def _cluster(window: Window, cluster: Cluster, revision: int) -> ClusterReport:
    return ClusterReport(window.tenant, cluster.cluster_id, window.start_us, revision, cluster)


def _name(reference: Window) -> str:
    return f"from {_moment(reference.start_us):%Y-%m-%dT%H:%M:%SZ}"


def _moment(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us / 1_000_000, UTC)
