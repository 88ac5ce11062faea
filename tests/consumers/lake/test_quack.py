"""The live server as a stranger with the token meets it."""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from msgspec.structs import replace

from consumers.lake.access import load_quack, server_uri, token_path
from consumers.lake.quack import Server, ServerFailed
from consumers.lake.store import Store
from headrace.errors import ConfigError
from headrace.settings import Settings
from tests.consumers.lake.support import CLEAN_TOPIC, REJECTED_TOPIC, batch, interaction, rows
from tests.consumers.lake.test_authorize import WAYS_ROUND

pytestmark = pytest.mark.slow

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def served(offline: Settings) -> Settings:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return replace(offline, store=replace(offline.store, quack_port=port, query_rows=1000, query_seconds=0.2))


@pytest.fixture
def store(served: Settings) -> Iterator[Store]:
    with Store(served) as opened:
        opened.begin(CLEAN_TOPIC, "clean-id", 1)
        opened.begin(REJECTED_TOPIC, "rejected-id", 1)
        opened.write(batch([interaction(number) for number in range(10)]))
        yield opened


@pytest.fixture
def server(store: Store, served: Settings) -> Server:
    return Server(store.connection, served)


@pytest.fixture
def ask(server: Server, served: Settings) -> Iterator[Ask]:  # noqa: ARG001
    client = duckdb.connect(":memory:")
    load_quack(client)
    token = token_path(served).read_text()

    def ask(sql: str) -> list[tuple[Any, ...]]:
        return client.execute("FROM quack_query(?, ?, token => ?)", [server_uri(served), sql, token]).fetchall()

    yield ask
    client.close()


def test_an_analyst_reads_tables_and_views_by_their_names(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM interactions") == [(10,)]
    assert ask("SELECT sum(interactions) FROM agent_days") == [(10,)]


def test_no_way_round_changes_or_leaks_anything(ask: Ask, store: Store, tmp_path: Path) -> None:
    os.environ["HEADRACE_CANARY"] = "canary"
    before = rows(store, "SELECT * FROM interactions ORDER BY ALL")
    for statement in [*WAYS_ROUND, "SELECT getenv('HEADRACE_CANARY')", f"COPY interactions TO '{tmp_path}/stolen'"]:
        with pytest.raises(duckdb.Error):
            ask(statement)
    assert rows(store, "SELECT * FROM interactions ORDER BY ALL") == before
    assert not (tmp_path / "stolen").exists()
    assert ask("SELECT count(*) FROM interactions") == [(10,)]


def test_a_wrong_token_opens_nothing(ask: Ask, served: Settings) -> None:  # noqa: ARG001
    stranger = duckdb.connect(":memory:")
    load_quack(stranger)
    with pytest.raises(duckdb.Error, match="Authentication failed"):
        stranger.execute("FROM quack_query(?, 'SELECT 1', token => 'guess')", [server_uri(served)])


def test_the_token_is_for_this_user_only_and_stays(server: Server, store: Store, served: Settings) -> None:  # noqa: ARG001
    assert stat.S_IMODE(token_path(served).stat().st_mode) == 0o600
    assert len(token_path(served).read_text()) >= 32


def test_more_rows_than_allowed_are_refused_before_they_are_sent(ask: Ask) -> None:
    assert len(ask("FROM range(1000)")) == 1000
    with pytest.raises(duckdb.Error, match="Authorization failed"):
        ask("FROM range(1001)")
    assert len(ask("FROM range(5000) LIMIT 10")) == 10


def test_a_statement_that_runs_too_long_is_noticed(ask: Ask, server: Server) -> None:
    assert not server.overdue()
    slow = "SELECT count(*) FROM range(100000) a, range(5000) b WHERE a.range + b.range = 7"
    analyst = threading.Thread(target=ask, args=(slow,))
    analyst.start()
    deadline = time.monotonic() + 30
    while not server.overdue():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    analyst.join()


def test_rows_can_be_written_while_analysts_read(ask: Ask, store: Store) -> None:
    store.write(batch([interaction(number) for number in range(10, 20)], offset=10))
    store.checkpoint()
    assert ask("SELECT count(*) FROM interactions") == [(20,)]


def test_a_port_that_is_taken_is_told_and_may_be_free_at_the_next_start(store: Store, served: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", served.store.quack_port))
        other.listen()
        with pytest.raises(ServerFailed, match=r"store\.quack_port: analysts cannot be served") as caught:
            Server(store.connection, served)
        assert not isinstance(caught.value, ConfigError), "`headrace up` would end the other services too"
