"""What has to go, and how: the database copied without it, and the copy put in its place.

Guarantee: effectively-once into DuckDB: whenever we die, the file is the old one or the new one, whole, and
its ledger and rows agree. DELETE would leave the bytes in the file, also after CHECKPOINT and VACUUM.

1. who is erased is noted in the old file         if we die here: the next start goes on with 2
2. a copy without the rows is made and synced     if we die here: the old file stands, the next start makes it anew
3. the copy is renamed over the old file          if we die here: the new file stands
4. Parquet with rows that are gone is removed     if we die here: the next start removes it, before it reads a record

A file that lost rows says so in `erased` (one row each, without content), `seq_archive` and the ledger.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from consumers.lake import ledger, subjects
from consumers.lake.access import archive_path, database_path
from consumers.lake.archive import MANIFEST, counts_by_day, read_manifest, remove_rests, sync
from consumers.lake.database import attach, connect, explain, open_database
from consumers.lake.ledger import COUNTS
from consumers.lake.tables import (
    CONFLICTS,
    DUPLICATES,
    ERASED,
    EVENT_TABLES,
    FEEDBACK,
    INTERACTIONS,
    LABELS,
    LEDGER,
    RECORD_TABLES,
    SEQ_ARCHIVE,
    TABLES,
    Table,
)  # fmt: skip
from headrace.errors import LedgerConflict, StoreFull, StoreLocked
from headrace.failpoints import failpoint
from headrace.settings import MEGABYTE, Settings

MADE_SUFFIX = ".forgetting"
_ABOUT = (
    "(interaction_id IN (SELECT TRY_CAST(id AS UUID) FROM gone WHERE kind = 'interaction') "
    "OR external_id IN (SELECT id FROM gone WHERE kind = 'external'))"
)
_USERS = "(SELECT id FROM gone WHERE kind = 'user')"
_SESSIONS = "(SELECT id FROM gone WHERE kind = 'session')"
_AGAIN = (
    "(kind, id) IN (SELECT (kind, id) FROM gone_rows) OR "
    "(kind = 'interactions' AND id IN (SELECT TRY_CAST(id AS UUID) FROM gone WHERE kind = 'interaction'))"
)
_IS_GONE = {
    INTERACTIONS.name: f"user_id IN {_USERS} OR (user_id IS NULL AND session_id IN {_SESSIONS}) OR {_ABOUT}",
    FEEDBACK.name: f"rater IN {_USERS} OR (rater IS NULL AND session_id IN {_SESSIONS}) OR {_ABOUT}",
    LABELS.name: f"annotator IN {_USERS} OR {_ABOUT}",
    DUPLICATES.name: _AGAIN,
    CONFLICTS.name: _AGAIN
    + "".join(f" OR json_extract_string(event, '$.{name}') IN {_USERS}" for name in ("user_id", "rater", "annotator")),
}
"""Which rows of a table are an erased person's; `gone` holds what is noted, `gone_rows` ids of events that go."""
_OUTCOMES = {"interactions": "stored", "feedback": "stored", "labels": "stored", "rejected": "rejected",
             "duplicates": "duplicate", "conflicts": "duplicate", "erased": "erased"}  # fmt: skip


def first_day_kept(settings: Settings, now: datetime | None = None) -> date:
    """Rows that arrived before this day are gone: by its end they would be `retention_days` old."""
    days = settings.continual_learning.privacy.retention_days
    return ((now or datetime.now(UTC)) - timedelta(days=days - 1)).date()


def forget(settings: Settings, users: Collection[str] = (), now: datetime | None = None) -> bool:
    """Removes what erased people's rows there are, and what is past its time; whether there was any.

    `users` are pseudonyms of people to erase, beside those that the store knows of. No lake may run. Raises
    StoreLocked, StoreFull, and LedgerConflict where ledger and rows did not agree before.
    """
    path = database_path(settings)
    _clear_away(path)
    try:
        is_gone = _forget(settings, users, first_day_kept(settings, now), path)
    except duckdb.Error as error:
        raise explain(error, path) from None
    return is_gone


def is_past(connection: duckdb.DuckDBPyConnection, first_kept: date) -> bool:
    """Whether there are rows that arrived before the first day that is kept."""
    return any(_exists(connection, table, _is_past(first_kept)) for table in RECORD_TABLES)


def _forget(settings: Settings, users: Collection[str], first_kept: date, path: Path) -> bool:
    with closing(open_database(settings)) as old:
        known = subjects.read(old)
        if not known.knows_users(users):
            subjects.note(old, (("user", user) for user in users))
        _prepare(old)
        is_gone = is_past(old, first_kept) or any(_exists(old, table, _gone_sql(table)) for table in RECORD_TABLES)
        if is_gone and (wrong := ledger.disagreements(old)):
            raise LedgerConflict(f"nothing was removed: ledger and rows do not agree: {wrong[0]}")
        old.execute("CHECKPOINT headrace")
    failpoint("lake.forgetting_noted")
    if is_gone:
        _swap(settings, path, first_kept)
    with closing(open_database(settings)) as new:
        _remove_stale_copies(archive_path(settings), new)
    return is_gone


def _swap(settings: Settings, path: Path, first_kept: date) -> None:
    made = path.with_name(path.name + MADE_SUFFIX)
    _require_space(path)
    with closing(connect(settings, path)) as connection:
        attach(connection, path, "old", read_only=True)
        if path.with_suffix(".duckdb.wal").exists():
            raise StoreLocked(f"{path}: another process wrote it meanwhile; end it, and start again")
        attach(connection, made)
        _copy(connection, first_kept)
        connection.execute("USE memory")
        connection.execute("DETACH headrace")
        sync(made)
        failpoint("lake.forgetting_made")
        made.replace(path)
        sync(path.parent)
        failpoint("lake.forgetting_swapped")


