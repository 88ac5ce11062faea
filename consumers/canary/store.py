"""A look for canaries where clean events are kept: through the lake's read-only door, and in its Parquet files."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import structlog

from consumers.canary.values import VALUES
from consumers.lake.access import archive_path, load_quack, quoted, server_uri, token_path
from consumers.lake.tables import RECORD_TABLES
from headrace.settings import Settings

log = structlog.get_logger("canary")

Sighting = tuple[str, str]
"""Kind and place."""


def in_store(settings: Settings) -> Iterator[Sighting]:
    """Canaries in the rows of today and yesterday; nothing, and a line in the log, where no lake answers."""
    if settings.store.quack_port == 0 or not token_path(settings).exists():
        return
    connection = duckdb.connect(":memory:")
    try:
        load_quack(connection)
        yield from _in_tables(connection, settings)
    except duckdb.Error as error:
        log.warning("canary.no_lake_answers", error=type(error).__name__)
    finally:
        connection.close()


def in_archive(settings: Settings, newer_than: float) -> Iterator[Sighting]:
    """Canaries in the Parquet files that were written since a time (seconds since 1970)."""
    for path in sorted(archive_path(settings).glob("day=*/*.parquet")):
        if path.stat().st_mtime >= newer_than:
            with duckdb.connect(":memory:") as connection:
                answer = connection.execute(looked_for(f"read_parquet({quoted(str(path))})")).fetchall()
            yield from ((kind, f"{path.parent.name}/{path.name}") for (kind,) in answer)


def looked_for(rows: str, where: str = "true") -> str:
    """SQL for the kinds of canaries that stand anywhere in some rows."""
    kinds = ", ".join(f"({quoted(kind)}, {quoted(value)})" for kind, value in VALUES.items())
    return (
        f"SELECT DISTINCT kind FROM (SELECT t::VARCHAR AS said FROM {rows} t WHERE {where}) "
        f"JOIN (VALUES {kinds}) AS canaries(kind, canary) ON contains(said, canary)"
    )


def _in_tables(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[Sighting]:
    token = quoted(token_path(settings).read_text().strip())
    for table in RECORD_TABLES:
        recent = "day >= current_date - 1" if "day" in table.names else "true"
        asked = quoted(looked_for(table.name, recent))
        call = f"quack_query({quoted(server_uri(settings))}, {asked}, token => {token})"
        yield from ((kind, table.name) for (kind,) in connection.execute(f"FROM {call}").fetchall())
