"""A store made of its Parquet, and read on, is the store that was lost."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from consumers.lake import ledger
from consumers.lake.access import archive_path, database_path
from consumers.lake.archive import Archive
from consumers.lake.rebuild import rebuild
from consumers.lake.store import Store
from consumers.lake.tables import TABLES
from headrace.errors import ConfigError, Fatal, LedgerConflict
from headrace.events import Clean
from headrace.failpoints import InjectedFault
from headrace.settings import Settings
from tests.consumers.lake.support import CLEAN_TOPIC, NOON, REJECTED_TOPIC, batch, clean, feedback, interaction, rows

DAY = timedelta(days=1)
TWO_DAYS_LATER = NOON + 2 * DAY
"""The day of noon and the next one are closed, this one is open."""

Log = Sequence[Clean]


def said(number: int, days: int) -> Clean:
    """Interaction `number`, said and arrived so many days after noon."""
    at = NOON + days * DAY + timedelta(seconds=number)
    return clean(interaction(number, timestamp=at), appended_at=at)


def rated(about: int, days: int) -> Clean:
    at = NOON + days * DAY
    return clean(feedback(about, feedback_id=f"0195507a-0000-7000-8000-{about:012d}", timestamp=at), appended_at=at)


LOGS: dict[int, Log] = {
    0: [said(0, 0), said(1, 0), said(0, 0), rated(0, 0), said(2, 1), said(3, 2), said(4, 1), rated(2, 2), said(5, 2)],
    1: [said(6, 1), said(7, 1), said(6, 1), said(8, 0), rated(7, 1)],
}
"""What stands on two partitions: repetitions, late feedback, and a late record behind the first of the open day."""


def read_on(store: Store, until: int | None = None) -> None:
    """Stores what the logs hold past the ledger, as the lake would."""
    for partition, log in LOGS.items():
        start = store.entries[CLEAN_TOPIC, partition].next_offset
        for offset in range(start, min(len(log), until or len(log))):
            store.write(batch([log[offset]], partition=partition, offset=offset))


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: rows(store, f"FROM {table.name} ORDER BY ALL") for table in TABLES}


def begin(settings: Settings) -> Store:
    store = Store(settings)
    store.begin(CLEAN_TOPIC, "clean-id", 2)
    store.begin(REJECTED_TOPIC, "rejected-id", 1)
    return store


def lose(settings: Settings) -> None:
    database_path(settings).unlink()


def copy_all(store: Store, settings: Settings) -> None:
    while Archive(store.connection, settings).write_next(TWO_DAYS_LATER) is not None:
        pass


@pytest.mark.parametrize("copied_until", [0, 2, 5, 6, 7, 8, 9])
def test_it_is_the_store_that_was_lost(offline: Settings, copied_until: int) -> None:
    with begin(offline) as store:
        if copied_until:
            read_on(store, copied_until)
        copy_all(store, offline)
        read_on(store)
        Archive(store.connection, offline).write_next(TWO_DAYS_LATER)  # one day has more than the rest knows of
        lost = content(store)
    lose(offline)
    records = rebuild(offline)
    with begin(offline) as store:
        assert ledger.disagreements(store.connection) == []
        assert rows(store, "SELECT sum(records)::BIGINT FROM ledger") == [(records,)]
        read_on(store)
        assert content(store) == lost


def test_only_what_is_not_closed_is_read_again(offline: Settings) -> None:
    with begin(offline) as store:
        read_on(store)
        copy_all(store, offline)
    lose(offline)
    assert rebuild(offline) == 5 + 5
    with begin(offline) as store:
        assert [store.entries[CLEAN_TOPIC, partition].next_offset for partition in (0, 1)] == [5, 5]
        assert rows(store, "SELECT rating FROM ratings ORDER BY interaction_id") == [(4.0,), (4.0,)]


def test_a_store_is_not_written_over(offline: Settings) -> None:
    with begin(offline) as store:
        read_on(store)
        copy_all(store, offline)
    with pytest.raises(ConfigError, match="move it away"):
        rebuild(offline)


def test_without_a_whole_copy_there_is_nothing_to_make_it_of(offline: Settings) -> None:
    with begin(offline) as store:
        read_on(store)
        Archive(store.connection, offline).write_next(TWO_DAYS_LATER)
    lose(offline)
    with pytest.raises(ConfigError, match="no whole copy"):
        rebuild(offline)


def test_a_damaged_file_is_named(offline: Settings) -> None:
    with begin(offline) as store:
        read_on(store)
        copy_all(store, offline)
    lose(offline)
    path = archive_path(offline) / f"day={NOON.date()}" / "interactions.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Fatal, match=r"interactions\.parquet: not what its manifest says"):
        rebuild(offline)
    assert not database_path(offline).exists()


def test_a_day_that_is_missing_is_not_passed_over(offline: Settings) -> None:
    with begin(offline) as store:
        read_on(store)
        copy_all(store, offline)
    lose(offline)
    shutil.rmtree(archive_path(offline) / f"day={NOON.date()}")
    with pytest.raises(LedgerConflict, match="a day is missing"):
        rebuild(offline)
    assert not database_path(offline).exists()


def test_a_copy_that_was_cut_short_leaves_the_one_before(offline: Settings) -> None:
    with begin(offline) as store:
        read_on(store, 3)
        copy_all(store, offline)
        read_on(store)
        with patch("consumers.lake.archive.failpoint", side_effect=InjectedFault("x")), pytest.raises(InjectedFault):
            copy_all(store, offline)
    lose(offline)
    assert rebuild(offline) == 3 + 3


def test_what_expired_stays_counted(offline: Settings) -> None:
    with begin(offline) as store:
        read_on(store)
        store.connection.execute("UPDATE ledger SET records = records + 7, expired = 7 WHERE partition = 1")
        copy_all(store, offline)
    lose(offline)
    rebuild(offline)
    with begin(offline) as store:
        assert rows(store, "SELECT records - expired FROM ledger WHERE partition = 1 AND topic LIKE '%.clean'") == [
            (5,)
        ]
