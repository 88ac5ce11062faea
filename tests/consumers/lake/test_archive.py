"""Closed days as Parquet: complete, checked, written again when late rows come."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta

import duckdb

from consumers.lake.access import archive_path
from consumers.lake.archive import Archive, damaged_files, read_manifest
from consumers.lake.store import Store
from headrace.settings import Settings
from tests.consumers.lake.support import CLEAN_TOPIC, NOON, batch, feedback, interaction, rejected

DAY = f"day={NOON.date()}"


def rows_in(settings: Settings, table: str) -> int:
    path = archive_path(settings) / DAY / f"{table}.parquet"
    (count,) = duckdb.connect().execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchone() or (0,)
    return int(count)


def test_a_closed_day_is_copied_with_the_ledger_of_that_instant(store: Store, offline: Settings) -> None:
    store.write(batch([interaction(0), interaction(1), interaction(1), feedback(0)], refused=[rejected(1)]))
    archive = Archive(store.connection, offline)
    assert archive.write_next() == NOON.date()
    assert archive.write_next() is None
    assert [rows_in(offline, t) for t in ("interactions", "feedback", "duplicates", "rejected")] == [2, 1, 1, 1]
    manifest = read_manifest(archive_path(offline) / DAY)
    assert manifest is not None
    assert (CLEAN_TOPIC, "clean-id", 0, 4) in manifest.ledger
    assert manifest.files["interactions"].rows == 2
    assert damaged_files(offline) == []


def test_late_rows_make_their_day_written_again(store: Store, offline: Settings) -> None:
    store.write(batch([interaction(0)]))
    archive = Archive(store.connection, offline)
    archive.write_next()
    store.write(batch([interaction(1)], offset=1))
    assert archive.write_next() == NOON.date()
    assert rows_in(offline, "interactions") == 2
    assert damaged_files(offline) == []


def test_a_day_is_closed_an_hour_after_its_end(store: Store, offline: Settings) -> None:
    store.write(batch([interaction(0)]))
    archive = Archive(store.connection, offline)
    midnight = datetime(NOON.year, NOON.month, NOON.day, tzinfo=UTC) + timedelta(days=1)
    assert archive.write_next(midnight + timedelta(minutes=59)) is None
    assert archive.write_next(midnight + timedelta(minutes=61)) == NOON.date()


def test_the_copy_is_for_this_user_only_and_nothing_is_purged(store: Store, offline: Settings) -> None:
    store.write(batch([interaction(0)]))
    Archive(store.connection, offline).write_next()
    for path in archive_path(offline).rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert store.connection.execute("SELECT count(*) FROM interactions").fetchone() == (1,)


def test_a_file_that_is_not_what_the_manifest_says_is_found(store: Store, offline: Settings) -> None:
    store.write(batch([interaction(0)]))
    Archive(store.connection, offline).write_next()
    path = archive_path(offline) / DAY / "interactions.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert damaged_files(offline) == [path]
