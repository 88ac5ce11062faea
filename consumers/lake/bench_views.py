"""`headrace bench views`: how long analysts wait for each view while the lake writes.

A lake in a process of its own serves a month of interactions through Quack. Each statement is asked by itself first,
which tells its processor time; then the lake stores at a steady rate, and the statements are asked one after the
other, as a dashboard asks them, which tells the waits.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Annotated, Any

import typer

from consumers.bench_processes import STOP_S, Process
from headrace.errors import Fatal

ALONE = 10
"""Times each statement is asked before anything is written: enough for /proc's clock of 10 ms."""
SETTLE_S = 3.0
"""The first batches are on their way."""
SPARE_S = 30.0
"""Records beyond the time measured, so that the lake never runs out of them."""
FEEDBACK_SHARE = 0.15

STATEMENTS = {
    "agent_days": "FROM agent_days ORDER BY day, tenant, agent_selected",
    "agent_days, a week": "FROM agent_days WHERE day > current_date - 7",
    "interactions_with_feedback, by agent": "SELECT agent_selected, count(*), avg(rating), avg(latency_ms) "
    "FROM interactions_with_feedback GROUP BY agent_selected",
    "interactions_with_feedback, a day": "SELECT tenant, agent_selected, count(*), avg(rating) "
    "FROM interactions_with_feedback WHERE day = current_date - 3 GROUP BY ALL",
    "interactions_with_feedback, one": "FROM interactions_with_feedback WHERE interaction_id = '{id}'",
    "newest_interactions": "FROM newest_interactions LIMIT 100",
    "ratings": "SELECT count(*), avg(rating) FROM ratings",
    "current_feedback": "SELECT name, source, count(*), avg(score) FROM current_feedback GROUP BY ALL",
}
"""What is asked of each view; `{id}` is an interaction in the middle of the month."""


def views(
    interactions: Annotated[int, typer.Option(min=1, help="Interactions in the store.")] = 1_000_000,
    rate: Annotated[float, typer.Option(min=1, help="Records a second that the lake stores meanwhile.")] = 5_000,
    seconds: Annotated[float, typer.Option(min=1, help="How long to ask.")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Ask the analysts' views through Quack while the lake writes: processor time and waits of each."""
    with tempfile.TemporaryDirectory(prefix="headrace-bench-") as folder:
        figures = measure(Path(folder), interactions, rate, seconds)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, said in figures.pop("views").items():
        typer.echo(f"{name:40}" + "".join(f"{key} {value:>8}   " for key, value in said.items()))
    for name, value in figures.items():
        typer.echo(f"{name:40}{value:>10}")


def measure(folder: Path, interactions: int, rate: float, seconds: float) -> dict[str, Any]:
    """The figures, by name; `views` by statement."""
    from consumers.lake.bench_store import fill
    from consumers.lake.store import Store
    from headrace.broker.local import free_port
    from headrace.settings import ContinualLearning, Logging, Settings
    from headrace.settings import Store as StoreSettings

    settings = Settings(
        continual_learning=ContinualLearning(logging=Logging(storage=folder / "store")),
        store=StoreSettings(quack_port=free_port()),
    )
    with Store(settings) as store:
        fill(store.connection, interactions)
    with _lake(settings, rate, int(rate * (seconds + SPARE_S))) as (process, start):
        return _ask_all(settings, process, start, seconds)


@contextmanager
def _lake(settings: Any, rate: float, records: int) -> Iterator[tuple[Process, Event]]:
    """The serving lake, and what makes it write. Raises Fatal where it does not come up."""
    context = multiprocessing.get_context("spawn")
    ready, start = context.Event(), context.Event()
    lake = context.Process(target=_serve, args=(settings, rate, records, ready, start))
    lake.start()
    assert lake.pid is not None
    try:
        while not ready.wait(1.0):
            if not lake.is_alive():
                raise Fatal("the lake ended before it served")
        yield Process(lake.pid), start
    finally:
        lake.terminate()
        lake.join(STOP_S)
        lake.kill()


def _serve(settings: Any, rate: float, records: int, ready: Event, start: Event) -> None:
    from consumers.lake.bench_records import PARTITIONS, Paced, long_texts, made_up_cleans
    from consumers.lake.quack import Server
    from consumers.lake.service import Lake, tune_process
    from consumers.lake.store import Store
    from headrace.service import Shutdown

    tune_process()
    clean, shutdown = settings.kafka.topic("clean"), Shutdown().install()
    cleans = made_up_cleans(long_texts(None), records, feedback=FEEDBACK_SHARE)
    source = Paced(settings.storage / "records", clean, cleans, shutdown, rate)
    with Store(settings) as store:
        store.begin(clean, "bench", PARTITIONS)
        server = Server(store.connection, settings)
        ready.set()
        start.wait()
        Lake(settings, store, source, shutdown, server).run()


def _ask_all(settings: Any, lake: Process, start: Event, seconds: float) -> dict[str, Any]:
    from consumers.bench_analyst import Analyst

    analyst = Analyst(settings)
    ((id_,),) = analyst.ask(
        "SELECT interaction_id FROM interactions LIMIT 1 OFFSET (SELECT count(*) // 2 FROM ratings)"
    )
    statements = {name: sql.format(id=id_) for name, sql in STATEMENTS.items()}
    cpu_ms = {name: _cpu_ms(lake, analyst.ask, sql) for name, sql in statements.items()}
    idle_mb = lake.resident_mb()
    start.set()
    time.sleep(SETTLE_S)
    before, began = analyst.records(), time.monotonic()
    waits: dict[str, list[float]] = defaultdict(list)
    while (elapsed := time.monotonic() - began) < seconds:
        for name, sql in statements.items():
            waits[name].append(_seconds(analyst.ask, sql))
    return {
        "views": {
            name: {"cpu_ms": cpu_ms[name], "p50_ms": _ms(waits[name], 50), "p95_ms": _ms(waits[name], 95)}
            for name in statements
        },
        "asked_each": len(waits["ratings"]),
        "rows_per_s": round((analyst.records() - before) / elapsed),
        "served_mb": round(idle_mb),
        "peak_mb": round(lake.peak_mb()),
    }


def _cpu_ms(lake: Process, ask: Callable[[str], Any], sql: str) -> float:
    before = lake.cpu_s()
    for _ in range(ALONE):
        ask(sql)
    return round((lake.cpu_s() - before) / ALONE * 1000, 1)


def _seconds(ask: Callable[[str], Any], sql: str) -> float:
    began = time.perf_counter()
    ask(sql)
    return time.perf_counter() - began


def _ms(seconds: list[float], percent: int) -> float:
    return round(1000 * sorted(seconds)[len(seconds) * percent // 100], 1)
