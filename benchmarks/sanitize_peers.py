"""Events per second of the sanitizing work on Faust, Quix Streams and Kafka Streams, one after another.

    python benchmarks/sanitize_peers.py --bootstrap 127.0.0.1:9092 --input bench.raw --prefix bench --events 300000

The same work: decode an event from msgpack, sanitize every text in it, encode it, produce it with its
key and headers. The same rules: Faust and Quix call `headrace.privacy` itself; the Java program reads
the rule table that Python writes (`sanitize_policy.py`) and ports the checks. Every run compares the
first records of the peer's output with what `headrace.privacy` makes of the input, and fails if one differs.

The method: each peer runs as one process on an input topic that is already full (`producers.corpus`),
into a fresh topic of as many partitions. The committed end of its output is read every 100 ms; the
rate is that between the first 10 % and 90 % of N, so that starting an interpreter or a JVM, joining the
group and half of the JIT's warm-up are left out. Commit markers count as records (0.3 % in favour of the
exactly-once peers). Take N ≥ 300,000 for figures to quote: the JVM is still warming up below that.

Tuned as their documentation recommends for throughput, with what Headrace's own sanitizer has:
lz4, 100 ms of linger, batches of up to 1 MB, polls of 2,000 records, a commit every 100 ms for the
exactly-once peers (at-least-once Faust keeps its own 2.8 s, which costs it less).
* Faust: uvloop, aiokafka's C extension, raw serializers (no codec twice), no leader topic, no web server, a stream
  buffer of 16,384, records taken in batches (`take_events`, a fifth faster than one by one) and sent with
  `send_soon`, which does not wait for the broker.
* Quix Streams: bytes in and out (no serializer of its own), Java's partitioner.
* Kafka Streams: exactly_once_v2, one thread, byte arrays, 1 GB of heap, the parallel collector (a fifth faster
  than the default), texts and map keys read, numbers in metadata not, which spares it some of the work.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import sanitize_policy
import typer
from confluent_kafka import Consumer, IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec
from sanitize_work import record_sanitizer
from six_kinds.rules import RULES as SIX_KINDS

from headrace import codec
from headrace.events import ProductionInteraction
from headrace.ids import uuid7

HERE = Path(__file__).parent
VENV = HERE / ".venv-streams"
REQUIREMENTS = HERE / "requirements-streams.txt"
JAVA = HERE / "kafka-streams"

SAMPLE_S = 0.1
STALLED_S = 60.0
"""A peer needs 2 to 10 s to join its group; a minute without a record is a failure."""
CHECKED_RECORDS = 2_000
"""At the corpus's share of personal data some 40 records for each rule."""


class PeerFailed(Exception):
    """A peer ended, stalled, or gave a wrong output."""


@dataclass(frozen=True)
class Peer:
    name: str
    prepare: Callable[[], None]
    command: Callable[[list[str], Path], list[str]]
    """From (bootstrap servers, input, output) and the run's own folder."""
    kinds: frozenset[str] | None = None
    """The kinds of personal data that it looks for; None is all."""


def _prepare_venv() -> None:
    installed = VENV / REQUIREMENTS.name
    if installed.exists() and installed.read_bytes() == REQUIREMENTS.read_bytes():
        return
    _run(sys.executable, "-m", "venv", "--clear", str(VENV))
    _run(str(VENV / "bin/pip"), "install", "--quiet", "-r", str(REQUIREMENTS))
    shutil.copy(REQUIREMENTS, installed)


def _prepare_java() -> None:
    _run("mvn", "-q", "-B", "-f", str(JAVA / "pom.xml"), "package")


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, stdout=sys.stderr)
    except FileNotFoundError:
        raise PeerFailed(f"{command[0]} is not installed") from None
    except subprocess.CalledProcessError as error:
        raise PeerFailed(f"`{' '.join(command)}` ended with status {error.returncode}") from None


def _python_command(script: str) -> Callable[[list[str], Path], list[str]]:
    return lambda arguments, _folder: [str(VENV / "bin/python"), str(HERE / script), *arguments]


def _java_command(arguments: list[str], folder: Path) -> list[str]:
    sanitize_policy.write(policy := folder / "policy.msgpack")
    classes = f"{JAVA}/target/classes:{JAVA}/target/libs/*"
    java = ["java", "-Xmx1g", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classes]
    return [*java, "headrace.benchmarks.SanitizeStreams", *arguments, str(policy)]


PEERS = {
    "faust": Peer("faust", _prepare_venv, _python_command("sanitize_faust.py")),
    "quix": Peer("quix", _prepare_venv, _python_command("sanitize_quix.py")),
    "streams": Peer("streams", _prepare_java, _java_command, frozenset(rule.kind for rule in SIX_KINDS)),
}


def measure(peer: Peer, bootstrap: str, input_topic: str, prefix: str, events: int) -> float:
    """The peer's events per second; raises PeerFailed."""
    peer.prepare()
    admin = AdminClient({"bootstrap.servers": bootstrap})
    partitions = len(admin.list_topics(input_topic).topics[input_topic].partitions)
    with _fresh_topic(admin, f"{prefix}.{peer.name}-{uuid7()}", partitions) as output:
        with _running(peer, [bootstrap, input_topic, output]) as process:
            rate = _rate(peer, process, lambda: _committed(admin, output, partitions), events)
        check_output(peer, _sample(bootstrap, input_topic), _records(bootstrap, output, partitions))
    return rate


