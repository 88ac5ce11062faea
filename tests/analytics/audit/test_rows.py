"""The audit's questions to the store, on its own tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.audit.account import Status
from analytics.audit.ranges import Ranges
from analytics.audit.rows import Query, RawRows, raw_rows, statuses
from consumers.lake.tables import RECORD_TABLES, TABLES

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("SET storage_compatibility_version = 'latest'")
    for table in TABLES:
        connection.execute(table.ddl)
    yield connection
    connection.close()


@pytest.fixture
def empty(store: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    for table in TABLES:
        store.execute(f"DELETE FROM {table.name}")
    return store


def query_of(connection: duckdb.DuckDBPyConnection) -> Query:
    return lambda sql: connection.execute(sql).fetchall()


def insert(connection: duckdb.DuckDBPyConnection, table: str, **values: Any) -> None:
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def expand(ranges: Ranges) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.tuples(st.sampled_from(RECORD_TABLES), st.integers(0, 1), st.integers(0, 25)), max_size=30),
    first=st.integers(0, 8),
    length=st.integers(0, 20),
)
def test_rows_and_gaps_equal_a_count_over_sets(
    store: duckdb.DuckDBPyConnection, rows: list[tuple[Any, int, int]], first: int, length: int
) -> None:
    for table in TABLES:
        store.execute(f"DELETE FROM {table.name}")
    for table, partition, offset in rows:
        insert(store, table.name, raw_partition=partition, raw_offset=offset)
    found = raw_rows(query_of(store), {0: first, 1: first}, {0: first + length, 1: first + length})
    for partition in (0, 1):
        bounds = set(range(first, first + length))
        inside = [(table.name, offset) for table, at, offset in rows if at == partition and offset in bounds]
        offsets = [offset for _, offset in inside]
        assert found[partition].rejected == sum(name == "rejected" for name, _ in inside)
        assert found[partition].clean == sum(name != "rejected" for name, _ in inside)
        assert found[partition].without_ledger == len(inside)
        assert found[partition].doubled == len(offsets) - len(set(offsets))
        assert expand(found[partition].missing) == bounds - set(offsets)


def test_an_empty_partition_misses_nothing(empty: duckdb.DuckDBPyConnection) -> None:
    assert raw_rows(query_of(empty), {0: 0}, {0: 0}) == {0: RawRows()}


def test_a_producers_word_is_its_greatest_number_and_all_it_dropped(empty: duckdb.DuckDBPyConnection) -> None:
    spoken = [
        (5, 0, '[[2,2,"queue_full"]]', NOON - timedelta(minutes=5), False),
        (9, 1, '[[2,3,"queue_full"]]', NOON - timedelta(minutes=2), False),
        (12, 2, '[[2,3,"queue_full"]]', NOON, True),
        (12, 3, '[[11,12,"not_sent"]]', NOON, True),
        (99, 40, None, NOON, True),
    ]
    for last_seq, offset, dropped, appended_at, closed in spoken:
        insert(
            empty,
            "producer_status",
            producer_id="p",
            started_at=(NOON - timedelta(hours=1)).replace(tzinfo=None),
            last_seq=last_seq,
            dropped=dropped,
            closed=closed,
            raw_partition=0,
            raw_offset=offset,
            appended_at=appended_at.replace(tzinfo=None),
        )
    (status,) = statuses(query_of(empty), {0: 40}, NOON - timedelta(minutes=1))
    started_at = NOON - timedelta(hours=1)
    let_go = ((2, 3, "queue_full"), (11, 12, "not_sent"))
    assert status == Status("p", started_at, 12, 9, True, let_go)


def test_without_statuses_nobody_has_spoken(empty: duckdb.DuckDBPyConnection) -> None:
    assert statuses(query_of(empty), {0: 40}, NOON) == []
