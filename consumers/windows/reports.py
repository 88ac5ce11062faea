"""What windows says when a window closes: the records of `headrace.reports`, frozen formats.

A report may be issued again: the copy with the greatest revision stands. An alert is said once for as long as what
it is about lasts.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from consumers.drift.report import Culprit
from consumers.failures.state import Cluster

AlertKind = Literal["drift", "failure_born", "failure_growing", "failure_regressed"]
Severity = Literal["info", "warning", "critical"]
RUNBOOK = "docs/runbook.md"
ALL_AGENTS = "*"
"""Stands for the agent where a report is about a tenant's whole traffic."""


class SignalReport(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One signal of a window against the reference."""

    name: str
    p_value: float
    adjusted_p_value: float
    """Least false discovery rate, over all signals of the report, at which it alarms."""
    alarm: bool = False
    distance: float = 0.0
    """The classic number of the chosen method."""
    before: float | None = None
    """Mean of the reference, in the signal's unit."""
    after: float | None = None
    culprits: list[Culprit] = []
    """Who or what moved, the surest first; only where there is an alarm."""
    examples: list[str] = []
    """Ids of interactions that show it."""


class DriftReport(
    msgspec.Struct, tag_field="type", tag="drift_report.v1", frozen=True, omit_defaults=True, kw_only=True
):
    """One agent's window, or a whole tenant's."""

    tenant: str
    agent: str
    start_us: int
    """Microseconds since 1970."""
    seconds: int
    revision: int
    interactions: int
    late: int = 0
    """Interactions that came after the first report."""
    failing: int = 0
    flags: dict[str, int] = {}
    """Failing interactions by rule."""
    reference: str = ""
    """Which windows it was compared with; empty where there were too few."""
    signals: list[SignalReport] = []


class Alert(msgspec.Struct, tag_field="type", tag="alert.v1", frozen=True, omit_defaults=True, kw_only=True):
    """Something that a person should look at."""

    alert_id: str
    kind: AlertKind
    severity: Severity
    tenant: str
    agent: str
    start_us: int
    """Start of the window in which it began."""
    subject: str
    """The signal or the cluster it is about."""
    summary: str
    """One line of ours: names and numbers, never text of an event."""
    runbook: str


class ClusterReport(msgspec.Struct, tag_field="type", tag="cluster.v1", frozen=True, omit_defaults=True):
    """One failure cluster as it stands after a window: a record of `headrace.clusters`, by its id."""

    tenant: str
    cluster_id: str
    start_us: int
    """Of the window."""
    revision: int
    cluster: Cluster


encode = msgspec.msgpack.Encoder(order="deterministic").encode
decode = msgspec.msgpack.Decoder(DriftReport | Alert | ClusterReport).decode


def alert_id(kind: str, tenant: str, agent: str, subject: str, start_us: int) -> str:
    """The same for the same alert, however often it is worked out."""
    return hashlib.sha256("\0".join((kind, tenant, agent, subject, str(start_us))).encode()).hexdigest()[:16]


def runbook(kind: AlertKind) -> str:
    """The page that says what to do.

    >>> runbook("failure_born")
    'docs/runbook.md#failure-born'
    """
    return f"{RUNBOOK}#{kind.replace('_', '-')}"
