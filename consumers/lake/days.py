"""Days of agents as exact sums beside the rows: what the view `agent_days` reads instead of a month of interactions.

Guarantee: effectively-once into DuckDB, provided that they change in the transaction of the rows they sum up.

Sums are whole numbers, and decimals where the numbers are fractions: whatever the order and the batches, they come out
the same, and a rating that is replaced is taken out exactly. Answer times are counted in buckets 2 % apart.
"""

from __future__ import annotations

from collections.abc import Mapping

from duckdb import DuckDBPyConnection

_KEY = "day, tenant, agent_selected"
_SUMS = {
    "interactions": "BIGINT",
    "errors": "BIGINT",
    "rated": "BIGINT",
    "rating": "DECIMAL(38,9)",
    "tokens_in": "HUGEINT",
    "tokens_out": "HUGEINT",
    "cost_usd": "DECIMAL(38,9)",
}
_STEP = 1.02
"""Between neighbouring buckets, so that a quantile is told to within 1 %."""
_SLOWEST_MS = 2e9
"""Three weeks; what claims to have taken longer is counted here."""

SUMS_TABLE = f"""
    CREATE OR REPLACE TABLE agent_day_sums (
        day DATE, tenant VARCHAR, agent_selected VARCHAR, {", ".join(f"{name} {kind}" for name, kind in _SUMS.items())},
        latency_p50_ms INTEGER, latency_p95_ms INTEGER)"""
LATENCIES_TABLE = """
    CREATE OR REPLACE TABLE agent_day_latencies (
        day DATE, tenant VARCHAR, agent_selected VARCHAR, bucket SMALLINT, answers BIGINT)"""


def prepare(connection: DuckDBPyConnection) -> None:
    """Makes the sums anew, from all interactions and ratings."""
    connection.execute(SUMS_TABLE)
    connection.execute(LATENCIES_TABLE)
    add_interactions(connection, "interactions")
    add_ratings(connection, "rated")


def add_interactions(connection: DuckDBPyConnection, interactions: str) -> None:
    """Adds a relation of interactions that were just stored, with the ratings sent with them."""
    sums = {
        "interactions": "count(*)",
        "errors": "count(error)",
        "rated": "count(user_feedback_score)",
        "rating": f"sum({_decimal('user_feedback_score')})",
        "tokens_in": "sum(tokens_in)",
        "tokens_out": "sum(tokens_out)",
        "cost_usd": f"sum({_decimal('cost_usd')})",
    }
    _add(connection, sums, interactions)
    bucket = f"round(ln(least(greatest(latency_ms, 1), {_SLOWEST_MS})) / ln({_STEP}))::SMALLINT"
    connection.execute(f"""
        MERGE INTO agent_day_latencies AS kept USING (
            SELECT {_KEY}, {bucket} AS bucket, count(*) AS answers
            FROM {interactions} WHERE latency_ms IS NOT NULL GROUP BY ALL) AS came
        USING ({_KEY}, bucket)
        WHEN MATCHED THEN UPDATE SET answers = kept.answers + came.answers
        WHEN NOT MATCHED THEN INSERT BY NAME""")
    _tell_latencies(connection, interactions)


def add_ratings(connection: DuckDBPyConnection, rated: str) -> None:
    """Adds ratings that came later, from a relation like `rated`, in place of those sent with their interactions."""
    _change_ratings(connection, rated, "+")


def remove_ratings(connection: DuckDBPyConnection, rated: str) -> None:
    """Takes out what `add_ratings` added."""
    _change_ratings(connection, rated, "-")


def _change_ratings(connection: DuckDBPyConnection, rated: str, sign: str) -> None:
    sums = {
        "rated": f"{sign}(count(*) - count(sent))",
        "rating": f"{sign}(sum({_decimal('rating')}) - coalesce(sum({_decimal('sent')}), 0))",
    }
    _add(connection, sums, f"{rated} WHERE rating IS NOT NULL AND day IS NOT NULL")


def _add(connection: DuckDBPyConnection, sums: Mapping[str, str], rows: str) -> None:
    """Adds sums over rows to the days that the rows belong to; a sum of nothing but nulls stays null."""
    summed = ", ".join(f"{sql} AS {name}" for name, sql in sums.items())
    added = ", ".join(f"{name} = coalesce(kept.{name} + came.{name}, kept.{name}, came.{name})" for name in sums)
    connection.execute(f"""
        MERGE INTO agent_day_sums AS kept
        USING (SELECT {_KEY}, {summed} FROM {rows} GROUP BY {_KEY}) AS came USING ({_KEY})
        WHEN MATCHED THEN UPDATE SET {added} WHEN NOT MATCHED THEN INSERT BY NAME""")


def _tell_latencies(connection: DuckDBPyConnection, interactions: str) -> None:
    """Quantiles of the days that a relation of interactions belongs to."""
    connection.execute(f"""
        UPDATE agent_day_sums AS kept SET latency_p50_ms = told.p50, latency_p95_ms = told.p95
        FROM (SELECT {_KEY}, {_quantile(0.5)} AS p50, {_quantile(0.95)} AS p95
              FROM (SELECT {_KEY}, bucket, sum(answers) OVER (PARTITION BY {_KEY} ORDER BY bucket) AS up_to,
                           sum(answers) OVER (PARTITION BY {_KEY}) AS answers
                    FROM agent_day_latencies SEMI JOIN (SELECT DISTINCT {_KEY} FROM {interactions}) USING ({_KEY}))
              GROUP BY {_KEY}) AS told
        WHERE (kept.day, kept.tenant, kept.agent_selected) = (told.day, told.tenant, told.agent_selected)""")


def _quantile(share: float) -> str:
    """The time that so large a share of the answers took at most."""
    return f"round(pow({_STEP}, min(bucket) FILTER (up_to >= {share} * answers)))::INTEGER"


def _decimal(column: str) -> str:
    """A number exactly addable, to its ninth place; null for one beyond a billion, which no rating or price is."""
    return f"TRY_CAST({column} AS DECIMAL(18,9))"
