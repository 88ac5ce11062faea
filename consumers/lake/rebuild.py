"""The store made anew from its Parquet: closed days and the rest; the lake then reads on from Kafka.

Guarantee: effectively-once into DuckDB, provided that the topics still hold what came after the copies. Of each
partition come all records before the first one of a day that was not closed, and none after it: the ledger stands
there. Whenever we die, there is no store or a whole one.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb

from consumers.lake import ledger
from consumers.lake.access import archive_path, database_path, quoted
from consumers.lake.archive import REST_TABLES, damaged_files, latest_rest, sync
from consumers.lake.database import attach, connect, explain, make_private_folder
from consumers.lake.tables import RECORD_TABLES, TABLES, Table
from headrace.errors import ConfigError, Fatal, LedgerConflict
from headrace.settings import Settings

MADE_SUFFIX = ".rebuilding"


def rebuild(settings: Settings) -> int:
    """Makes the store of its Parquet; how many records it holds then.

    Raises ConfigError where there is a store, or no Parquet to make it of, Fatal for damaged files, and
    LedgerConflict where a day is missing.
    """
    path, folder = database_path(settings), archive_path(settings)
    if path.exists():
        raise ConfigError(f"{path}: there is a store; move it away first, with its .wal")
    if (rest := latest_rest(folder)) is None:
        raise ConfigError(f"{folder}: no whole copy; the lake writes one when all closed days are copied, once an hour")
    if damaged := damaged_files(settings):
        raise Fatal(f"{damaged[0]}: not what its manifest says; restore the file from a backup")
    made = path.with_name(path.name + MADE_SUFFIX)
    made.unlink(missing_ok=True)
    make_private_folder(path.parent)
    try:
        with closing(connect(settings, path)) as connection:
            records = _fill(connection, made, folder, rest)
    except duckdb.Error as error:
        raise explain(error, made) from None
    sync(made)
    made.replace(path)
    sync(path.parent)
    return records


def _fill(connection: duckdb.DuckDBPyConnection, made: Path, folder: Path, rest: Path) -> int:
    attach(connection, made)
    connection.execute("USE headrace")
    for table in TABLES:
        connection.execute(table.ddl)
    for table in REST_TABLES:
        connection.execute(f"INSERT INTO {table.name} BY NAME FROM {_read([rest / f'{table.name}.parquet'])}")
    for table in RECORD_TABLES:
        if files := sorted(folder.glob(f"day=*/{table.name}.parquet")):
            connection.execute(_insert_sql(table, files))
    ledger.count_records(connection)
    if wrong := ledger.disagreements(connection):
        raise LedgerConflict(f"nothing was made: a day is missing, or not whole: {wrong[0]}")
    (records,) = connection.execute("SELECT sum(records)::BIGINT FROM ledger").fetchone() or (0,)
    connection.execute("CHECKPOINT headrace")
    connection.execute("USE memory")
    connection.execute("DETACH headrace")
    return int(records or 0)


def _insert_sql(table: Table, files: list[Path]) -> str:
    """All rows before the ledger's positions: what stands after them is read again."""
    origin = table.origin
    return f"""
        INSERT INTO {table.name} BY NAME
        SELECT copied.* FROM {_read(files)} AS copied JOIN ledger
          ON ledger.topic LIKE '%.{origin}' AND ledger.partition = copied.{origin}_partition
        WHERE copied.{origin}_offset < ledger.next_offset
        ORDER BY {origin}_offset"""


def _read(files: list[Path]) -> str:
    names = ", ".join(quoted(str(file)) for file in files)
    return f"read_parquet([{names}], union_by_name => true, hive_partitioning => false)"
