"""`headrace bench lake`: how fast encoded clean records become rows, without a broker in between.

The records are made first and lie in a file; the measured part reads, decodes, de-duplicates and stores
them as the service does, with its two threads, into a database of its own that is deleted afterwards.
"""

from __future__ import annotations

import gzip
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Annotated, Any

import typer

from headrace.events import Clean, ProductionInteraction, Retrieval
from headrace.ids import uuid7

TEXT_CHARACTERS = 640
"""With ids, scores and framing a record of so much text is 1.1 KB."""
MADE_UP_TEXTS = 10_000
CHUNK_RECORDS = 2_000
PRELOADED_PER_MS = 60
"""Ids of the rows stored before, and of the measured ones, are as dense as at 60,000 a second."""
PARTITIONS = 6
AGENTS = ("billing", "travel", "restaurants", "banking", "support", "search")
WORDS = (
    *("invoice", "parcel", "tonight", "appointment", "Tuesday", "train", "hotel", "refund", "plan", "roaming", "table"),
    *(
        "ticket",
        "account",
        "transfer",
        "version",
        "please",
        "would",
        "you",
        "could",
        "we",
        "is",
        "it",
        "and",
        "or",
        "not",
    ),
    *("working", "arrives", "before", "station", "update", "reservation", "charge", "carrier", "confirmation", "to"),
    *("kitchen", "colleague", "stock", "page", "closes", "between", "harbour", "vegetarian", "the", "a", "for", "with"),
)


