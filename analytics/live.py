"""The store as analysts read it: through the lake while it runs, from the file while it does not.

with analytics.live.connect(settings) as store:
    table = store.table("SELECT * FROM agent_days")
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Literal

import duckdb
import pyarrow as pa

from consumers.lake.access import HOST, database_path, load_quack, quoted, server_uri, token_path
from consumers.lake.authorize import refusal
from headrace.errors import ConfigError, HeadraceError, StoreLocked
from headrace.patience import patiently
from headrace.settings import Settings

CONNECT_S = 2.0
STARTING_S = 10.0
"""How long a lake that holds the file and does not answer yet is waited for: it opens the store first."""
ASK_AGAIN_S = 0.1
ROWS_AT_ONCE = 10_000


Place = Literal["lake", "file"]


class LakeSilent(HeadraceError):
    """The running lake was asked for, and does not answer."""


class StatementRefused(HeadraceError):
    """Not a statement that analysts may run."""


class StatementFailed(HeadraceError):
    """DuckDB could not run the statement; its words follow."""


class Answer:
    """Record batches of one answer, and their schema."""

    def __init__(self, batches: pa.RecordBatchReader) -> None:
        self._batches = batches
        self.schema: pa.Schema = batches.schema

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._batches
        except (OSError, pa.ArrowException) as error:
            raise _failed(error) from None

    def read_all(self) -> pa.Table:
        """All of it at once."""
        return pa.Table.from_batches(self, self.schema)


class LiveStore:
    """A place to ask; `place` tells whether it is the running lake or the file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, place: Place, call: str = "") -> None:
        self._connection = connection
        self._call = call
        self.place = place

    def __enter__(self) -> LiveStore:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._connection.close()

    def query(self, sql: str) -> Answer:
        """The answer, in record batches as they come.

        Raises StatementRefused for all but one SELECT over the store, StatementFailed with DuckDB's words,
        also while the batches come.
        """
        if reason := refusal(sql):
            raise StatementRefused(f"refused: {reason}")
        try:
            if self._call:
                answer = self._connection.execute(f"FROM {self._call.format(quoted(sql))}")
            else:
                answer = self._connection.execute(sql)
            return Answer(answer.to_arrow_reader(ROWS_AT_ONCE))
        except duckdb.Error as error:
            raise _failed(error) from None

    def table(self, sql: str) -> pa.Table:
        """The whole answer; raises as `query` does."""
        return self.query(sql).read_all()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The whole answer, row by row."""
        found: list[dict[str, Any]] = self.table(sql).to_pylist()
        return found


def _failed(error: Exception) -> StatementFailed:
    words = str(error).split("\n\nLINE 1: FROM quack_query")[0]
    if "Failed to send message" in words:
        words = f"the lake ended, or ended the statement for running too long ({words})"
    return StatementFailed(words)


def connect(settings: Settings, place: Place | None = None) -> LiveStore:
    """The lake's server where it answers, the file where no lake runs; or only the `place` that is named.

    A lake that is just starting is waited for. Raises ConfigError where there is no store, StoreLocked where the
    file is held and nobody answers, and LakeSilent where the lake is asked for and does not answer.
    """
    if not token_path(settings).exists():
        return _connect(settings, place)
    return patiently(lambda: _connect(settings, place), StoreLocked, STARTING_S, ASK_AGAIN_S)


def _connect(settings: Settings, place: Place | None) -> LiveStore:
    if place != "file" and token_path(settings).exists() and _answers(settings):
        connection = duckdb.connect(":memory:")
        load_quack(connection)
        token = quoted(token_path(settings).read_text().strip())
        return LiveStore(connection, "lake", f"quack_query({quoted(server_uri(settings))}, {{}}, token => {token})")
    if place == "lake":
        raise LakeSilent(f"no lake answers on {HOST}:{settings.store.quack_port}; `headrace run lake` starts one")
    return LiveStore(_open_file(settings), "file")


def _answers(settings: Settings) -> bool:
    if settings.store.quack_port == 0:
        return False
    try:
        socket.create_connection((HOST, settings.store.quack_port), CONNECT_S).close()
    except OSError:
        return False
    return True


def _open_file(settings: Settings) -> duckdb.DuckDBPyConnection:
    path = database_path(settings)
    if not path.exists():
        raise ConfigError(f"{path}: there is no store yet; `headrace run lake` makes it, or `storage` names another")
    try:
        connection = duckdb.connect(str(path), read_only=True, config={"enable_external_access": "false"})
    except duckdb.Error as error:
        raise StoreLocked(
            f"{path} is held by another process, and no lake answers on port {settings.store.quack_port}: "
            f"{str(error).splitlines()[0]}"
        ) from None
    connection.execute("SET lock_configuration = true")
    return connection
