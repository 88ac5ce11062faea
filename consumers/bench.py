"""`headrace bench pipeline`: broker, client, sanitizer and lake together, each a process of its own.

Without a rate, the load keeps `OUTSTANDING` events under way and no more: what is stored a second is then
what the whole holds for ever. With a rate, samples of the events are looked for in the store every 50 ms
through the analysts' server, and the latency runs from before the call to log until the answer that shows
the row, so it is never too small. Topics, key and store are made for this and deleted.
"""

from __future__ import annotations

import json
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
import yaml
from confluent_kafka import Consumer, TopicPartition

from consumers.bench_analyst import Analyst, Latencies
from consumers.bench_processes import HELD_BACK, POLL_S, Load, Process, monotonic_s, service
from consumers.lake.access import database_path
from headrace import kafka
from headrace.broker.local import LocalBroker, free_port
from headrace.broker.temporary import some_broker
from headrace.errors import Fatal
from headrace.ids import ID_KEY_VARIABLE, new_key
from headrace.settings import (
    CONFIG_VARIABLE,
    ContinualLearning,
    Kafka,
    Logging,
    Settings,
    Store,
    Windows,
)
from headrace.topic_admin import create_topics
from headrace.topics import BY_NAME, RAW, TOPICS

OUTSTANDING = 100_000
"""Three seconds at the rate to reach: enough that nobody waits for work, little enough to call the lag bounded."""
WARM_UP_S = 8.0
"""Groups join, caches fill, the first row groups are written."""
SAMPLES_PER_S = 100
LAG_EVERY_S = 5.0
LAST_LOOK_S = 10.0
"""For samples logged at the very end."""


