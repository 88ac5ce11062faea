"""`retention_days` outside of Kafka and the running lake: exports, datasets, queues, and a store that nobody holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from analytics import live
from analytics.privacy import holders
from analytics.selection import queue
from consumers.lake import forgetting
from consumers.lake.access import database_path
from headrace.errors import HeadraceError
from headrace.ids import uuid7_milliseconds
from headrace.settings import Settings


def expire(settings: Settings, now: datetime | None = None) -> list[Path]:
    """Removes what is past its time; the files that changed or went, the store's not among them."""
    first = forgetting.first_day_kept(settings, now)
    before = datetime(first.year, first.month, first.day, tzinfo=UTC)
    bound = int(before.timestamp() * 1000)
    queue.forget(settings, {s.interaction_id for s in queue.queued(settings) if _is_older(s.interaction_id, bound)})
    if database_path(settings).exists() and not _is_served(settings):
        forgetting.forget(settings, now=now)
    return holders.expire(settings, before)


def _is_older(interaction_id: str, bound_ms: int) -> bool:
    return uuid7_milliseconds(interaction_id) < bound_ms


def _is_served(settings: Settings) -> bool:
    """Whether a lake holds the store: then it does this itself."""
    try:
        with live.connect(settings) as store:
            return store.place == "lake"
    except HeadraceError:
        return True
