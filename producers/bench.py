"""`headrace bench ingest`: from one process into raw, through the client, until the broker has acknowledged it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from headrace.client import FlushResult, ProductionInteractionLogger
from headrace.events import ProductionInteraction
from headrace.ids import ID_KEY_VARIABLE, new_key
from headrace.settings import Settings

PEERS_SCRIPT = Path(__file__).parent.parent / "benchmarks" / "log_call.py"
QUERY = ("Last month you charged me 49.90 twice, and nobody has answered my two tickets since. " * 4)[:320]
RESPONSE = ("I have looked into this and found that the second charge was a deposit that is paid back. " * 6)[:480]
METADATA = {"channel": "web", "locale": "en-GB", "plan": "family", "turn": 3}
TURNS = 4
"""Interactions in one session."""
USERS = 500
DELIVERY_TIMEOUT_S = 60.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
REST_S = 0.01
"""At a given rate calls come in bursts, a hundred times a second: sleeping is no finer than that."""

Mode = Literal["log", "log_many"]


def ingest(
    events: Annotated[int, typer.Option(min=1, help="Interactions of about 1.1 KB to log.")] = 200_000,
    mode: Annotated[str, typer.Option(help="`log` (one call each, latencies measured) or `log_many` (bulk).")] = "log",
    sanitize_pii: Annotated[bool, typer.Option(help="The client's own pass for personal data.")] = True,
    rate: Annotated[int, typer.Option(min=0, help="Calls a second with `log`; 0 is as fast as it goes.")] = 0,
    peers: Annotated[bool, typer.Option(help="Also the cost of a call with LangSmith, Langfuse, Opik, OTel.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Log interactions from this process, and count what the broker acknowledges.

    Writes to a topic of its own and removes it. `events_per_s` is the acknowledged rate; calls that outrun the
    broker are dropped by policy, as an agent's would be, and reported. With `log` the time includes what the
    fields take to make; `log_many` gets interactions made before, as a bulk job has them. `client_rss_mb` is
    the peak of what the client adds to the process.
    """
    from headrace.settings import load

    if mode not in ("log", "log_many"):
        raise typer.BadParameter("log or log_many", param_hint="--mode")
    os.environ.setdefault(ID_KEY_VARIABLE, new_key())
    with (
        tempfile.TemporaryDirectory(prefix="headrace-bench-") as folder,
        temporary_topic(load(), Path(folder)) as settings,
    ):
        result = run(with_masking(settings, sanitize_pii), events, "log" if mode == "log" else "log_many", rate)
        if peers:
            result |= compare_with_peers(settings)
    print(json.dumps(result) if as_json else _told(result))


def run(settings: Settings, events: int, mode: Mode, rate: int) -> dict[str, Any]:
    """One measurement; see `ingest` for the names."""
    made = [ProductionInteraction(**_fields(number)) for number in range(events)] if mode == "log_many" else []
    resident_before = _resident_bytes()
    logger = ProductionInteractionLogger(settings)
    logger.log(**_fields(0))
    logger.flush(DELIVERY_TIMEOUT_S)
    durations = array("q", bytes(8 * events)) if mode == "log" else array("q")
    started = time.perf_counter()
    if mode == "log":
        _log(logger, durations, rate)
    else:
        logger.log_many(made)
    resident = _resident_bytes() - resident_before - 8 * len(durations)
    result = logger.flush(DELIVERY_TIMEOUT_S)
    seconds = time.perf_counter() - started
    logger.close(DELIVERY_TIMEOUT_S)
    masked = settings.continual_learning.logging.sanitize_pii
    return {
        "benchmark": "ingest",
        "mode": mode,
        "sanitize_pii": masked,
        "rate": rate,
        **_outcome(result, seconds),
        **_latencies(durations),
        "client_rss_mb": round(resident / 1e6, 1),
    }


def _log(logger: ProductionInteractionLogger, durations: array[int], rate: int) -> None:
    clock = time.perf_counter_ns
    burst = max(int(rate * REST_S), 1) if rate else len(durations)
    due = time.perf_counter()
    for number in range(len(durations)):
        if rate and number % burst == 0:
            due += burst / rate
            time.sleep(max(due - time.perf_counter(), 0))
        fields = _fields(number)
        begun = clock()
        logger.log(**fields)
        durations[number] = clock() - begun


def _fields(number: int) -> dict[str, Any]:
    return {
        "agent_selected": "billing",
        "agent_version": "2.1",
        "user_query": QUERY,
        "response": RESPONSE,
        "session_id": f"session-{number // TURNS}",
        "user_id": f"user-{number % USERS}",
        "latency_ms": 412.5,
        "routing_confidence": 0.87,
        "model": "large-2",
        "tokens_in": 412,
        "tokens_out": 180,
        "cost_usd": 0.0021,
        "tags": ["billing", "refund"],
        "metadata": METADATA,
    }


def _outcome(result: FlushResult, seconds: float) -> dict[str, Any]:
    return {
        "events": result.logged - 1,
        "delivered": result.delivered - 1,
        "dropped": result.dropped,
        "pending": result.pending,
        "seconds": round(seconds, 3),
        "events_per_s": round((result.delivered - 1) / seconds),
    }


def _latencies(durations: array[int]) -> dict[str, float]:
    if not durations:
        return {}
    ordered = sorted(durations)
    return {f"p{share:g}_us": ordered[int(len(ordered) * share / 100)] / 1000 for share in (50, 99, 99.9)}


def compare_with_peers(settings: Settings) -> dict[str, Any]:
    """`clients` (microseconds of one call) and `ratios` to ours, from benchmarks/log_call.py in its own environment."""
    found = subprocess.run(
        [sys.executable, str(PEERS_SCRIPT), "--bootstrap", settings.kafka.bootstrap_servers],
        env={**os.environ, "BENCH_PREFIX": settings.kafka.topic_prefix},
        stdout=subprocess.PIPE,
        check=True,
    )
    compared: dict[str, Any] = json.loads(found.stdout)
    return compared


@contextmanager
def temporary_topic(settings: Settings, folder: Path) -> Iterator[Settings]:
    """The settings with topics of their own, which are removed at the end, on the cluster of
    HEADRACE_BOOTSTRAP_SERVERS or on a broker in `folder`.
    """
    from msgspec.structs import replace

    from headrace import kafka
    from headrace.broker.temporary import some_broker
    from headrace.topic_admin import create_topics
    from headrace.topics import TOPICS

    with some_broker(folder / "broker") as servers:
        prefix = f"bench-{secrets.token_hex(4)}"
        own = replace(settings, kafka=replace(settings.kafka, bootstrap_servers=servers, topic_prefix=prefix))
        client = kafka.admin(own.kafka)
        kafka.require_broker(client, own.kafka)
        create_topics(client, own)
        try:
            yield own
        finally:
            client.delete_topics([own.kafka.topic(topic.name) for topic in TOPICS])
            client.poll(1)


def with_masking(settings: Settings, sanitize_pii: bool) -> Settings:
    from msgspec.structs import replace

    learning = settings.continual_learning
    logging = replace(learning.logging, sanitize_pii=sanitize_pii, enabled=True)
    return replace(settings, continual_learning=replace(learning, logging=logging))


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES


def _told(result: dict[str, Any]) -> str:
    return "\n".join(f"{name:14} {value}" for name, value in result.items())
