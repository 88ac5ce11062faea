"""`/metrics` and `/healthz` of a service, on a thread of its own: what Prometheus scrapes and an orchestrator asks."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from headrace.service import is_healthy
from headrace.settings import Settings

log = structlog.get_logger("metrics")


class Metrics:
    """One service's figures. Labels are partitions and closed lists of names: bounded."""

    def __init__(self, settings: Settings, service: str) -> None:
        self._settings, self._service = settings, service
        self.latest_lag: dict[int, int] = {}
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.records = self._counter("records", "Records taken, by outcome.", "outcome")
        self.lag = self._gauge("lag_records", "Records of the input that are not taken yet.", "partition")
        self.committed = self._gauge("committed_timestamp_seconds", "When the last progress was made durable.")
        self.watermark = self._gauge("watermark_timestamp_seconds", "Event time before which all is known.")
        self.open_windows = self._gauge("open_windows", "Windows that are kept open.")
        self.late = self._counter("late_parts", "Parts of closed windows, by what became of them.", "outcome")
        self.reports = self._counter("reports", "Reports published, by kind.", "kind")
        self.alerts = self._counter("alerts", "Alerts published, by kind and severity.", "kind", "severity")

    def serve(self) -> None:
        """Listens, unless the port is 0. A port that is taken is logged, and ends nothing."""
        port = getattr(self._settings.metrics, f"{self._service}_port")
        if port == 0:
            return
        try:
            server = ThreadingHTTPServer((self._settings.metrics.host, port), self._handler())
        except OSError as error:
            log.warning("no metrics", service=self._service, port=port, why=error.strerror)
            return
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()

    def count(self, outcomes: Mapping[str, int]) -> None:
        """Records were taken, and that is durable."""
        for outcome, number in outcomes.items():
            self.records.labels(outcome).inc(number)
        self.committed.set_to_current_time()

    def set_lag(self, lag: Mapping[int, int]) -> None:
        """Records that are not taken yet, by partition of the input."""
        self.latest_lag = dict(lag)
        for partition, records in lag.items():
            self.lag.labels(partition).set(records)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, namespace="headrace", subsystem=self._service, registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, namespace="headrace", subsystem=self._service, registry=self.registry)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        metrics = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/metrics":
                    self._answer(200, CONTENT_TYPE_LATEST, generate_latest(metrics.registry))
                elif self.path == "/healthz":
                    healthy = is_healthy(metrics._settings.storage, metrics._service)
                    self._answer(200 if healthy else 503, "text/plain", b"healthy\n" if healthy else b"hung\n")
                else:
                    self._answer(404, "text/plain", b"/metrics or /healthz\n")

            def _answer(self, status: int, content_type: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Scrapes are no news."""

        return Handler