def pipeline(
    seconds: Annotated[float, typer.Option(min=1, help="How long to measure, after a warm-up.")] = 60,
    rate: Annotated[float, typer.Option(min=0, help="Interactions a second; 0 is as many as it holds.")] = 0,
    mask: Annotated[bool, typer.Option(help="Mask in the client too, as `sanitize_pii` does.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Log, sanitize and store interactions of 1.1 KB: events a second, lag, latency, CPU and memory."""
    with tempfile.TemporaryDirectory(prefix="headrace-bench-") as folder, setting(Path(folder), mask) as settings:
        figures = _measure(settings, seconds, rate)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name:26} {json.dumps(value)}")


@contextmanager
def setting(folder: Path, mask: bool = False, windows: Windows | None = None) -> Iterator[Settings]:
    """A broker where HEADRACE_BOOTSTRAP_SERVERS names none, topics and settings."""
    with ExitStack() as stack:
        servers = stack.enter_context(some_broker(folder / "broker"))
        settings = Settings(
            continual_learning=ContinualLearning(logging=Logging(storage=folder / "store", sanitize_pii=mask)),
            kafka=Kafka(bootstrap_servers=servers, topic_prefix=f"bench-{secrets.token_hex(4)}"),
            store=Store(quack_port=free_port()),
            windows=windows or Windows(),
        )
        file = folder / "headrace.yaml"
        file.write_text(yaml.safe_dump(msgspec.to_builtins(settings, enc_hook=str)))
        os.environ.update({CONFIG_VARIABLE: str(file), ID_KEY_VARIABLE: new_key()})
        admin = kafka.admin(settings.kafka)
        create_topics(admin, settings)
        stack.callback(admin.delete_topics, [settings.kafka.topic(topic.name) for topic in TOPICS])
        yield settings


def broker_process(folder: Path) -> dict[str, Process]:
    """The broker's process, where it is one of ours."""
    pid = LocalBroker(folder / "broker").pid
    return {"broker": Process(pid)} if pid else {}


class Snapshot(msgspec.Struct, frozen=True):
    """The pipeline at one moment."""

    at_s: float
    stored: int
    cpu_s: dict[str, float]


def _measure(settings: Settings, seconds: float, rate: float) -> dict[str, Any]:
    folder = settings.storage.parent
    with service("sanitizer", folder / "sanitizer.log") as sanitizer, service("lake", folder / "lake.log") as lake:
        analyst = Analyst(settings)
        sample = max(1, int(rate / SAMPLES_PER_S)) if rate else 0
        limits = ["--outstanding", str(OUTSTANDING), "--sample", str(sample)]
        load = Load("--seconds", str(seconds + 2 * WARM_UP_S), "--rate", str(rate), *limits)
        processes = {"producer": load.usage, "sanitizer": sanitizer, "lake": lake}
        processes |= broker_process(folder)
        try:
            figures = _watch(settings, analyst, load, processes, seconds)
        finally:
            load.stop()
    stored_bytes = database_path(settings).stat().st_size
    return {**figures, "rate": rate, "stored_kb_per_1000": round(stored_bytes / figures["stored"])}


def _watch(
    settings: Settings, analyst: Analyst, load: Load, processes: dict[str, Process], seconds: float
) -> dict[str, Any]:
    latencies, lags = Latencies(load, analyst), list[tuple[float, int]]()
    _warm_up(analyst, load, latencies)
    first = _snapshot(analyst, processes)
    while (elapsed := monotonic_s() - first.at_s) < seconds:
        stored = analyst.stored()
        load.tell_stored(stored)
        latencies.look()
        if elapsed >= len(lags) * LAG_EVERY_S:
            lags.append((round(elapsed, 1), _on_raw(settings) - stored))
        time.sleep(POLL_S)
    last = _snapshot(analyst, processes)
    lags.append((round(last.at_s - first.at_s, 1), _on_raw(settings) - last.stored))
    figures = _figures(first, last, lags, processes)
    load.tell_stored(HELD_BACK)
    while latencies.wait_for(last.at_s) and monotonic_s() - last.at_s < LAST_LOOK_S:
        latencies.look()
        time.sleep(POLL_S)
    return figures | _latency(latencies.of(first.at_s, last.at_s), latencies.wait_for(last.at_s))


def _warm_up(analyst: Analyst, load: Load, latencies: Latencies) -> None:
    begun_at = None
    while begun_at is None or monotonic_s() - begun_at < WARM_UP_S:
        stored = analyst.stored()
        begun_at = begun_at or (monotonic_s() if stored else None)
        load.tell_stored(stored)
        latencies.look()
        time.sleep(POLL_S)
        if load.has_ended:
            raise Fatal("the load ended before anything was stored")


def _snapshot(analyst: Analyst, processes: dict[str, Process]) -> Snapshot:
    return Snapshot(monotonic_s(), analyst.stored(), {name: process.cpu_s() for name, process in processes.items()})


def _on_raw(settings: Settings) -> int:
    """Records on raw; a status every ten seconds is among them."""
    consumer = Consumer(kafka.consumer(settings.kafka, "bench"))
    try:
        return sum(
            consumer.get_watermark_offsets(TopicPartition(settings.kafka.topic(RAW), partition))[1]
            for partition in range(BY_NAME[RAW].partitions)
        )
    finally:
        consumer.close()


def _figures(
    first: Snapshot, last: Snapshot, lags: list[tuple[float, int]], processes: dict[str, Process]
) -> dict[str, Any]:
    seconds, events = last.at_s - first.at_s, last.stored - first.stored
    return {
        "events_per_s": round(events / seconds),
        "seconds": round(seconds, 1),
        "stored": last.stored,
        "lag": lags,
        "cpu_us_per_event": {
            name: round((last.cpu_s[name] - first.cpu_s[name]) / max(events, 1) * 1e6, 1) for name in processes
        },
        "peak_mb": {name: round(process.peak_mb()) for name, process in processes.items()},
    }


def _latency(waits: list[float], unseen: list[int]) -> dict[str, Any]:
    if not waits:
        return {}
    return {
        "latency_ms": {
            "p50": round(statistics.median(waits) * 1000),
            "p99": round(waits[int(len(waits) * 0.99)] * 1000),
            "slowest": round(waits[-1] * 1000),
            "samples": len(waits),
            "unseen": len(unseen),
        }
    }
