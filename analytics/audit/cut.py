"""The cut: where raw ended at one moment, and waiting until every stage has passed it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from confluent_kafka import IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from analytics.audit.rows import Query, ledger
from headrace import kafka
from headrace.errors import HeadraceError, Retriable
from headrace.patience import patiently
from headrace.settings import Kafka
from headrace.topics import CLEAN, RAW, REJECTED

POLL_S = 0.2
BEGINNING: OffsetSpec = OffsetSpec.earliest()  # type: ignore[no-untyped-call]
END: OffsetSpec = OffsetSpec.latest()  # type: ignore[no-untyped-call]
SANITIZER_GROUP = "sanitizer"
PASSING = (
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.NOT_COORDINATOR,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.OFFSET_NOT_AVAILABLE,
    KafkaError.REQUEST_TIMED_OUT,
    KafkaError._TIMED_OUT,
    KafkaError._TRANSPORT,
    KafkaError._ALL_BROKERS_DOWN,
)
"""What a broker says that has just started, or does not say because it is away."""
T = TypeVar("T")
Positions = Mapping[tuple[str, int], int]
"""The next offset to read, by topic and partition."""


class StageBehind(Retriable):
    """A stage has not passed the cut in time."""

    def __init__(self, service: str, behind: Mapping[tuple[str, int], int], seconds: float) -> None:
        most = ", ".join(f"{topic}[{partition}] {lag:,}" for (topic, partition), lag in sorted(behind.items()))
        super().__init__(
            f"the {service} has not passed the cut within {seconds:g} s; records behind: {most}. "
            f"Is it running (`headrace run {service}`)? If it is catching up, a greater --timeout helps"
        )
        self.service, self.behind = service, dict(behind)


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """Offsets of raw by partition.

    Statuses count up to an earlier cut: whatever was acknowledged before a status was written then
    stands before the later one.
    """

    at: datetime
    first: dict[int, int]
    """Where the log begins: older records have expired."""
    statuses: dict[int, int]
    end: dict[int, int]


def take(admin: AdminClient, settings: Kafka) -> Cut:
    """The cut at this moment. Raises TopicChanged where raw does not exist."""
    raw = settings.topic(RAW)
    statuses = ends(admin, raw)
    return Cut(
        at=datetime.now(UTC),
        first=_offsets(admin, raw, BEGINNING),
        statuses=statuses,
        end=ends(admin, raw),
    )


def ends(admin: AdminClient, topic: str) -> dict[int, int]:
    """The last stable offset of each partition."""
    return _offsets(admin, topic, END)


def wait_for_sanitizer(settings: Kafka, cut: Cut, timeout_s: float) -> None:
    """Returns once the group has committed past the cut; raises StageBehind."""
    raw = settings.topic(RAW)
    targets = {(raw, partition): end for partition, end in cut.end.items() if end > cut.first[partition]}
    _wait("sanitizer", targets, lambda: committed(settings, raw, cut.end), timeout_s)


def wait_for_lake(admin: AdminClient, settings: Kafka, query: Query, timeout_s: float) -> None:
    """Returns once the store has what clean and rejected hold now; raises StageBehind.

    A lake that is just starting cannot be asked for a moment: that is waited out as well.
    """
    topics = [settings.topic(CLEAN), settings.topic(REJECTED)]
    targets = {(topic, partition): end for topic in topics for partition, end in ends(admin, topic).items()}
    _wait("lake", targets, lambda: ledger(query), timeout_s)


def behind(targets: Positions, positions: Positions) -> dict[tuple[str, int], int]:
    """How far each partition is from its target, where it has not reached it.

    >>> behind({("raw", 0): 5, ("raw", 1): 7, ("raw", 2): 0}, {("raw", 0): 5, ("raw", 1): 4})
    {('raw', 1): 3}
    """
    lags = {partition: target - max(positions.get(partition, 0), 0) for partition, target in targets.items()}
    return {partition: lag for partition, lag in lags.items() if lag > 0}


def _wait(service: str, targets: Positions, positions: Callable[[], Positions], timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            if not (lags := behind(targets, positions())):
                return
            trouble: HeadraceError = StageBehind(service, lags, timeout_s)
        except HeadraceError as error:
            trouble = error
        if time.monotonic() > deadline:
            raise trouble
        time.sleep(POLL_S)


def _offsets(admin: AdminClient, topic: str, spec: OffsetSpec) -> dict[int, int]:
    """A broker that has just started is asked again. Raises Retriable where it goes on."""
    return patiently(lambda: _listed(admin, topic, spec), Retriable, kafka.BROKER_TIMEOUT_S, POLL_S)


def _listed(admin: AdminClient, topic: str, spec: OffsetSpec) -> dict[int, int]:
    kafka.topic_ids(admin, [topic])
    partitions = admin.list_topics(topic, timeout=kafka.BROKER_TIMEOUT_S).topics[topic].partitions
    futures = admin.list_offsets(
        {TopicPartition(topic, partition): spec for partition in partitions},
        isolation_level=IsolationLevel.READ_COMMITTED,
        request_timeout=kafka.BROKER_TIMEOUT_S,
    )
    return {place.partition: _answer(future).offset for place, future in futures.items()}


def committed(settings: Kafka, raw: str, partitions: Iterable[int]) -> dict[tuple[str, int], int]:
    """How far the sanitizers have committed each partition; negative where they never have."""
    offsets = kafka.committed(settings, SANITIZER_GROUP, raw, partitions)
    return {(raw, partition): offset for partition, offset in offsets.items()}


def _answer(future: Future[T]) -> T:
    """What the broker answers. Raises Retriable where it is just starting or away, KafkaException otherwise."""
    try:
        return future.result()
    except KafkaException as error:
        if (cause := error.args[0]).code() in PASSING:
            raise Retriable(f"Kafka: {cause.str()}") from None
        raise
