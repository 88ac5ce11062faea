"""What a person wants to know after the demo."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from confluent_kafka import Consumer, KafkaError, TopicPartition
from rich.console import Console
from rich.table import Table

from analytics.audit.rows import Query
from analytics.demo.learning import Learnt
from analytics.demo.watched import Watched
from headrace import kafka
from headrace.settings import Settings
from headrace.topics import RAW

EXAMPLE = """SELECT agent_selected AS agent, count(*) AS interactions, round(median(latency_ms)) AS median_ms,
       round(quantile_cont(latency_ms, 0.95)) AS p95_ms, round(avg(user_feedback_score), 2) AS stars
FROM interactions GROUP BY ALL ORDER BY interactions DESC LIMIT 8"""
EXAMPLE_HEAD = ("agent", "interactions", "median ms", "p95 ms", "stars")
MOST_ALERTS = 16
"""The others say the same of other agents; `--json` has them all."""
READ_S = 60.0
"""Reading a million records takes five seconds."""


class Findings(msgspec.Struct, kw_only=True):
    """The demo in figures; times in seconds, sizes in bytes."""

    published: dict[str, Any]
    personal: dict[str, int]
    """Values replaced, by kind."""
    planted: dict[str, int]
    """Values that the simulator had written into its texts, by kind."""
    rejected: list[tuple[str, str, int]]
    """Reason, path, how many."""
    interactions: int
    raw_bytes: int
    stored_bytes: int = 0
    """Size of the database once the lake has closed it."""
    example: list[list[Any]]
    example_s: float
    freshness_s: list[float]
    """From the call to log until a query sees the row, sorted."""
    watched: Watched | None = None
    """What drift and failures were found; None where there was too little to watch."""
    learnt: Learnt | None = None
    """What the loop did; None where there was too little to learn from."""
    page: str | None = None
    """Where the page with plots is."""


def personal(query: Query) -> Counter[str]:
    """Values replaced in what is stored, by kind."""
    kinds: Counter[str] = Counter()
    for table in ("interactions", "feedback"):
        for findings, rows in query(f"SELECT findings, count(*) FROM {table} WHERE findings IS NOT NULL GROUP BY 1"):
            kinds.update({kind: number * rows for kind, number in json.loads(findings).items()})
    return kinds


def rejected(query: Query) -> list[tuple[str, str, int]]:
    rows = query("SELECT reason, path, count(*) FROM rejected GROUP BY ALL ORDER BY ALL")
    return [(reason, path, number) for reason, path, number in rows]


def timed_example(query: Query) -> tuple[list[list[Any]], float]:
    """The example's rows, and the seconds it took; the second of two runs."""
    query(EXAMPLE)
    started = time.perf_counter()
    rows = query(EXAMPLE)
    return [list(row) for row in rows], time.perf_counter() - started


def raw_bytes(settings: Settings) -> int:
    """Bytes of all keys and values on raw, uncompressed."""
    consumer = Consumer(kafka.consumer(settings.kafka, "demo") | {"enable.partition.eof": True})
    name = settings.kafka.topic(RAW)
    partitions = consumer.list_topics(name, timeout=READ_S).topics[name].partitions
    consumer.assign([TopicPartition(name, partition, 0) for partition in partitions])
    size, ended, deadline = 0, 0, time.monotonic() + READ_S
    while ended < len(partitions) and time.monotonic() < deadline:
        for message in consumer.consume(5000, 0.1):
            if (error := message.error()) is None:
                size += len(message.value() or b"") + len(message.key() or b"")
            ended += error is not None and error.code() == KafkaError._PARTITION_EOF
    consumer.close()
    return size


