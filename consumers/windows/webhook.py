"""Alerts to a URL: at most once each, a few tries, never in the way of the windows."""

from __future__ import annotations

import asyncio
import urllib.request

import msgspec
import structlog

from consumers.windows.reports import Alert
from consumers.windows.worker import Alerts

TRIES = 3
TIMEOUT_S = 5.0
PAUSE_S = 2.0

log = structlog.get_logger("windows")


async def post_alerts(alerts: Alerts, url: str) -> None:
    """Posts each alert as JSON, for ever; without a URL they are only let go."""
    loop = asyncio.get_running_loop()
    while True:
        alert = await alerts.next()
        if url:
            await _post(loop, alert, url)


async def _post(loop: asyncio.AbstractEventLoop, alert: Alert, url: str) -> None:
    for left in reversed(range(TRIES)):
        try:
            await loop.run_in_executor(None, post, alert, url)
            return
        except OSError as error:
            log.warning("an alert was not posted", alert_id=alert.alert_id, why=type(error).__name__, tries_left=left)
            await asyncio.sleep(PAUSE_S)


def post(alert: Alert, url: str) -> None:
    """Posts one alert. Raises OSError where nobody takes it."""
    request = urllib.request.Request(
        url, msgspec.json.encode(alert), {"Content-Type": "application/json", "User-Agent": "headrace"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S):
        pass
