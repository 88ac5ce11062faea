"""`headrace audit`: is anything missing? The thin shell around a cut, the store's rows and arithmetic."""

from __future__ import annotations

from datetime import timedelta

from analytics.audit.account import accounts
from analytics.audit.cut import take, wait_for_lake, wait_for_sanitizer
from analytics.audit.raw import records_at
from analytics.audit.report import Report, report
from analytics.audit.rows import Query, outcomes, raw_rows, statuses
from headrace import kafka
from headrace.settings import Settings

SETTLED_AFTER = timedelta(seconds=60)
"""An open producer's numbers older than this have arrived, unless lost: the client sends again within
seconds, and a broker that restarts is back within half a minute."""
TIMEOUT_S = 60.0


def audit(settings: Settings, query: Query, timeout_s: float = TIMEOUT_S) -> Report:
    """Fixes a cut, waits until sanitizer and lake have passed it, and accounts for every event before it.

    Raises StageBehind where one of them does not get there in time, BrokerUnavailable, TopicChanged.
    """
    admin = kafka.admin(settings.kafka)
    kafka.require_broker(admin, settings.kafka)
    cut = take(admin, settings.kafka)
    wait_for_sanitizer(settings.kafka, cut, timeout_s)
    wait_for_lake(admin, settings.kafka, query, timeout_s)
    ranges = outcomes(query)
    rows = raw_rows(query, cut.first, cut.end)
    lost = records_at(settings, {partition: found.missing for partition, found in rows.items()})
    producers = accounts(statuses(query, cut.statuses, cut.at - SETTLED_AFTER), ranges)
    return report(cut, producers, ranges, rows, lost)
