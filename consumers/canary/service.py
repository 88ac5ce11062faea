"""The canary service: publishes known false values on raw and looks for them where they may never stand.

Guarantee: at-least-once into the alerts' file, provided that clean keeps an hour: at every start the last hour of
clean and rejected is looked through again.

Canary events have a producer and numbers of their own, so the audit explains them like any others; they carry the
tag `canary` and a tenant of their own, so that analysts leave them out.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import structlog
from confluent_kafka import Consumer, TopicPartition
from msgspec.structs import replace

from consumers.canary.alerts import Alerts
from consumers.canary.store import in_archive, in_store
from consumers.canary.values import canary, sighted
from consumers.lake.reader import Reader
from consumers.log import configure_log
from headrace import kafka
from headrace.client import ProductionInteractionLogger
from headrace.service import Heartbeat, Shutdown
from headrace.settings import Settings
from headrace.topics import BY_NAME, CLEAN, REJECTED

LOOK_BACK_S = 3600.0
"""What passed while the service was away: a restart takes seconds, an hour covers an upgrade."""
STORE_EVERY_S = 3600.0
"""A look through two days of rows takes seconds of the lake's time."""
READ_RECORDS = 5000
READ_S = 1.0
ANSWER_S = 10.0

log = structlog.get_logger("canary")


def run(settings: Settings) -> None:
    """Runs until SIGTERM."""
    configure_log()
    shutdown, heartbeat = Shutdown().install(), Heartbeat(settings.storage, "canary")
    reader, watch = Reader(settings, _positions(settings)), Watch(settings)
    logger = ProductionInteractionLogger(_unmasked(settings))
    log.info("canary.started", every_seconds=settings.canary.every_seconds)
    try:
        while not shutdown.requested:
            heartbeat.beat()
            if watch.is_due():
                logger.log(canary())
            watch.look_at(reader)
            watch.look_into_the_store()
    finally:
        reader.close()
        logger.close()


class Watch:
    """Remembers what is due, and raises the alerts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._alerts = Alerts(settings)
        self._next_canary = self._next_store = time.monotonic()
        self._looked_at = 0.0

    def is_due(self) -> bool:
        """Whether it is time for the next canary."""
        if (now := time.monotonic()) < self._next_canary:
            return False
        self._next_canary = now + self._settings.canary.every_seconds
        return True

    def look_at(self, reader: Reader) -> None:
        """Looks through the records that came within a second."""
        for records in reader.read(READ_RECORDS, READ_S):
            for partition, offset, value in zip(records.partitions, records.offsets, records.values, strict=True):
                self._raise((kind, f"{records.topic}[{partition}]:{offset}") for kind in sighted(value))

    def look_into_the_store(self) -> None:
        """Once an hour: the rows of two days, and the files written since the last look."""
        if (now := time.monotonic()) >= self._next_store:
            self._next_store = now + min(STORE_EVERY_S, self._settings.canary.every_seconds)
            started = time.time()
            self._raise(in_store(self._settings))
            self._raise(in_archive(self._settings, newer_than=self._looked_at))
            self._looked_at = started

    def _raise(self, sightings: Iterator[tuple[str, str]]) -> None:
        for kind, place in sightings:
            self._alerts.sighted(kind, place)


def _unmasked(settings: Settings) -> Settings:
    """The settings of a client that does not mask: the sanitizer service is what is tested."""
    learning = settings.continual_learning
    logging = replace(learning.logging, enabled=True, sanitize_pii=False)
    return replace(settings, continual_learning=replace(learning, logging=logging))


def _positions(settings: Settings) -> dict[tuple[str, int], int]:
    """Where clean and rejected stood an hour ago."""
    since = int((time.time() - LOOK_BACK_S) * 1000)
    names = {settings.kafka.topic(topic): BY_NAME[topic].partitions for topic in (CLEAN, REJECTED)}
    asking = Consumer(kafka.consumer(settings.kafka, "canary"))
    try:
        places = [TopicPartition(name, number, since) for name, count in names.items() for number in range(count)]
        found = asking.offsets_for_times(places, ANSWER_S)
        return {
            (place.topic, place.partition): place.offset
            if place.offset >= 0
            else asking.get_watermark_offsets(place, ANSWER_S)[1]
            for place in found
        }
    finally:
        asking.close()
