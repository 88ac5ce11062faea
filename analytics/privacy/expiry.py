"""Until when Kafka may still hold a copy of what it has now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from headrace import kafka
from headrace.settings import Settings
from headrace.topic_admin import describe
from headrace.topics import TOPICS


class LastCopy(msgspec.Struct, frozen=True, kw_only=True):
    """One topic, and when the last copy on it is gone."""

    topic: str
    at: datetime | None
    """None on a compacted topic: when the same key is written again."""


def last_copies(settings: Settings, now: datetime) -> list[LastCopy]:
    """For each topic that exists, as the broker keeps it. Raises BrokerUnavailable."""
    client = kafka.admin(settings.kafka)
    kafka.require_broker(client, settings.kafka)
    found = describe(client, settings)
    names = [settings.kafka.topic(topic.name) for topic in TOPICS]
    return [LastCopy(topic=name, at=last_copy_at(found[name], now)) for name in names if name in found]


def last_copy_at(config: Mapping[str, str], now: datetime) -> datetime | None:
    """A record goes with its segment: that is closed `segment.ms` after its first record, and goes `retention.ms`
    after its last.

    >>> last_copy_at({"retention.ms": "3600000", "segment.ms": "60000"}, datetime(2026, 3, 1))
    datetime.datetime(2026, 3, 1, 1, 1)
    """
    if "compact" in config.get("cleanup.policy", "") or config.get("retention.ms") in (None, "-1"):
        return None
    return now + timedelta(milliseconds=int(config["retention.ms"]) + int(config.get("segment.ms", "0")))
