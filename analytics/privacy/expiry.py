"""Until when Kafka may still hold a copy of what it has now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from headrace import kafka
from headrace.settings import Settings
from headrace.topic_admin import describe

FOR_EVER_MS = 2**63 - 1
"""Kafka's word for no bound."""


class LastCopy(msgspec.Struct, frozen=True, kw_only=True):
    """One topic, and when the last copy on it is gone."""

    topic: str
    at: datetime | None
    """None where replaced values of a compacted topic may stay for ever: it sets no `max.compaction.lag.ms`."""
    is_compacted: bool = False
    """Values that were replaced are then gone at the first write to their partition after `at`."""


def last_copies(settings: Settings, now: datetime) -> list[LastCopy]:
    """For each topic that exists, as the broker keeps it. Raises BrokerUnavailable."""
    client = kafka.admin(settings.kafka)
    kafka.require_broker(client, settings.kafka)
    return [
        LastCopy(topic=name, at=last_copy_at(config, now), is_compacted=_is_compacted(config))
        for name, config in describe(client, settings).items()
    ]


def last_copy_at(config: Mapping[str, str], now: datetime) -> datetime | None:
    """A record goes with its segment: that is closed `segment.ms` after its first record, and goes `retention.ms`
    after its last.

    >>> last_copy_at({"retention.ms": "3600000", "segment.ms": "60000"}, datetime(2026, 3, 1))
    datetime.datetime(2026, 3, 1, 1, 1)
    >>> last_copy_at({"cleanup.policy": "compact", "max.compaction.lag.ms": "3600000"}, datetime(2026, 3, 1))
    datetime.datetime(2026, 3, 1, 1, 0)
    """
    if _is_compacted(config):
        lag_ms = int(config.get("max.compaction.lag.ms", FOR_EVER_MS))
        return None if lag_ms >= FOR_EVER_MS else now + timedelta(milliseconds=lag_ms)
    if config.get("retention.ms") in (None, "-1"):
        return None
    return now + timedelta(milliseconds=int(config["retention.ms"]) + int(config.get("segment.ms", "0")))


def _is_compacted(config: Mapping[str, str]) -> bool:
    return "compact" in config.get("cleanup.policy", "")
