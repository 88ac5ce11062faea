"""Rows that have to go are in no file afterwards, and ledger, numbers and copies agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import msgspec
import pytest

from consumers.lake import ledger
from consumers.lake.access import database_path
from consumers.lake.archive import Archive, damaged_files
from consumers.lake.forgetting import first_day_kept, forget
from consumers.lake.store import Store
from headrace.errors import LedgerConflict
from headrace.events import AnyEvent, Label
from headrace.settings import ContinualLearning, Logging, Privacy, Settings
from tests.consumers.lake.support import (
    CLEAN_TOPIC,
    NOON,
    REJECTED_TOPIC,
    batch,
    clean,
    feedback,
    interaction,
    interaction_id,
    rejected,
    rows,
)  # fmt: skip

pytestmark = pytest.mark.slow

CANARY = "canary-7f3a"
ADA, BOB = "h1:aaaaaaaa:adaadaadaadaadaadaadaadaad", "h1:aaaaaaaa:bobbobbobbobbobbobbobbobbo"
AT_NOON = NOON + timedelta(days=2)
OUTCOMES = "SELECT outcome, sum(last_seq - first_seq + 1) FROM producer_ranges GROUP BY 1 ORDER BY 1"


@pytest.fixture
def filled(offline: Settings) -> Settings:
    """Ada's and Bob's interactions, what was said of them, one of Ada's sent twice and one in conflict, and copies."""
    with Store(offline) as store:
        store.begin(CLEAN_TOPIC, "clean-id", 2)
        store.begin(REJECTED_TOPIC, "rejected-id", 1)
        store.write(batch(events(), refused=[rejected(90)]))
        while Archive(store.connection, offline).write_next(AT_NOON):
            pass
    assert where(offline)
    return offline


def events() -> list[AnyEvent]:
    of_ada: list[AnyEvent] = [
        interaction(n, user_id=ADA, session_id="s-ada", user_query=f"{CANARY} {n}", metadata={"x": CANARY})
        for n in range(10)
    ]
    nameless = interaction(10, session_id="s-ada", response=CANARY)
    of_bob: list[AnyEvent] = [
        interaction(n, user_id=BOB, session_id="s-bob", user_query="hello") for n in range(20, 30)
    ]
    conflict = interaction(3, user_id=ADA, user_query=f"another {CANARY}", seq=41)
    said: list[AnyEvent] = [
        feedback(0, comment=CANARY, producer_id="producer", seq=51),
        feedback(25, rater=ADA, comment=CANARY, producer_id="producer", seq=52),
        feedback(25, rater=BOB, comment="fine", producer_id="producer", seq=53),
        Label(interaction_id=interaction_id(1), annotator=BOB, name="agent", value=CANARY, timestamp=NOON),
        Label(interaction_id=interaction_id(21), annotator=BOB, name="agent", value="x", timestamp=NOON),
    ]
    return [*of_ada, nameless, *of_bob, of_ada[2], conflict, *said]


def where(settings: Settings, canary: str = CANARY) -> list[Path]:
    """The files that hold the canary: in their bytes, or in rows that they keep compressed."""
    found = [p for p in settings.storage.rglob("*") if p.is_file() and canary.encode() in p.read_bytes()]
    for path in settings.storage.rglob("*.parquet"):
        with duckdb.connect() as connection:
            if canary in str(connection.execute(f"FROM read_parquet('{path}')").fetchall()):
                found.append(path)
    with duckdb.connect(str(database_path(settings)), read_only=True) as connection:
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            if canary in str(connection.execute(f"FROM {table}").fetchall()):
                found.append(database_path(settings))
    return found


@pytest.fixture
def forgotten(filled: Settings) -> Iterator[Store]:
    assert forget(filled, [ADA], AT_NOON)
    with Store(filled) as store:
        yield store


def test_nothing_of_the_person_is_in_any_file(filled: Settings) -> None:
    forget(filled, [ADA], AT_NOON)
    assert where(filled) == []


def test_everybody_elses_rows_stay(forgotten: Store) -> None:
    assert rows(forgotten, "SELECT count(*), count(DISTINCT user_id) FROM interactions") == [(10, 1)]
    assert rows(forgotten, "SELECT comment FROM feedback") == [("fine",)]
    assert rows(forgotten, "SELECT value FROM labels") == [("x",)]
    assert rows(forgotten, "SELECT count(*) FROM rejected") == [(1,)]


def test_ledger_and_rows_agree_and_every_number_is_explained(filled: Settings) -> None:
    with Store(filled) as store:
        before = dict(rows(store, OUTCOMES))
    forget(filled, [ADA], AT_NOON)
    with Store(filled) as store:
        after = dict(rows(store, OUTCOMES))
        assert ledger.disagreements(store.connection) == []
        assert rows(store, "SELECT sum(erased) FROM ledger") == [(16,)]
    assert sum(after.values()) <= sum(before.values())
    assert {"erased", "stored", "rejected"} == set(after)


