"""What the running windows have found in the demo, beside what the simulator planted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from analytics.audit.rows import Query
from analytics.demo.setting import LATENESS_S, REFERENCE_WINDOWS, WINDOW_S
from consumers.failures.live import live_states
from consumers.failures.report import reports
from consumers.windows.comparison import MIN_INTERACTIONS
from consumers.windows.watching import SECONDS_A_DAY
from headrace.settings import Settings

SETTLED_S = 5.0
"""Without a new report after the last window's: one that is worked out takes less than a second."""
TIMEOUT_S = 180.0
POLL_S = 1.0
MOST_CLUSTERS = 6

_REPORTS = "SELECT count(*), max(day) FROM drift_reports LIMIT 1"
_ALERTS = """
    SELECT min(timestamp) AS timestamp, tenant, agent_selected, subject, arg_min(summary, timestamp) AS summary
    FROM alerts WHERE kind = 'drift' GROUP BY alert_id, tenant, agent_selected, subject ORDER BY 1, 3, 4
"""
_QUIET = """
    SELECT count(*) AS n FROM (
        SELECT timestamp, max(interactions) AS interactions,
               dense_rank() OVER (PARTITION BY tenant ORDER BY timestamp) AS number
        FROM drift_reports WHERE timestamp <= TIMESTAMP '{last}' GROUP BY tenant, agent_selected, timestamp
    ) WHERE number > {reference} AND interactions >= {least} LIMIT 1
"""


class DriftAlert(msgspec.Struct, frozen=True):
    """The first window in which a signal of an agent alarmed."""

    window: str
    tenant: str
    agent: str
    signal: str
    summary: str
    is_false: bool
    """The window was over before the planted drift began."""


class FailureFound(msgspec.Struct, frozen=True):
    """A failure cluster at the end."""

    cluster_id: str
    tenant: str
    title: str
    size: int
    agents: list[str]
    flags: dict[str, int]
    suggestion: str


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """Reports, alerts and clusters of the demo."""

    windows: int
    drift_at: str
    allowed: float
    """False alerts before the drift by the contract: one of each agent in `windows.false_alarm_days`."""
    alerts: list[DriftAlert]
    failures: list[FailureFound]


def watched(settings: Settings, query: Query, drift_at: datetime) -> Watched:
    """Waits until the windows have said all they have to say, and reads it from the store."""
    windows = _settled(query)
    return Watched(
        windows=windows,
        drift_at=f"{drift_at:%Y-%m-%d}",
        allowed=_allowed(settings, query, drift_at),
        alerts=[_alert(row, drift_at) for row in query(_ALERTS)],
        failures=_failures(settings),
    )


def _settled(query: Query) -> int:
    """How many windows were reported, once the last day that is over and the lateness past it is."""
    deadline = time.monotonic() + TIMEOUT_S
    said, since = -1, time.monotonic()
    last = (datetime.now(UTC) - timedelta(seconds=WINDOW_S + LATENESS_S)).date()
    while time.monotonic() < min(since + SETTLED_S, deadline):
        now, newest = query(_REPORTS)[0]
        if now != said or newest is None or newest < last:
            said, since = int(now), time.monotonic()
        time.sleep(POLL_S)
    return said


def _allowed(settings: Settings, query: Query, drift_at: datetime) -> float:
    last = drift_at.astimezone(UTC).replace(tzinfo=None) - timedelta(seconds=WINDOW_S)
    quiet = query(_QUIET.format(last=last, reference=REFERENCE_WINDOWS, least=MIN_INTERACTIONS))[0][0]
    return float(round(quiet * WINDOW_S / SECONDS_A_DAY / settings.windows.false_alarm_days, 1))


def _alert(row: Sequence[object], drift_at: datetime) -> DriftAlert:
    timestamp, tenant, agent, subject, summary = row
    assert isinstance(timestamp, datetime)
    over = timestamp.replace(tzinfo=UTC) + timedelta(seconds=WINDOW_S)
    return DriftAlert(f"{timestamp:%Y-%m-%d}", str(tenant), str(agent), str(subject), str(summary), over <= drift_at)


def _failures(settings: Settings) -> list[FailureFound]:
    found = [
        FailureFound(
            report.cluster_id,
            state.tenant,
            report.title,
            report.size,
            list(report.agents),
            report.flags,
            " ".join(report.suggestions),
        )
        for state in live_states(settings)
        for report in reports(state)
    ]
    return sorted(found, key=lambda failure: -failure.size)[:MOST_CLUSTERS]
