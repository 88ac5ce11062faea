"""Alerts reach a webhook as JSON, and one that nobody takes is an OSError."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from consumers.windows.reports import Alert, alert_id, runbook
from consumers.windows.webhook import post
from headrace.broker.local import free_port

ALERT = Alert(
    alert_id=alert_id("drift", "default", "billing", "latency_ms", 1),
    kind="drift",
    severity="warning",
    tenant="default",
    agent="billing",
    start_us=1,
    subject="latency_ms",
    summary="latency_ms of billing drifted",
    runbook=runbook("drift"),
)


def test_an_alert_is_posted_as_json_with_its_runbook() -> None:
    taken: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.handle_request, daemon=True).start()
    post(ALERT, f"http://127.0.0.1:{server.server_port}/alerts")
    server.server_close()
    said = json.loads(taken[0])
    assert (said["kind"], said["subject"], said["runbook"]) == ("drift", "latency_ms", "docs/runbook.md#drift")


def test_a_webhook_that_is_not_there_is_an_oserror() -> None:
    with pytest.raises(OSError, match="refused"):
        post(ALERT, f"http://127.0.0.1:{free_port()}/")
