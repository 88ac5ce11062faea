"""A store with a month of interactions and feedback, for the benchmark of the views: made in SQL, in seconds."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pyarrow as pa
from duckdb import DuckDBPyConnection

from consumers.lake.bench_records import AGENTS, made_up_texts
from consumers.lake.database import ROW_GROUP_ROWS
from consumers.lake.kept import registered
from consumers.lake.tables import FEEDBACK, INTERACTIONS, Table

DAYS = 30
DAY_MS = 86_400_000
FEEDBACK_PERCENT = 15
TENANTS = ("acme", "globex", "initech")

_ORIGIN = {
    "tenant": f"{list(TENANTS)}[1 + (drawn // 7 % {len(TENANTS)})::INT]",
    "seq": "n + 1",
    "raw_partition": "(n % 6)::SMALLINT",
    "raw_offset": "n // 6",
    "clean_partition": "(n % 6)::SMALLINT",
    "clean_offset": "n // 6",
    "appended_at": "moment",
    "sanitizer": "'0.1.0'",
    "policy": "'9f8e7d6c5b4a'",
}
_PERSON = "'h1:abcdefgh:' || md5((drawn % 20000)::VARCHAR)[1:26]"
_INTERACTION = {
    **_ORIGIN,
    "interaction_id": "id",
    "timestamp": "moment",
    "day": "moment::DATE",
    "session_id": "'h1:abcdefgh:' || md5((n // 3)::VARCHAR)[1:26]",
    "user_id": _PERSON,
    "agent_selected": f"{list(AGENTS)}[1 + (drawn % {len(AGENTS)})::INT]",
    "agent_version": "'1.3'",
    "user_query": "query",
    "response": "response",
    "latency_ms": "round(exp(6 + 0.6 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())), 1)",
    "user_feedback_score": "CASE WHEN n % 5 = 0 THEN 1 + drawn % 5 END",
    "routing_confidence": "round(random(), 3)",
    "model": "'model-small-2026'",
    "tokens_in": "length(query) // 4",
    "tokens_out": "length(response) // 4",
    "cost_usd": "round(random() / 100, 5)",
    "error": "CASE WHEN drawn % 50 = 0 THEN 'Timeout' END",
    "producer_id": "'01990000-0000-7000-8000-000000000000'",
}
_FEEDBACK = {
    **_ORIGIN,
    "feedback_id": "id",
    "interaction_id": "id",
    "timestamp": "moment + INTERVAL 1 HOUR",
    "day": "(moment + INTERVAL 1 HOUR)::DATE",
    "name": "'rating'",
    "score": "1 + drawn % 5",
    "rater": _PERSON,
    "source": "'human'",
    "producer_id": "'01990000-0000-7000-8000-000000000001'",
}


def fill(connection: DuckDBPyConnection, interactions: int) -> None:
    """`interactions` evenly over the last DAYS days, and feedback on FEEDBACK_PERCENT of them, as full batches."""
    queries, responses = zip(*made_up_texts(), strict=True)
    texts = pa.table({"text": range(len(queries)), "query": queries, "response": responses})
    first_ms = int(time.time() * 1000) - DAYS * DAY_MS
    with registered(connection, texts=texts):
        for start in range(0, interactions, ROW_GROUP_ROWS):
            made = _made(start, min(start + ROW_GROUP_ROWS, interactions), first_ms, DAYS * DAY_MS / interactions)
            _insert(connection, INTERACTIONS, _INTERACTION, f"{made} JOIN texts ON text = drawn % {len(queries)}")
            _insert(connection, FEEDBACK, _FEEDBACK, f"{made} WHERE drawn % 100 < {FEEDBACK_PERCENT}")


def _insert(connection: DuckDBPyConnection, table: Table, made: Mapping[str, str], rows: str) -> None:
    columns = ", ".join(made.get(name, "NULL") for name in table.names)
    connection.execute(f"INSERT INTO {table.name} SELECT {columns} FROM {rows} ORDER BY n")


def _made(start: int, end: int, first_ms: int, step_ms: float) -> str:
    """A relation of numbers, each with its moment, a UUIDv7 of it, and a number drawn by it."""
    ms = f"({first_ms} + (range * {step_ms})::BIGINT)"
    return f"""(
        SELECT n, (hash(n) % 1000003)::BIGINT AS drawn, epoch_ms(ms) AS moment,
               (substr(hex, 1, 8) || '-' || substr(hex, 9) || '-7' || substr(tail, 1, 3) || '-8' || substr(tail, 4, 3)
                || '-' || substr(tail, 7, 12))::UUID AS id
        FROM (SELECT range AS n, {ms} AS ms, format('{{:012x}}', {ms}) AS hex, md5(range::VARCHAR) AS tail
              FROM range({start}, {end})))"""
