"""The topic table: the one place that says which topics exist and how each is kept.

On the broker a topic is named `<kafka.topic_prefix>.<name>`, `headrace.raw` unless set otherwise:
`settings.kafka.topic(RAW)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["agent", "sanitizer", "service", "analyst"]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

RAW = "raw"
CLEAN = "clean"
REJECTED = "rejected"
DIGESTS = "digests"
REPORTS = "reports"
CLUSTERS = "clusters"
DECISIONS = "decisions"
STATES = "states"
WINDOWS_STATE = "windows-state-changelog"
"""The windows' table on Kafka, compacted: Faust makes it, with as many partitions as digests."""

PRODUCER_HEADER = "producer_id"
"""Kafka header on raw: the client instance, as text."""
SEQ_HEADER = "seq"
"""Kafka header on raw: the event's number in its client, as decimal text."""

MAX_EVENT_BYTES = 900_000
"""Below Kafka's default message limit of 1 MiB, with room for headers and framing."""
MAX_CLEAN_BYTES = 4 * 1024 * 1024
"""Placeholders and the envelope may grow an event; past this it is rejected as too large."""
MAX_DIGEST_BYTES = 256 * 1024
"""A chunk's digest is split into messages of at most this: Faust takes them one by one."""


COMPACTION = {"max.compaction.lag.ms": str(DAY_MS)}
"""Of compacted topics: a value that was replaced, an erased person's too, is not left in the log for weeks."""


@dataclass(frozen=True)
class Topic:
    """One topic: `retention_ms` of None means compacted, the last record of a key for ever."""

    name: str
    partitions: int
    retention_ms: int | None
    writers: tuple[Role, ...]
    readers: tuple[Role, ...]
    append_time: bool = False
    """Stamped by the broker's clock, so that an agent's clock cannot lie about arrival."""
    max_bytes: int = MAX_CLEAN_BYTES

    def kept_ms(self, retention_days: int) -> int | None:
        """Milliseconds a record is kept: never longer than the operator's `retention_days`."""
        return None if self.retention_ms is None else min(self.retention_ms, retention_days * DAY_MS)

    def config(self, retention_days: int) -> dict[str, str]:
        """The topic's Kafka configuration."""
        kept_ms = self.kept_ms(retention_days)
        return {
            "cleanup.policy": "compact" if kept_ms is None else "delete",
            **(COMPACTION if kept_ms is None else {"retention.ms": str(kept_ms)}),
            "message.timestamp.type": "LogAppendTime" if self.append_time else "CreateTime",
            "max.message.bytes": str(self.max_bytes),
        }


TOPICS: tuple[Topic, ...] = (
    Topic(RAW, 6, 72 * HOUR_MS, ("agent",), ("sanitizer",), append_time=True, max_bytes=1024 * 1024),
    Topic(CLEAN, 6, 30 * DAY_MS, ("sanitizer",), ("service", "analyst")),
    Topic(REJECTED, 3, 72 * HOUR_MS, ("sanitizer", "service"), ("sanitizer", "service", "analyst")),
    Topic(DIGESTS, 3, 2 * DAY_MS, ("service",), ("service",)),
    Topic(REPORTS, 3, 90 * DAY_MS, ("service",), ("service", "analyst")),
    Topic(CLUSTERS, 3, None, ("service",), ("service", "analyst")),
    Topic(DECISIONS, 3, 90 * DAY_MS, ("service",), ("service", "analyst")),
    Topic(STATES, 3, None, ("service",), ("agent", "service", "analyst")),
)
BY_NAME = {topic.name: topic for topic in TOPICS}
