"""`headrace bench lake`: how fast encoded clean records become rows, without a broker in between.

The records are made first and lie in a file; the measured part reads, decodes, de-duplicates and stores
them as the service does, with its two threads, into a database of its own that is deleted afterwards.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer


def lake(
    rows: Annotated[int, typer.Option(min=1, help="Records to store and measure.")] = 200_000,
    stragglers: Annotated[float, typer.Option(min=0, max=1, help="Share whose ids are old.")] = 0.0,
    feedback: Annotated[float, typer.Option(min=0, max=1, help="Share that is feedback.")] = 0.0,
    preloaded: Annotated[int, typer.Option(min=0, help="Interactions stored before the measurement.")] = 0,
    data: Annotated[Path | None, typer.Option(help="JSONL of exchanges whose text to use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Store interactions of 1.1 KB: events a second, CPU and memory, bytes on disk."""
    with tempfile.TemporaryDirectory(prefix="headrace-bench-") as folder:
        figures = measure(Path(folder), rows, stragglers, feedback, preloaded, data)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name:32} {value:>14,.1f}" if isinstance(value, float) else f"{name:32} {value:>14}")


def measure(
    folder: Path, rows: int, stragglers: float, feedback: float, preloaded: int, data: Path | None
) -> dict[str, Any]:
    """The figures, by name."""
    import pyarrow as pa

    from consumers.lake.access import database_path
    from consumers.lake.bench_records import PARTITIONS, Recorded, long_texts, made_up_cleans
    from consumers.lake.service import Lake, tune_process
    from consumers.lake.store import Store
    from headrace.service import Shutdown
    from headrace.settings import ContinualLearning, Logging, Settings

    tune_process()
    settings = Settings(continual_learning=ContinualLearning(logging=Logging(storage=folder / "store")))
    clean, shutdown = settings.kafka.topic("clean"), Shutdown()
    cleans = made_up_cleans(long_texts(data), rows, stragglers, preloaded, feedback)
    source = Recorded(folder / "records", clean, cleans, shutdown)
    with Store(settings) as store:
        store.begin(clean, "bench", PARTITIONS)
        if preloaded:
            _preload(store.connection, preloaded)
        before = database_path(settings).stat().st_size
        wall, cpu = time.perf_counter(), time.process_time()
        Lake(settings, store, source, shutdown).run()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        store.checkpoint()
        stored = store.connection.execute(
            "SELECT (SELECT count(*) FROM interactions) + (SELECT count(*) FROM feedback)"
        ).fetchone()
        after = database_path(settings).stat().st_size
    assert stored == (rows + preloaded,)
    return {
        "events_per_s": round(rows / wall),
        "cpu_us_per_event": round(1e6 * cpu / rows, 2),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "stored_kb_per_1000": round((after - before) / 1024 / rows * 1000, 1),
        "record_bytes": source.bytes // rows,
        "rows": rows,
        "preloaded": preloaded,
        "stragglers": stragglers,
        "feedback": feedback,
        "arrow_mb": pa.total_allocated_bytes() >> 20,
    }


def _preload(connection: Any, rows: int) -> None:
    """Rows with ids before now, as dense as they would have come."""
    from consumers.lake.bench_records import IDS_PER_MS
    from consumers.lake.tables import INTERACTIONS

    made = {
        "interaction_id": """(substr(ms, 1, 8) || '-' || substr(ms, 9) || '-7' || substr(tail, 1, 3) || '-8'
            || substr(tail, 4, 3) || '-' || substr(tail, 7, 12))::UUID""",
        "day": "DATE '2026-01-01'",
        "user_query": "'preloaded'",
        "agent_selected": "'search'",
    }
    columns = ", ".join(made.get(name, "NULL") for name in INTERACTIONS.names)
    now_ms = int(time.time() * 1000)
    connection.execute(
        f"""INSERT INTO interactions SELECT {columns} FROM (
            SELECT format('{{:012x}}', {now_ms} - ({rows} - range) // {IDS_PER_MS}) AS ms,
                   md5(range::VARCHAR) AS tail FROM range({rows}))"""
    )
