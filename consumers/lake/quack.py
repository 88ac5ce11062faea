"""The lake's live server for analysts: DuckDB's Quack, on this machine only, with a token that can only read.

Every statement passes `authorize.refusal`. One without a LIMIT is counted first, so that nobody fetches more
than `store.query_rows`. DuckDB 1.5 cannot end a statement of another connection: `overdue` tells when one
has run longer than `store.query_seconds`, and the service then starts itself again, which ends it.
"""

from __future__ import annotations

import secrets
import time
from threading import Timer

import duckdb
import structlog

from consumers.lake.access import archive_path, load_quack, quoted, server_uri, token_path
from consumers.lake.authorize import refusal, row_limit
from consumers.lake.tables import TABLES
from consumers.lake.views import VIEWS
from headrace.errors import Fatal
from headrace.settings import Settings, Store

TOKEN_BYTES = 24
LOOK_EVERY_S = 1.0
"""A statement may run that much longer than it should."""
COUNT_HOLDS_S = 60.0
"""A dashboard asks the same every few seconds; within a minute an answer does not grow past its bound by much."""
COUNTS_KEPT = 1000

log = structlog.get_logger("lake")


class ServerFailed(Fatal):
    """Analysts cannot be served. Not a ConfigError: a port that is taken now may be free at the next start."""


class Server:
    """Serves the database of a connection until it is closed. Raises ServerFailed where the port is taken."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
        self._settings = settings
        self._next_look = 0.0
        self._connection = connection.cursor()
        load_quack(self._connection)
        for name in [table.name for table in TABLES] + [view.name for view in VIEWS]:
            self._connection.execute(f"CREATE VIEW memory.main.{name} AS FROM headrace.main.{name}")
        guard = Guard(connection, settings.store)
        self._connection.create_function(
            "headrace_may_run", guard.may_run, ["VARCHAR", "VARCHAR"], "BOOLEAN", side_effects=True
        )
        self._connection.execute("SET GLOBAL quack_authorization_function = 'headrace_may_run'")
        self._connection.execute(f"SET GLOBAL allowed_directories = [{quoted(str(archive_path(settings)))}]")
        self._connection.execute("SET GLOBAL enable_external_access = false")
        self._connection.execute("SET GLOBAL lock_configuration = true")
        self._serve()

    def close(self) -> None:
        """Takes no more statements."""
        self._connection.execute(f"CALL quack_stop({quoted(server_uri(self._settings))})")

    def _serve(self) -> None:
        uri = server_uri(self._settings)
        try:
            self._connection.execute(f"CALL quack_serve({quoted(uri)}, token => {quoted(_token(self._settings))})")
        except duckdb.Error as error:
            raise ServerFailed(
                f"store.quack_port: analysts cannot be served on {uri} ({str(error).splitlines()[0]}); "
                "end what holds the port, or choose another, or 0 for no server"
            ) from None

    def is_blocked(self) -> bool:
        """Whether a statement runs too long, which only a new process can end; looks once a second."""
        if (now := time.monotonic()) < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY_S
        return self.overdue()

    def overdue(self) -> bool:
        """Whether an analyst's statement has run too long."""
        row = self._connection.execute(
            "SELECT count(*) FROM quack_active_connections() WHERE state = 'active' "
            f"AND query_started_at < now()::TIMESTAMP - to_seconds({self._settings.store.query_seconds})"
        ).fetchone()
        return row != (0,)


class Guard:
    """Says whether a statement may run; asked by Quack's threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, limits: Store) -> None:
        self._connection = connection
        self._limits = limits
        self._counted: dict[str, float] = {}

    def may_run(self, _connection_id: str, sql: str) -> bool:
        """Whether it may; what stands against it is logged, not the statement."""
        reason = refusal(sql) or self._too_many_rows(sql)
        if reason:
            log.warning("lake.refused_statement", reason=reason)
        return reason is None

    def _too_many_rows(self, sql: str) -> str | None:
        limit = row_limit(sql)
        now = time.monotonic()
        if (limit is not None and limit <= self._limits.query_rows) or now < self._counted.get(sql, 0.0):
            return None
        try:
            rows = self._count(sql)
        except duckdb.Error as error:
            return None if not isinstance(error, duckdb.InterruptException) else "it takes too long"
        if rows > self._limits.query_rows:
            return "it returns too many rows"
        if len(self._counted) == COUNTS_KEPT:
            self._counted.clear()
        self._counted[sql] = now + COUNT_HOLDS_S
        return None

    def _count(self, sql: str) -> int:
        """The rows a statement returns, counted to one past the limit."""
        cursor = self._connection.cursor()
        timer = Timer(self._limits.query_seconds, cursor.interrupt)
        timer.start()
        try:
            (statement,) = cursor.extract_statements(sql)
            cursor.execute("USE memory")
            row = cursor.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM (\n{statement.query.rstrip().rstrip(';')}\n) "
                f"LIMIT {self._limits.query_rows + 1})"
            ).fetchone()
        finally:
            timer.cancel()
            cursor.close()
        return int(row[0]) if row else 0


def _token(settings: Settings) -> str:
    """The analysts' token, made at the first start."""
    path = token_path(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(TOKEN_BYTES))
    return path.read_text().strip()
