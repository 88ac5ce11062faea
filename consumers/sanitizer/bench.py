"""`headrace bench sanitize`: the real service on a full raw topic, and the same work on its peers.

The raw topic is filled first, under a prefix of its own that is deleted afterwards. Then the service runs as one
process until it has caught up. The rate is that between the first 10 % and 90 % of the records, so that starting
an interpreter and joining the group are left out; the peers are measured in the same way, on the same records.

The Java peer looks for six kinds of personal data: for its ratio the service runs a second time, with the same six
kinds switched on and all others off, on as many records (`six_kinds`).
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from headrace.errors import BrokerUnavailable, Fatal
from headrace.settings import ContinualLearning, Kafka, Logging, Privacy, Settings

SAMPLE_S = 0.1
STALLED_S = 60.0
"""Joining a group takes seconds at most; a minute without progress is a failure."""
DRAIN_S = 30.0
COORDINATOR_S = 10.0
"""A fresh broker has no coordinator for the group yet."""
SIX_KINDS = frozenset({"api_key", "credit_card", "email", "ip_address", "phone", "ssn"})
"""All that the Java peer's table knows; Faust and Quix call `headrace.privacy` itself, with all kinds."""
SIX_KINDS_PEERS = frozenset({"streams"})
PEERS_SCRIPT = Path(__file__).parents[2] / "benchmarks" / "sanitize_peers.py"


class Sample(NamedTuple):
    """Where the service stood at a moment."""

    at_s: float
    records: int
    cpu_s: float


