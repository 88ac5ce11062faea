"""Loggers as the client's tests need them: at a broker that is not there, and read back from raw."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from headrace.client import FlushResult, ProductionInteractionLogger
from headrace.codec import decode_event
from headrace.events import AnyEvent, ProducerStatus
from headrace.settings import ContinualLearning, Kafka, Logging, Settings
from headrace.topics import RAW
from tests.support import Record, read_all

NOWHERE = "127.0.0.1:1"
"""Connections are refused at once."""
ROUTINE: dict[str, Any] = {"agent_selected": "billing", "user_query": "where is my invoice?", "response": "here"}


def unreachable(**logging: Any) -> Settings:
    """Settings whose broker is never there."""
    return Settings(
        kafka=Kafka(bootstrap_servers=NOWHERE, topic_prefix="test-nowhere"),
        continual_learning=ContinualLearning(logging=Logging(storage=Path("unused"), **logging)),
    )


def with_logging(settings: Settings, **changes: Any) -> Settings:
    """`settings` with some keys of the logging block changed."""
    learning = settings.continual_learning
    logging = msgspec.structs.replace(learning.logging, **changes)
    return msgspec.structs.replace(settings, continual_learning=msgspec.structs.replace(learning, logging=logging))


def events_on_raw(settings: Settings) -> list[tuple[Record, AnyEvent]]:
    return [(record, decode_event(record.value)[0]) for record in read_all(settings, RAW)]


def numbered_on_raw(settings: Settings, producer_id: str) -> list[int]:
    """The seqs of one producer's events on raw, sorted."""
    own = [
        record.headers for record in read_all(settings, RAW) if record.headers["producer_id"].decode() == producer_id
    ]
    return sorted(int(headers["seq"]) for headers in own if "seq" in headers)


def statuses_on_raw(settings: Settings, producer_id: str) -> list[ProducerStatus]:
    """One producer's statuses, oldest first."""
    statuses = [event for _, event in events_on_raw(settings) if isinstance(event, ProducerStatus)]
    return sorted((s for s in statuses if s.producer_id == producer_id), key=lambda status: status.timestamp)


def dropped_seqs(status: ProducerStatus) -> dict[int, str]:
    return {seq: dropped.policy for dropped in status.dropped for seq in range(dropped.first, dropped.last + 1)}


def adds_up(result: FlushResult) -> bool:
    return result.logged == result.delivered + sum(result.dropped.values()) + result.pending


def steadily(logger: ProductionInteractionLogger, count: int, pause_s: float = 0.0) -> Iterator[str]:
    """Logs routine interactions at a pace; yields their ids."""
    for _ in range(count):
        yield logger.log(**ROUTINE)
        time.sleep(pause_s)
