"""The database file: made private, migrated, and attached as the lake needs it.

It is attached, not opened: only so can its row groups be smaller than DuckDB's 122,880 rows. A batch of
ROW_GROUP_ROWS interactions is one row group, which goes compressed into the file at once, past the
write-ahead log and the next checkpoint: less than half the work of a row.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import duckdb

from consumers.lake import kept
from consumers.lake.access import database_path, quoted
from consumers.lake.tables import TABLES
from consumers.lake.views import NEWEST, VIEWS
from headrace.errors import Fatal, Retriable, StoreFull, StoreLocked
from headrace.settings import Settings

CATALOG = "headrace"
OLDEST_DUCKDB = (1, 5, 5)
"""1.4 loses a whole table when the disk fills during a checkpoint."""
_QUOTES_NO_VALUE = (
    duckdb.IOException,
    duckdb.CatalogException,
    duckdb.BinderException,
    duckdb.TransactionException,
)
ROW_GROUP_ROWS = 20_480
"""Ten vectors: a batch that Python can hold, and compressed nearly as well as DuckDB's own 122,880."""
READERS_PATIENCE_S = 5.0
"""`headrace sql` holds the file for one statement while no lake runs."""
READERS_POLL_S = 0.01
PRIVATE_UMASK = 0o077
"""For the whole process: DuckDB makes its log and temporary files whenever it needs them."""


def require_duckdb(version: str = duckdb.__version__) -> None:
    """Raises Fatal for a DuckDB that can lose data."""
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if numbers < OLDEST_DUCKDB:
        raise Fatal(f"DuckDB {version} can lose a table when the disk fills; install 1.5.5 or later")


def make_private_folder(path: Path) -> None:
    """The folder, for this user only."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)


def open_database(settings: Settings) -> duckdb.DuckDBPyConnection:
    """The file with today's tables and views in it, and no DDL left in its write-ahead log.

    From now on all files that the process makes are for this user only. Raises DuckDB's own errors, and Fatal
    for a DuckDB that is too old.
    """
    require_duckdb()
    os.umask(PRIVATE_UMASK)
    path = database_path(settings)
    make_private_folder(path.parent)
    with _attached(settings, path) as migrating:
        migrating.execute("BEGIN")
        for table in TABLES:
            migrating.execute(table.ddl)
            for statement in table.added:
                migrating.execute(statement)
            migrating.execute(f"COMMENT ON TABLE {table.name} IS {quoted(table.comment)}")
            for column in table.columns:
                migrating.execute(f'COMMENT ON COLUMN {table.name}."{column.name}" IS {quoted(column.comment)}')
        kept.prepare(migrating)
        for view in VIEWS:
            migrating.execute(f"CREATE OR REPLACE VIEW {view.name} AS {view.sql}")
            migrating.execute(f"COMMENT ON VIEW {view.name} IS {quoted(view.comment)}")
        migrating.execute("COMMIT")
        migrating.execute(f"CHECKPOINT {CATALOG}")
    return _attached(settings, path)


def _attached(settings: Settings, path: Path) -> duckdb.DuckDBPyConnection:
    connection = connect(settings, path)
    attach(connection, path)
    connection.execute(f"USE {CATALOG}")
    return connection


def connect(settings: Settings, path: Path) -> duckdb.DuckDBPyConnection:
    """A connection as the settings bound it, to which nothing is attached yet."""
    store = settings.store
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{store.memory_limit_mb}MB",
            "threads": store.threads,
            "temp_directory": str(path.parent / "tmp"),
            "checkpoint_threshold": f"{4 * store.checkpoint_mb}MB",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "late_materialization_max_rows": str(NEWEST),
        },
    )
    connection.execute("SET enable_progress_bar = false")
    return connection


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str = CATALOG, read_only: bool = False) -> None:
    """Attaches a file, once those who read it for one statement have let go of it."""
    how = "READ_ONLY" if read_only else f"ROW_GROUP_SIZE {ROW_GROUP_ROWS}, STORAGE_VERSION 'latest'"
    deadline = time.monotonic() + READERS_PATIENCE_S
    while True:
        try:
            connection.execute(f"ATTACH {quoted(str(path))} AS {name} ({how})")
            return
        except duckdb.IOException as error:
            if "Conflicting lock" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(READERS_POLL_S)


def roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Ends the transaction, also where DuckDB has given up on the database."""
    try:
        connection.execute("ROLLBACK")
    except duckdb.Error:
        return


def explain(error: duckdb.Error, path: Path) -> Exception:
    """DuckDB's error as one of ours: its words may quote a value, so only those on files and names are passed on."""
    words = str(error)
    if lock := re.search(r"Conflicting lock is held in .*?\(PID (\d+)\)", words):
        return StoreLocked(f"{path} is held by process {lock[1]}; end it first: one process writes a store")
    if "No space left" in words:
        return StoreFull(f"{path}: the disk is full; free some space and start the lake again")
    if isinstance(error, duckdb.OutOfMemoryException):
        return Retriable(
            f"{path}: store.memory_limit_mb is taken by analysts' statements; nothing of the batch was stored"
        )
    if isinstance(error, _QUOTES_NO_VALUE):
        return Fatal(f"{path}: {words.splitlines()[0]}")
    return Fatal(f"{path}: DuckDB failed ({type(error).__name__}); nothing of the batch was stored")