def sanitize(
    events: Annotated[int, typer.Option(min=1_000, help="Interactions of about 1.1 KB.")] = 300_000,
    data: Annotated[Path | None, typer.Option(help="Exchanges as JSONL, instead of made-up text.")] = None,
    peers: Annotated[bool, typer.Option("--peers", help="Measure Faust, Quix Streams and Kafka Streams too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Sanitize a full raw topic with one process: events a second, CPU and memory."""
    figures = _run(Privacy(), events, data, peers)
    if peers:
        six = _run(Privacy(kinds=_all_but_six()), events, data)
        figures["six_kinds"] = six
        figures["ratios"] = _ratios(figures["peers"], figures["events_per_s"], six["events_per_s"])
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name:20} {value}")


def _run(privacy: Privacy, events: int, data: Path | None, peers: bool = False) -> dict[str, Any]:
    """The service's figures under a policy, and the peers' rates on the same records."""
    with tempfile.TemporaryDirectory(prefix="headrace-bench-") as folder, _pipeline(Path(folder), privacy) as settings:
        _fill(settings, events, data)
        figures = _measure(settings, Path(folder), events)
        return {**figures, "peers": _peers(settings, events)} if peers else figures


def _all_but_six() -> dict[str, bool]:
    from headrace.privacy.table import RULES

    return {rule.kind: False for rule in RULES if rule.kind not in SIX_KINDS}


def _ratios(rates: Mapping[str, int], all_kinds: int, six_kinds: int) -> dict[str, float]:
    """How many times as fast Headrace is as each peer, with the kinds of personal data that the peer looks for.

    >>> _ratios({"quix": 10, "streams": 10}, 20, 30)
    {'quix': 2.0, 'streams': 3.0}
    """
    own = {name: six_kinds if name in SIX_KINDS_PEERS else all_kinds for name in rates}
    return {name: round(own[name] / rate, 2) for name, rate in rates.items()}


@contextmanager
def _pipeline(folder: Path, privacy: Privacy) -> Iterator[Settings]:
    """Topics and a store of their own, on the cluster of HEADRACE_BOOTSTRAP_SERVERS or on a broker of their own."""
    from headrace import kafka
    from headrace.broker.temporary import some_broker
    from headrace.ids import ID_KEY_VARIABLE, new_key
    from headrace.topic_admin import create_topics
    from headrace.topics import TOPICS

    os.environ.setdefault(ID_KEY_VARIABLE, new_key())
    with some_broker(folder / "broker") as servers:
        settings = Settings(
            kafka=Kafka(bootstrap_servers=servers, topic_prefix=f"bench-{secrets.token_hex(4)}"),
            continual_learning=ContinualLearning(logging=Logging(storage=folder / "store"), privacy=privacy),
        )
        client = kafka.admin(settings.kafka)
        create_topics(client, settings)
        try:
            yield settings
        finally:
            for future in client.delete_topics([settings.kafka.topic(topic.name) for topic in TOPICS]).values():
                future.result()


def _fill(settings: Settings, events: int, data: Path | None) -> None:
    """Fills raw by a process: the generator belongs to the producers' room, which ours does not import."""
    from headrace.topics import RAW

    command = [sys.executable, "-m", "producers.corpus", "--bootstrap", settings.kafka.bootstrap_servers]
    command += ["--topic", settings.kafka.topic(RAW), "--events", str(events)]
    subprocess.run(command + (["--data", str(data)] if data else []), check=True, stdout=sys.stderr)


def _measure(settings: Settings, folder: Path, events: int) -> dict[str, Any]:
    with _service(settings, folder) as process:
        samples = list(_samples(settings, process, events))
        peak_rss_mb = _peak_rss_kb(process.pid) // 1024
    start, end = (next(sample for sample in samples if sample.records >= share * events) for share in (0.1, 0.9))
    records = end.records - start.records
    return {
        "events_per_s": round(records / (end.at_s - start.at_s)),
        "cpu_us_per_event": round(1e6 * (end.cpu_s - start.cpu_s) / records, 1),
        "peak_rss_mb": peak_rss_mb,
        "events": events,
    }


@contextmanager
def _service(settings: Settings, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    import msgspec
    import yaml

    from headrace.settings import CONFIG_VARIABLE

    file = folder / "headrace.yaml"
    file.write_text(yaml.safe_dump(msgspec.to_builtins(settings, enc_hook=str)))
    environment = {**os.environ, CONFIG_VARIABLE: str(file)}
    command = [sys.executable, "-m", "headrace.cli", "run", "sanitizer"]
    process = subprocess.Popen(command, env=environment, stdout=sys.stderr)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(DRAIN_S)


def _samples(settings: Settings, process: subprocess.Popen[bytes], events: int) -> Iterator[Sample]:
    """Where the group stands, ten times a second, until it has committed all events."""
    from consumers.sanitizer.positions import GROUP
    from headrace import kafka
    from headrace.patience import patiently
    from headrace.topics import BY_NAME, RAW

    topic, partitions = settings.kafka.topic(RAW), range(BY_NAME[RAW].partitions)
    committed = partial(kafka.committed, settings.kafka, GROUP, topic, partitions)
    sample = Sample(time.perf_counter(), 0, 0.0)
    advanced_s = sample.at_s
    while sample.records < events:
        time.sleep(SAMPLE_S)
        offsets = patiently(committed, BrokerUnavailable, COORDINATOR_S, SAMPLE_S)
        records = sum(max(offset, 0) for offset in offsets.values()) or sample.records
        now_s = time.perf_counter()
        if process.poll() is not None or now_s - advanced_s > STALLED_S:
            raise Fatal(f"the sanitizer stopped at {records} of {events} events; status {process.poll()}")
        advanced_s = now_s if records > sample.records else advanced_s
        sample = Sample(now_s, records, _cpu_s(process.pid))
        yield sample


def _cpu_s(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _peak_rss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _peers(settings: Settings, events: int) -> dict[str, int]:
    """Events a second of each peer that ran, on the same raw topic."""
    from headrace.topics import RAW

    if not PEERS_SCRIPT.exists():
        raise Fatal(f"{PEERS_SCRIPT} is missing: the peers run from a checkout of the project only")
    command = [sys.executable, str(PEERS_SCRIPT), "--bootstrap", settings.kafka.bootstrap_servers, "--json"]
    command += ["--input", settings.kafka.topic(RAW), "--prefix", settings.kafka.topic_prefix, "--events", str(events)]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout
    return dict(json.loads(output or "{}"))