def show(found: Findings, console: Console) -> None:
    """The figures for a person, but for the audit."""
    published = found.published
    console.print(
        f"\n[bold]Logged[/] {published['delivered']:,} events, acknowledged by Kafka, in {published['seconds']:.1f} s "
        f"({published['events_per_s']:,}/s)"
    )
    console.print(_personal_table(found))
    console.print(_table("Rejected, never stored", ["reason", "at", "records"], found.rejected))
    console.print(
        f"[bold]Stored[/] {found.interactions:,} interactions in {_size(found.stored_bytes)}: {_per_1000(found)}"
    )
    console.print(
        _table(f"An analyst's question, answered in {found.example_s * 1000:.0f} ms", EXAMPLE_HEAD, found.example)
    )
    if waits := found.freshness_s:
        p50, slowest = waits[len(waits) // 2], waits[-1]
        console.print(f"[bold]From log to queryable[/] p50 {p50:.2f} s, slowest of {len(waits)} {slowest:.2f} s")
    if (seen := found.watched) is not None:
        _show_watched(seen, console)
    if (learnt := found.learnt) is not None:
        _show_learnt(learnt, console)
    if found.page is not None:
        console.print(f"[bold]All of it as a page with plots[/] {found.page}")


def _show_watched(seen: Watched, console: Console) -> None:
    true = [alert for alert in seen.alerts if not alert.is_false]
    console.print(
        f"[bold]Drift[/] planted on {seen.drift_at}: {len(true)} alerts since, "
        f"{len(seen.alerts) - len(true)} false ones before (the contract allows {seen.allowed:g}), "
        f"in {seen.windows} windows of a day"
    )
    rows = [(alert.window, alert.tenant, alert.agent, alert.summary) for alert in seen.alerts[:MOST_ALERTS]]
    console.print(
        _table(f"Drift alerts, the first {len(rows)}", ("first window", "tenant", "agent", "what moved"), rows)
    )
    clusters = [
        (failure.title, failure.tenant, failure.size, ", ".join(failure.agents), failure.suggestion)
        for failure in seen.failures
    ]
    console.print(_table("Failures, the largest", ("what", "tenant", "size", "agents", "what to do"), clusters))


def _show_learnt(learnt: Learnt, console: Console) -> None:
    head = ("questions", f"router {learnt.first}", f"router {learnt.second}")
    rows = [(name, f"{learnt.before[name]:.3f}", f"{learnt.after[name]:.3f}") for name in learnt.before]
    console.print(_table("The loop: right agents, on traffic that was held back", head, rows))
    console.print(
        f"{learnt.selected} interactions were selected and labelled, {learnt.selected_novel} of them new topics"
    )
    slices = [(name, f"{before:.3f}", f"{after:.3f}") for name, (before, after) in learnt.held_out.items()]
    console.print(_table("What the gate saw: nothing forgotten", ("slice", "before", "after"), slices))
    console.print(f"[bold]A/B test[/] {learnt.action}: {learnt.recommendation}")
    console.print(f"[bold]A planted worse router was refused[/] {'; '.join(learnt.refused) or 'NOT'}")
    console.print(f"[bold]Rolled back[/] to {learnt.rolled_back_to}, while the agent ran")


def _personal_table(found: Findings) -> Table:
    kinds = sorted({*found.personal, *found.planted})
    if not found.planted:
        return _table("Personal data replaced", ["kind", "values"], [(kind, found.personal[kind]) for kind in kinds])
    rows = [(kind, found.personal.get(kind, 0), found.planted.get(kind, 0)) for kind in kinds]
    return _table("Personal data replaced", ["kind", "values", "planted"], rows)


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for number, name in enumerate(head):
        table.add_column(name, justify="right" if rows and not isinstance(rows[0][number], str) else "left")
    for row in rows:
        table.add_row(*(f"{value:,}" if isinstance(value, int | float) else str(value or "") for value in row))
    return table


def _per_1000(found: Findings) -> str:
    each = found.stored_bytes / max(found.interactions, 1) * 1000
    share = found.stored_bytes / max(found.raw_bytes, 1)
    return f"{_size(each)} per 1,000, {share:.0%} of the {_size(found.raw_bytes)} on raw"


def _size(count: float) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} KB"
