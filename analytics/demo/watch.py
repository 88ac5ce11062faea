"""Watching the pipeline at work: how many records have passed each stage."""

from __future__ import annotations

import time

import msgspec
from confluent_kafka.admin import AdminClient
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from analytics.audit import cut
from analytics.audit.rows import Query
from analytics.demo.setting import WATCHING, DemoFailed, Setting, news
from analytics.demo.traffic import Publisher
from headrace import kafka
from headrace.errors import HeadraceError
from headrace.settings import Kafka
from headrace.topics import RAW

POLL_S = 0.3
STORED = "SELECT coalesce(sum(records), 0) FROM ledger WHERE topic LIKE '%.clean' OR topic LIKE '%.rejected' LIMIT 1"
STUCK_S = 90.0
"""A killed service is back within seconds, and its group within ten; longer than this, something is wrong."""


class Counts(msgspec.Struct, frozen=True):
    """Records that have passed each stage; the client's statuses are among them."""

    logged: int = 0
    sanitized: int = 0
    stored: int = 0

    @property
    def are_level(self) -> bool:
        return self.logged == self.sanitized == self.stored > 0


def watch(setting: Setting, query: Query, publisher: Publisher, console: Console) -> None:
    """Shows progress until everything published is stored. Raises DemoFailed where nothing moves any more."""
    admin = kafka.admin(setting.settings.kafka)
    counts, moved_at, told, ended = Counts(), time.monotonic(), 0, False
    with _progress(console) as bars:
        tasks = {name: bars.add_task(name, total=None) for name in Counts.__struct_fields__}
        while not (ended and counts.are_level):
            time.sleep(POLL_S)
            setting.require_services()
            told = _tell(setting, told, console)
            ended = publisher.has_ended
            latest = _count(admin, setting.settings.kafka, query, counts)
            moved_at = moved_at if latest == counts else time.monotonic()
            if latest.stored and not counts.stored:
                setting.start(WATCHING)
            counts = latest
            _show(bars, tasks, counts, ended)
            if time.monotonic() - moved_at > STUCK_S:
                raise DemoFailed(f"nothing has moved for {STUCK_S:g} s: {counts}; the services said:\n{setting.tail()}")


def _progress(console: Console) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console)


def _tell(setting: Setting, told: int, console: Console) -> int:
    """Prints which services started and ended since the first `told` lines were; returns how many there are now."""
    lines = news(setting.services_log.read_text(errors="replace"))
    for line in lines[told:]:
        console.print(line, highlight=False)
    return len(lines)


def _count(admin: AdminClient, settings: Kafka, query: Query, last: Counts) -> Counts:
    """The counts now; a broker or a lake that is just starting, or was killed, leaves them as they were."""
    raw = settings.topic(RAW)
    try:
        ends = cut.ends(admin, raw)
        committed = cut.committed(settings, raw, ends)
        last = replace(last, logged=sum(ends.values()), sanitized=sum(max(offset, 0) for offset in committed.values()))
        return replace(last, stored=int(query(STORED)[0][0]))
    except HeadraceError:
        return last


def _show(bars: Progress, tasks: dict[str, TaskID], counts: Counts, ended: bool) -> None:
    for name, task in tasks.items():
        total = counts.logged if ended or name != "logged" else None
        bars.update(task, completed=getattr(counts, name), total=total)