def test_what_comes_later_of_the_person_is_refused(forgotten: Store) -> None:
    later: list[AnyEvent] = [
        interaction(60, user_id=ADA, session_id="s-new", user_query=CANARY),
        interaction(61, session_id="s-new", user_query=CANARY),
        feedback(60, comment=CANARY, producer_id="producer", seq=70),
        interaction(62, user_id=BOB, session_id="s-bob2"),
    ]
    forgotten.write(batch(later, offset=100))
    assert rows(forgotten, f"SELECT count(*) FROM interactions WHERE user_query = '{CANARY}'") == [(0,)]
    assert rows(forgotten, "SELECT kind, count(*) FROM erased WHERE clean_offset >= 100 GROUP BY 1 ORDER BY 1") == [
        ("feedback", 1), ("interactions", 2),
    ]  # fmt: skip
    assert ledger.disagreements(forgotten.connection) == []


def test_a_rebuilt_store_refuses_them_from_the_first_record_on(offline: Settings) -> None:
    with Store(offline):
        pass
    forget(offline, [ADA], AT_NOON)
    with Store(offline) as store:
        store.begin(CLEAN_TOPIC, "clean-id", 2)
        store.begin(REJECTED_TOPIC, "rejected-id", 1)
        store.write(batch(events(), refused=[rejected(90)]))
        assert ledger.disagreements(store.connection) == []
    assert where(offline) == []


def test_what_came_before_its_interaction_goes_at_the_next_start(offline: Settings) -> None:
    with Store(offline):
        pass
    forget(offline, [ADA], AT_NOON)
    with Store(offline) as store:
        store.begin(CLEAN_TOPIC, "clean-id", 2)
        store.write(batch([feedback(1, comment=CANARY)]))
        store.write(batch([interaction(1, user_id=ADA)], offset=1))
    assert where(offline)
    assert forget(offline, now=AT_NOON)
    assert where(offline) == []


def test_copies_are_written_again_from_what_is_left(filled: Settings) -> None:
    forget(filled, [ADA], AT_NOON)
    with Store(filled) as store:
        while Archive(store.connection, filled).write_next(AT_NOON):
            pass
    assert damaged_files(filled) == []
    assert list(filled.storage.glob("parquet/day=*/interactions.parquet"))
    assert where(filled) == []


def test_nothing_to_forget_changes_nothing(filled: Settings) -> None:
    before = database_path(filled).stat().st_ino
    assert not forget(filled, [], AT_NOON)
    assert database_path(filled).stat().st_ino == before
    assert where(filled)


def test_forgetting_twice_is_forgetting_once(filled: Settings) -> None:
    assert forget(filled, [ADA], AT_NOON)
    assert not forget(filled, [ADA], AT_NOON)


def kept_for(settings: Settings, days: int) -> Settings:
    learning = ContinualLearning(logging=Logging(storage=settings.storage), privacy=Privacy(retention_days=days))
    return msgspec.structs.replace(settings, continual_learning=learning)


def test_rows_past_their_time_go_and_their_numbers_stay(filled: Settings) -> None:
    own = kept_for(filled, 30)
    with Store(own) as store:
        store.write(
            batch([clean(interaction(99, user_query="new"), appended_at=NOON + timedelta(days=40))], offset=100)
        )
        before = rows(store, OUTCOMES)
    assert not forget(own, now=NOON + timedelta(days=29))
    assert forget(own, now=NOON + timedelta(days=41))
    with Store(own) as store:
        assert rows(store, "SELECT user_query FROM interactions") == [("new",)]
        assert rows(store, OUTCOMES) == before
        assert ledger.disagreements(store.connection) == []
        assert rows(store, "SELECT sum(expired) FROM ledger") == [(29,)]
    assert where(own) == []
    assert list(own.storage.glob("parquet/day=*")) == []


def test_the_first_day_that_is_kept(offline: Settings) -> None:
    assert str(first_day_kept(kept_for(offline, 1), datetime(2026, 3, 10, 23, 59, tzinfo=UTC))) == "2026-03-10"
    assert str(first_day_kept(kept_for(offline, 90), datetime(2026, 3, 31, tzinfo=UTC))) == "2026-01-01"


def test_a_store_whose_ledger_is_wrong_is_not_changed(filled: Settings) -> None:
    with duckdb.connect(str(database_path(filled))) as hand:
        hand.execute("DELETE FROM interactions WHERE user_id IS NULL")
    with pytest.raises(LedgerConflict, match="nothing was removed"):
        forget(filled, [ADA], AT_NOON)


def test_a_store_from_before_erasures_gets_their_columns(filled: Settings) -> None:
    with duckdb.connect(str(database_path(filled))) as older:
        older.execute("DROP VIEW producer_ranges")
        older.execute("ALTER TABLE ledger DROP COLUMN expired")
        older.execute("ALTER TABLE ledger DROP COLUMN erased")
        older.execute("DROP TABLE erased")
        older.execute("DROP TABLE erasures")
    with Store(filled) as store:
        assert ledger.disagreements(store.connection) == []
        store.write(batch([interaction(70)], offset=100))
