"""What one call to log costs the agent's thread: Headrace and its peers, with the same interaction of 1.1 KB.

    python benchmarks/log_call.py --bootstrap 127.0.0.1:9092

Each client runs in a process of its own, in `benchmarks/.venv-clients` (made when it is missing), one after the
other, three rounds; the best median of the three counts. Calls come in bursts of 50 with 20 ms of rest, 2,500 a
second, so that no client's queue overflows and its background thread gets its turn. Sending is real for Headrace
(a Kafka broker, batches acknowledged). The peers send to a sink: LangSmith and Opik to an HTTP server in another
process that answers at once, Langfuse and OTel's batch processor to an exporter that returns success.

What a call is: LangSmith `Client.create_run` with trace id and dotted order (its batched path), Langfuse
`start_observation(as_type="generation")` and `end`, Opik `trace`, OTel a span with the same values as attributes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
import uuid
import venv
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VENV = HERE / ".venv-clients"
REQUIREMENTS = HERE / "requirements-clients.txt"

CALLS = 4_000
WARM_UP = 400
BURST = 50
REST_S = 0.02
ROUNDS = 3
PEERS = ("headrace", "headrace_unmasked", "otel", "opik", "langsmith", "langfuse")

QUERY = ("Last month you charged me 49.90 twice, and nobody has answered my two tickets since. " * 4)[:320]
RESPONSE = ("I have looked into this and found that the second charge was a deposit that is paid back. " * 6)[:480]
METADATA = {"channel": "web", "locale": "en-GB", "plan": "family", "turn": 3}
TAGS = ["billing", "refund"]

LANGSMITH_SERVER = {
    "batch_ingest_config": {
        "use_multipart_endpoint": True,
        "scale_up_qsize_trigger": 200,
        "scale_up_nthreads_limit": 16,
        "scale_down_nempty_trigger": 4,
        "size_limit": 100,
        "size_limit_bytes": 20_971_520,
    },
    "instance_flags": {"zstd_compression_enabled": True},
}
"""What the hosted server tells the client about batching: its defaults, with compression."""

Log = Callable[[int], object]


def headrace_client(bootstrap: str, sanitize_pii: bool) -> tuple[Log, Callable[[], object]]:
    from headrace import ProductionInteractionLogger, Settings
    from headrace.settings import ContinualLearning, Kafka, Logging

    logging = Logging(sanitize_pii=sanitize_pii)
    kafka = Kafka(bootstrap_servers=bootstrap, topic_prefix=os.environ["BENCH_PREFIX"])
    logger = ProductionInteractionLogger(Settings(kafka=kafka, continual_learning=ContinualLearning(logging=logging)))

    def log(number: int) -> object:
        return logger.log(
            agent_selected="billing",
            agent_version="2.1",
            user_query=QUERY,
            response=RESPONSE,
            session_id=f"session-{number // 4}",
            user_id=f"user-{number % 500}",
            latency_ms=412.5,
            routing_confidence=0.87,
            model="large-2",
            tokens_in=412,
            tokens_out=180,
            cost_usd=0.0021,
            tags=TAGS,
            metadata=METADATA,
        )

    def close() -> object:
        result = logger.close(30)
        assert result.delivered == result.logged, result
        return result

    return log, close


def otel_client() -> tuple[Log, Callable[[], object]]:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(_sink_exporter()))
    tracer = provider.get_tracer("bench")

    def log(number: int) -> object:
        return tracer.start_span("billing", attributes=_attributes(number)).end()

    return log, provider.shutdown


def langfuse_client() -> tuple[Log, Callable[[], object]]:
    from langfuse import Langfuse

    client = Langfuse(public_key="pk", secret_key="sk", base_url="http://127.0.0.1:9", span_exporter=_sink_exporter())

    def log(number: int) -> object:
        observation = client.start_observation(
            name="billing",
            as_type="generation",
            input=QUERY,
            output=RESPONSE,
            model="large-2",
            version="2.1",
            usage_details={"input": 412, "output": 180},
            cost_details={"total": 0.0021},
            metadata={**METADATA, "user": f"user-{number % 500}", "session": f"session-{number // 4}"},
        )
        return observation.end()

    return log, client.shutdown


def langsmith_client(sink: str) -> tuple[Log, Callable[[], object]]:
    from langsmith import Client

    client = Client(api_url=sink, api_key="key", info=LANGSMITH_SERVER)

    def log(number: int) -> object:
        run_id = uuid.uuid4()
        start = datetime.now(UTC)
        return client.create_run(
            "billing",
            {"query": QUERY},
            "llm",
            id=run_id,
            trace_id=run_id,
            dotted_order=f"{start:%Y%m%dT%H%M%S%fZ}{run_id}",
            start_time=start,
            end_time=start,
            outputs={"response": RESPONSE},
            tags=TAGS,
            extra={"metadata": {**METADATA, **_rest(number)}},
        )

    return log, lambda: client.flush(30)


def opik_client(sink: str) -> tuple[Log, Callable[[], object]]:
    from opik import Opik

    client = Opik(host=sink, api_key="key", workspace="bench", _show_misconfiguration_message=False)

    def log(number: int) -> object:
        now = datetime.now(UTC)
        return client.trace(
            name="billing",
            start_time=now,
            end_time=now,
            input={"query": QUERY},
            output={"response": RESPONSE},
            metadata={**METADATA, **_rest(number)},
            tags=TAGS,
            thread_id=f"session-{number // 4}",
        )

    return log, lambda: client.end(timeout=30)


def _rest(number: int) -> dict[str, Any]:
    return {
        "agent_version": "2.1",
        "session": f"session-{number // 4}",
        "user": f"user-{number % 500}",
        "latency_ms": 412.5,
        "routing_confidence": 0.87,
        "model": "large-2",
        "tokens_in": 412,
        "tokens_out": 180,
        "cost_usd": 0.0021,
    }


def _attributes(number: int) -> dict[str, Any]:
    return {"query": QUERY, "response": RESPONSE, "tags": TAGS, **METADATA, **_rest(number)}


def _sink_exporter() -> Any:
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class Sink(SpanExporter):
        def export(self, spans: Any) -> Any:  # noqa: ARG002
            return SpanExportResult.SUCCESS

    return Sink()


class _Accept(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            while (size := int(self.rfile.readline(), 16)) > 0:
                self.rfile.read(size + 2)
            self.rfile.readline()
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PATCH = do_PUT = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


def serve_sink() -> None:
    """Answers every request with an empty object, until stdin ends; prints its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Accept)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


