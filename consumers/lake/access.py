"""Where the store lies and how its live server is reached: what the lake and its analysts agree on."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import duckdb

from headrace.settings import Settings

DATABASE = "headrace.duckdb"
HOST = "127.0.0.1"


def database_path(settings: Settings) -> Path:
    return settings.storage / DATABASE


def archive_path(settings: Settings) -> Path:
    """The folder of the closed days' Parquet."""
    return settings.storage / "parquet"


def token_path(settings: Settings) -> Path:
    """The file with the analysts' token: who can read it may read the store."""
    return settings.storage / "state" / "quack.token"


def server_uri(settings: Settings) -> str:
    return f"quack:{HOST}:{settings.store.quack_port}"


def load_quack(connection: duckdb.DuckDBPyConnection) -> None:
    """Loads Quack, and httpfs that it stands on, from their wheels: offline, without copies in the home folder."""
    for name in ("httpfs", "quack"):
        folder = files(f"duckdb_extension_{name}") / "extensions" / f"v{duckdb.__version__}"
        connection.execute(f"LOAD {quoted(str(folder / f'{name}.duckdb_extension'))}")


def quoted(text: str) -> str:
    """An SQL string literal.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"
