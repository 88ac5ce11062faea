"""Whether traffic has drifted since a moment: what the windows alerted, as the store knows it."""

from __future__ import annotations

from datetime import UTC, datetime

from analytics.asking import Ask

_ALERTS = """
    SELECT count(*) AS n FROM alerts
    WHERE kind = 'drift' AND timestamp >= TIMESTAMP '{since:%Y-%m-%d %H:%M:%S.%f}'
"""


def has_drifted(ask: Ask, since: datetime) -> bool:
    """Whether a window that began after `since` gave an alert of drift."""
    return bool(ask(_ALERTS.format(since=since.astimezone(UTC)))["n"][0].as_py())