def measure(log: Log, close: Callable[[], object], calls: int = CALLS) -> dict[str, Any]:
    """Microseconds of one call."""
    clock = time.perf_counter_ns
    durations = []
    for number in range(calls + WARM_UP):
        if number % BURST == 0:
            time.sleep(REST_S)
        started = clock()
        log(number)
        durations.append(clock() - started)
    close()
    measured = sorted(durations[WARM_UP:])
    return {"p50_us": measured[calls // 2] / 1000, "p99_us": measured[calls * 99 // 100] / 1000}


def run_peer(peer: str, bootstrap: str, sink: str) -> dict[str, Any]:
    makers: dict[str, Callable[[], tuple[Log, Callable[[], object]]]] = {
        "headrace": lambda: headrace_client(bootstrap, True),
        "headrace_unmasked": lambda: headrace_client(bootstrap, False),
        "otel": otel_client,
        "opik": lambda: opik_client(sink),
        "langsmith": lambda: langsmith_client(sink),
        "langfuse": langfuse_client,
    }
    return measure(*makers[peer]())


def compare(bootstrap: str, peers: tuple[str, ...] = PEERS) -> dict[str, Any]:
    """Every peer's cost, and how many times Headrace's (with masking) it is."""
    python = _python_with_peers()
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "OPIK_SENTRY_ENABLE": "false"}
    best: dict[str, dict[str, Any]] = {}
    with subprocess.Popen(
        [sys.executable, __file__, "--serve-sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        sink = server.stdout.readline().strip()
        for _ in range(ROUNDS):
            for peer in peers:
                command = [python, __file__, "--peer", peer, "--bootstrap", bootstrap, "--sink", sink]
                found = subprocess.run(
                    command, env=environment, check=True, capture_output=True, text=True, timeout=120
                )
                result = json.loads(found.stdout.splitlines()[-1])
                if peer not in best or result["p50_us"] < best[peer]["p50_us"]:
                    best[peer] = result
        server.communicate()
    ours = best["headrace"]["p50_us"]
    ratios = {peer: round(figures["p50_us"] / ours, 2) for peer, figures in best.items() if "headrace" not in peer}
    return {"clients": best, "ratios": ratios}


def _python_with_peers() -> str:
    python = VENV / "bin" / "python"
    if not python.exists():
        venv.create(VENV, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
    return str(python)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bootstrap", default="127.0.0.1:9092", help="a Kafka broker, for Headrace")
    parser.add_argument("--peer", choices=PEERS, help="measure one client in this process")
    parser.add_argument("--sink", default="", help=argparse.SUPPRESS)
    parser.add_argument("--serve-sink", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve_sink:
        serve_sink()
    elif arguments.peer:
        print(json.dumps(run_peer(arguments.peer, arguments.bootstrap, arguments.sink)))
    else:
        print(json.dumps(compare(arguments.bootstrap)))


if __name__ == "__main__":
    main()