def lake(
    rows: Annotated[int, typer.Option(min=1, help="Interactions to store and measure.")] = 200_000,
    stragglers: Annotated[float, typer.Option(min=0, max=1, help="Share whose ids are old.")] = 0.0,
    preloaded: Annotated[int, typer.Option(min=0, help="Interactions stored before the measurement.")] = 0,
    data: Annotated[Path | None, typer.Option(help="JSONL of exchanges whose text to use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Store interactions of 1.1 KB: events a second, CPU and memory, bytes on disk."""
    with tempfile.TemporaryDirectory(prefix="headrace-bench-") as folder:
        figures = measure(Path(folder), rows, stragglers, preloaded, data)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name:32} {value:>14,.1f}" if isinstance(value, float) else f"{name:32} {value:>14}")


def measure(folder: Path, rows: int, stragglers: float, preloaded: int, data: Path | None) -> dict[str, Any]:
    """The figures, by name."""
    import pyarrow as pa

    from consumers.lake.access import database_path
    from consumers.lake.service import Lake, tune_process
    from consumers.lake.store import Store
    from headrace.service import Shutdown
    from headrace.settings import ContinualLearning, Logging, Settings

    tune_process()
    settings = Settings(continual_learning=ContinualLearning(logging=Logging(storage=folder / "store")))
    source = _Source(folder / "records", settings.kafka.topic("clean"))
    record_bytes = source.fill(_texts(data), rows, stragglers, preloaded)
    with Store(settings) as store:
        store.begin(settings.kafka.topic("clean"), "bench", PARTITIONS)
        if preloaded:
            _preload(store.connection, preloaded)
        before = database_path(settings).stat().st_size
        shutdown = Shutdown()
        source.shutdown = shutdown
        wall, cpu = time.perf_counter(), time.process_time()
        Lake(settings, store, source, shutdown).run()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        store.checkpoint()
        stored = store.connection.execute("SELECT count(*) FROM interactions").fetchone()
        after = database_path(settings).stat().st_size
    assert stored == (rows + preloaded,)
    return {
        "events_per_s": round(rows / wall),
        "cpu_us_per_event": round(1e6 * cpu / rows, 2),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "stored_kb_per_1000": round((after - before) / 1024 / rows * 1000, 1),
        "record_bytes": record_bytes // rows,
        "rows": rows,
        "preloaded": preloaded,
        "stragglers": stragglers,
        "arrow_mb": pa.total_allocated_bytes() >> 20,
    }


class _Source:
    """A reader of records that lie in a file; asks for the end after the last one."""

    def __init__(self, path: Path, topic: str) -> None:
        self._path, self._topic = path, topic
        self._lengths: list[int] = []
        self._position = 0
        self.shutdown: Any = None

    def fill(self, texts: Iterator[tuple[str, str]], rows: int, stragglers: float, preloaded: int) -> int:
        """Makes the records; their bytes."""
        from headrace.codec import encode

        with self._path.open("wb") as file:
            for clean in _cleans(texts, rows, stragglers, preloaded):
                self._lengths.append(file.write(encode(clean)))
        self._file = self._path.open("rb")
        return sum(self._lengths)

    def read(self, limit: int, timeout_s: float) -> list[Any]:  # noqa: ARG002
        from consumers.lake.batch import Records

        start, end = self._position, min(self._position + limit, len(self._lengths))
        self._position = end
        if end == len(self._lengths):
            self.shutdown.requested = True
        if start == end:
            return []
        values = [self._file.read(length) for length in self._lengths[start:end]]
        numbers = range(start, end)
        return [Records(self._topic, [n % PARTITIONS for n in numbers], [n // PARTITIONS for n in numbers], values)]

    def lag(self) -> dict[int, int]:
        return {}

    def take_ends(self) -> dict[tuple[str, int], int]:
        return {}

    def close(self) -> None:
        self._file.close()


def _cleans(texts: Iterator[tuple[str, str]], rows: int, stragglers: float, preloaded: int) -> Iterator[Clean]:
    randomness = random.Random(7)
    start_ms = int(time.time() * 1000)
    for number, (query, response) in zip(range(rows), texts, strict=False):
        ms = start_ms + number // PRELOADED_PER_MS
        id_ms = (
            ms
            if randomness.random() >= stragglers
            else start_ms - randomness.randrange(preloaded // PRELOADED_PER_MS + 1)
        )
        timestamp = datetime.fromtimestamp(ms / 1000, UTC)
        yield Clean(
            event=_interaction(randomness, timestamp, uuid7(id_ms), number, query, response),
            sanitizer="0.1.0",
            policy="9f8e7d6c5b4a",
            findings={"phone": 1} if number % 8 == 0 else {},
            raw_partition=number % PARTITIONS,
            raw_offset=number // PARTITIONS,
            appended_at=timestamp + timedelta(milliseconds=3),
        )


def _interaction(
    randomness: random.Random, timestamp: datetime, id_: str, number: int, query: str, response: str
) -> ProductionInteraction:
    agent = randomness.choice(AGENTS)
    return ProductionInteraction(
        timestamp=timestamp,
        producer_id="01990000-0000-7000-8000-000000000000",
        seq=number + 1,
        interaction_id=id_,
        session_id=f"h1:abcdefgh:{randomness.getrandbits(104):026x}",
        user_id=f"h1:abcdefgh:{randomness.randrange(2_000) * 7919:026x}",
        agent_selected=agent,
        agent_version="1.3",
        user_query=query,
        response=response,
        latency_ms=round(randomness.lognormvariate(6, 0.6), 1),
        user_feedback_score=float(randomness.randint(1, 5)) if number % 5 == 0 else None,
        routing_confidence=round(randomness.random(), 3),
        routing_scores={agent: round(randomness.random(), 3), "search": round(randomness.random(), 3)},
        model="model-small-2026",
        tokens_in=len(query) // 4,
        tokens_out=len(response) // 4,
        cost_usd=round(randomness.random() / 100, 5),
        retrieval=Retrieval(ids=[f"doc-{randomness.randrange(5000)}"], scores=[round(randomness.random(), 3)]),
    )


def _texts(data: Path | None) -> Iterator[tuple[str, str]]:
    exchanges = _made_up() if data is None else _from_file(data)
    while True:
        query, response = "", ""
        while len(query) + len(response) < TEXT_CHARACTERS:
            asked, answered = next(exchanges)
            query, response = f"{query} {asked}".strip(), f"{response} {answered}".strip()
        yield query, response


def _made_up() -> Iterator[tuple[str, str]]:
    randomness = random.Random(7)
    texts = [
        (" ".join(randomness.choices(WORDS, k=42)), " ".join(randomness.choices(WORDS, k=68)))
        for _ in range(MADE_UP_TEXTS)
    ]
    return cycle(texts)


def _from_file(data: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(data, "rt") if data.suffix == ".gz" else data.open() as lines:
        exchanges = [(row["user_query"], row["response"]) for row in map(json.loads, lines)]
    return cycle(exchanges)


def _preload(connection: Any, rows: int) -> None:
    """Rows with ids before now, as dense as they would have come."""
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
            SELECT format('{{:012x}}', {now_ms} - ({rows} - range) // {PRELOADED_PER_MS}) AS ms,
                   md5(range::VARCHAR) AS tail FROM range({rows}))"""
    )
