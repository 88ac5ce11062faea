"""Guarantee: at-least-once into raw, provided the process lives until the broker has taken what it logged.

Events go through the client as an agent's would: the same ids, masking, ledger and headers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import groupby

import msgspec

from headrace import kafka
from headrace.client.ledger import FlushResult
from headrace.client.logger import ProductionInteractionLogger
from headrace.errors import ConfigError
from headrace.events import Feedback, Label, ProductionInteraction
from headrace.settings import Settings
from producers.pace import paced

CLOSE_TIMEOUT_S = 60.0
"""A full buffer takes seconds; a broker that restarts in between, half a minute."""

Publishable = ProductionInteraction | Feedback | Label


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What a command published, and how fast the broker acknowledged it."""

    producer_id: str
    logged: int
    delivered: int
    dropped: dict[str, int]
    pending: int
    seconds: float
    events_per_s: int

    @property
    def is_complete(self) -> bool:
        """Whether the broker has every event."""
        return self.delivered == self.logged


def publish(
    settings: Settings, events: Iterable[Publishable], rate: float, on_progress: Callable[[int], object]
) -> Published:
    """Logs the events at `rate` a second (0: as fast as the broker takes them) and waits for the broker.

    `on_progress` is told how many more were logged. Raises ConfigError as the client does, and
    BrokerUnavailable where no broker answers.
    """
    if not settings.continual_learning.logging.enabled:
        raise ConfigError("continual_learning.logging.enabled is false: nothing would be published; set it to true")
    kafka.require_broker(kafka.admin(settings.kafka), settings.kafka)
    logger = ProductionInteractionLogger(settings)
    started = time.monotonic()
    try:
        for chunk in paced(events, rate):
            _log(logger, chunk)
            on_progress(len(chunk))
    finally:
        result = logger.close(CLOSE_TIMEOUT_S)
    return _published(logger.producer_id, result, time.monotonic() - started)


def _log(logger: ProductionInteractionLogger, chunk: list[Publishable]) -> None:
    for kind, events in groupby(chunk, type):
        if issubclass(kind, ProductionInteraction):
            logger.log_many(event for event in events if isinstance(event, ProductionInteraction))
            continue
        for event in events:
            if isinstance(event, Feedback):
                logger.log_feedback(event)
            elif isinstance(event, Label):
                logger.log_label(event)


def _published(producer_id: str, result: FlushResult, seconds: float) -> Published:
    return Published(
        producer_id=producer_id,
        logged=result.logged,
        delivered=result.delivered,
        dropped={str(policy): count for policy, count in result.dropped.items()},
        pending=result.pending,
        seconds=round(seconds, 3),
        events_per_s=round(result.delivered / seconds) if seconds else 0,
    )