def _copy(connection: duckdb.DuckDBPyConnection, first_kept: date) -> None:
    """The old database's rows into the new one, all but those that go."""
    connection.execute("USE old")
    _prepare(connection)
    connection.execute("USE headrace")
    for table in TABLES:
        connection.execute(table.ddl)
    for table in TABLES:
        kept = f"WHERE NOT ({_gone_sql(table)}) AND NOT ({_is_past(first_kept)})" if table in RECORD_TABLES else ""
        connection.execute(f"INSERT INTO {table.name} SELECT {_columns(table)} FROM old.{table.name} {kept}")
    for table in RECORD_TABLES:
        if table.name in _IS_GONE:
            connection.execute(_erased_sql(table, first_kept))
    connection.execute("INSERT INTO erasures SELECT DISTINCT kind, id FROM temp.gone EXCEPT FROM erasures")
    connection.execute(_archived_sql(first_kept))
    _recount(connection)
    connection.execute("CHECKPOINT headrace")


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Temporary tables: what is noted, with the ids of the interactions that go; and the ids of all events that go."""
    connection.execute("CREATE OR REPLACE TEMP TABLE gone AS SELECT DISTINCT kind, id FROM erasures")
    is_anybody = connection.execute("SELECT EXISTS (FROM temp.gone)").fetchone() == (True,)
    for _ in range(
        2 if is_anybody else 0
    ):  # the second time for interactions without a user in sessions that the first time found
        for kind, column in (("session", "session_id"), ("interaction", "interaction_id"), ("external", "external_id")):
            connection.execute(
                f"INSERT INTO temp.gone SELECT '{kind}', {column}::VARCHAR FROM interactions "
                f"WHERE {column} IS NOT NULL AND ({_IS_GONE[INTERACTIONS.name]}) "
                "EXCEPT FROM temp.gone"
            )
    unions = " UNION ALL ".join(
        f"SELECT '{table.name}' AS kind, {table.id} AS id FROM {table.name} WHERE {_IS_GONE[table.name]}"
        for table in EVENT_TABLES
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE gone_rows AS {unions}")


def _erased_sql(table: Table, first_kept: date) -> str:
    names = ", ".join(ERASED.names[1:])
    return (
        f"INSERT INTO erased SELECT '{table.name}', {names} FROM old.{table.name} "
        f"WHERE ({_gone_sql(table)}) AND NOT ({_is_past(first_kept)})"
    )


def _archived_sql(first_kept: date) -> str:
    """Numbers of expired rows as ranges, by what became of them."""
    rows = " UNION ALL ".join(
        f"SELECT producer_id, seq, CASE WHEN {_gone_sql(table)} THEN 'erased' ELSE '{_OUTCOMES[table.name]}' END "
        f"AS outcome FROM old.{table.name} WHERE producer_id IS NOT NULL AND seq IS NOT NULL AND {_is_past(first_kept)}"
        for table in RECORD_TABLES
        if table.name in _OUTCOMES
    )
    return f"""INSERT INTO {SEQ_ARCHIVE.name} SELECT producer_id, min(seq), max(seq), outcome FROM (
                   SELECT producer_id, seq, outcome,
                          seq - row_number() OVER (PARTITION BY producer_id, outcome ORDER BY seq) AS island
                   FROM (SELECT DISTINCT * FROM ({rows})))
               GROUP BY producer_id, outcome, island"""


def _recount(connection: duckdb.DuckDBPyConnection) -> None:
    """The ledger's counts from the rows; what is missing of the records has expired."""
    ledger.count_records(connection)
    counted = " - ".join(name for name in COUNTS if name != "expired")
    connection.execute(f"UPDATE {LEDGER.name} SET expired = records - {counted}")


def _gone_sql(table: Table) -> str:
    return f"coalesce({_IS_GONE[table.name]}, false)" if table.name in _IS_GONE else "false"


def _is_past(first_kept: date) -> str:
    return f"appended_at < TIMESTAMP '{first_kept}'"


def _exists(connection: duckdb.DuckDBPyConnection, table: Table, condition: str) -> bool:
    row = connection.execute(f"SELECT EXISTS (FROM {table.name} WHERE {condition})").fetchone()
    return row == (True,)


def _columns(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.names)


def _remove_stale_copies(folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Removes Parquet that has more rows of a day than the store: the archive writes it again from what is left.

    With a day goes the rest, which says that all days are there.
    """
    counts = counts_by_day(connection)
    for own in folder.glob("day=*"):
        manifest, day = read_manifest(own), date.fromisoformat(own.name.removeprefix("day="))
        copied = {name: file.rows for name, file in manifest.files.items()} if manifest else {}
        is_sound = manifest is not None and all(rows <= counts[day].get(name, 0) for name, rows in copied.items())
        if not is_sound:
            shutil.rmtree(own)
            remove_rests(folder)
            continue
        for path in own.iterdir():
            if path.name != MANIFEST and path.stem not in copied:
                path.unlink()


def _clear_away(path: Path) -> None:
    """What a process that was killed may have left: a copy half made, and rows that DuckDB had put aside."""
    for left in path.parent.glob(f"{path.name}{MADE_SUFFIX}*"):
        left.unlink()
    with suppress(FileNotFoundError):
        shutil.rmtree(path.parent / "tmp")


def _require_space(path: Path) -> None:
    free, needed = shutil.disk_usage(path.parent).free, path.stat().st_size + 16 * MEGABYTE
    if free < needed:
        raise StoreFull(
            f"{path.parent}: {free // MEGABYTE} MB free, but rows can only be removed by a copy of the database "
            f"({needed // MEGABYTE} MB); free some space and start the lake again"
        )