def _rate(peer: Peer, process: subprocess.Popen[bytes], committed: Callable[[], int], events: int) -> float:
    samples = [(time.perf_counter(), 0)]
    advanced = time.perf_counter()
    while samples[-1][1] < events:
        time.sleep(SAMPLE_S)
        samples.append((time.perf_counter(), committed()))
        if samples[-1][1] > samples[-2][1]:
            advanced = samples[-1][0]
        if process.poll() is not None or samples[-1][0] - advanced > STALLED_S:
            raise PeerFailed(f"{peer.name} stopped at {samples[-1][1]} of {events} events; status {process.poll()}")
    return rate_between(samples, int(0.1 * events), int(0.9 * events))


def rate_between(samples: list[tuple[float, int]], low: int, high: int) -> float:
    """Records per second between the first samples, of (seconds, records), that reached `low` and `high`."""
    (start_s, first), (end_s, last) = (next(s for s in samples if s[1] >= bound) for bound in (low, high))
    if end_s == start_s:
        raise PeerFailed(f"records {low} to {high} came within one sample: measure with more events")
    return (last - first) / (end_s - start_s)


@contextmanager
def _fresh_topic(admin: AdminClient, name: str, partitions: int) -> Iterator[str]:
    admin.create_topics([NewTopic(name, partitions, 1)])[name].result()
    while any(partition.leader < 0 for partition in admin.list_topics(name).topics[name].partitions.values()):
        time.sleep(SAMPLE_S)
    try:
        yield name
    finally:
        admin.delete_topics([name])[name].result()


@contextmanager
def _running(peer: Peer, arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The peer as a process of its own, in a folder of its own, saying what it says on our standard error."""
    with tempfile.TemporaryDirectory(prefix=f"headrace-{peer.name}-") as folder:
        command = peer.command(arguments, Path(folder))
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=sys.stderr)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _committed(admin: AdminClient, topic: str, partitions: int) -> int:
    latest = {TopicPartition(topic, partition): OffsetSpec.latest() for partition in range(partitions)}
    offsets = admin.list_offsets(latest, isolation_level=IsolationLevel.READ_COMMITTED)
    return sum(offset.result().offset for offset in offsets.values())


def check_output(peer: Peer, inputs: list[bytes], outputs: Iterator[bytes]) -> None:
    """Raises PeerFailed unless each checked input stands in the output as `headrace.privacy` would have it."""
    sanitize = record_sanitizer(peer.kinds)
    expected = {_event(value).interaction_id: _event(sanitize(value)) for value in inputs}
    altered = sum(sanitize(value) != value for value in inputs)
    if not altered:
        raise PeerFailed("no checked record holds personal data: the comparison would prove nothing")
    for value in outputs:
        event = _event(value)
        if expected.get(event.interaction_id) == event:
            del expected[event.interaction_id]
    if expected:
        raise PeerFailed(f"{peer.name}: {len(expected)} of {len(inputs)} checked records are missing or wrong")


def _event(value: bytes) -> ProductionInteraction:
    event, _ = codec.decode_event(value)
    assert isinstance(event, ProductionInteraction)
    return event


def _sample(bootstrap: str, topic: str) -> list[bytes]:
    """The first records of partition 0."""
    values = _values(bootstrap, [TopicPartition(topic, 0, 0)])
    return [value for value, _ in zip(values, range(CHECKED_RECORDS), strict=False)]


def _records(bootstrap: str, topic: str, partitions: int) -> Iterator[bytes]:
    return _values(bootstrap, [TopicPartition(topic, partition, 0) for partition in range(partitions)])


def _values(bootstrap: str, assignment: list[TopicPartition]) -> Iterator[bytes]:
    """The values from there on, until two seconds bring none."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False})
    consumer.assign(assignment)
    try:
        while batch := consumer.consume(5_000, timeout=2.0):
            yield from (value for message in batch if (value := message.value()) is not None)
    finally:
        consumer.close()


def main(
    bootstrap: Annotated[str, typer.Option(help="The broker's address.")],
    input_topic: Annotated[str, typer.Option("--input", help="A raw topic that holds at least N interactions.")],
    prefix: Annotated[str, typer.Option(help="Begins the names of the output topics, which are deleted afterwards.")],
    events: Annotated[int, typer.Option(min=1_000, help="N: how many of them to process.")],
    peers: Annotated[str, typer.Option(help="Which, separated by commas.")] = ",".join(PEERS),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: events per second by peer.")] = False,
) -> None:
    """Measures the sanitizing work on other stream processors; a peer that fails is left out and the status is 1."""
    chosen = [PEERS[name] for name in peers.split(",")]
    rates: dict[str, int] = {}
    for peer in chosen:
        try:
            rates[peer.name] = round(measure(peer, bootstrap, input_topic, prefix, events))
        except PeerFailed as failure:
            print(failure, file=sys.stderr)
    print(json.dumps(rates) if as_json else "\n".join(f"{name:8} {rate:>8,} events/s" for name, rate in rates.items()))
    if len(rates) < len(chosen):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
