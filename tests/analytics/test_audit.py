"""The audit over a real pipeline: nothing missing on a healthy one, and every loss that is planted is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from analytics.audit import audit
from analytics.audit_cut import StageBehind
from analytics.audit_query import connect
from headrace.broker.local import free_port
from headrace.client.logger import ProductionInteractionLogger
from headrace.settings import Settings
from headrace.topics import CLEAN, RAW, REJECTED
from producers.publish import publish
from producers.simulator import Plan, generate
from tests.support import Service, produce, wait_for

pytestmark = pytest.mark.broker
TIMEOUT_S = 60.0
PLAN = Plan(seed=4, interactions=600)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a lake that can be asked while it runs."""
    return msgspec.structs.replace(settings, store=msgspec.structs.replace(settings.store, quack_port=free_port()))


@pytest.fixture
def stored(settings: Settings, settings_file: Path) -> Settings:
    """A store that holds the simulator's traffic and one rejected record; the services have ended."""
    produce(settings, RAW, [b"no event"])
    published = publish(settings, generate(PLAN), 0, lambda _: None)
    assert published.is_complete
    with Service("sanitizer", settings_file) as sanitizer, Service("lake", settings_file) as lake:
        audit(settings, connect(settings), TIMEOUT_S)
        assert sanitizer.terminate() == 0
        assert lake.terminate() == 0
    return settings


def delete(settings: Settings, table: str, where: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.storage / "headrace.duckdb")) as connection:
        return connection.execute(
            f"DELETE FROM {table} WHERE {where} RETURNING seq, raw_partition, raw_offset"
        ).fetchall()


def test_nothing_is_unexplained_on_a_healthy_pipeline(stored: Settings) -> None:
    report = audit(stored, connect(stored), TIMEOUT_S)
    (producer,) = report.producers
    assert report.unexplained == 0
    assert producer.closed
    assert producer.sent == sum(producer.explained.values()) == sum(1 for _ in generate(PLAN))
    assert sum(partition.rejected for partition in report.partitions) == 1
    assert sum(partition.without_ledger for partition in report.partitions) == 1


def test_rows_that_vanish_are_named_by_number_and_by_offset(stored: Settings) -> None:
    gone = delete(stored, "interactions", "seq IN (40, 41, 300)")
    report = audit(stored, connect(stored), TIMEOUT_S)
    assert report.unexplained == len(gone) > 0
    missing = {(part.partition, n) for part in report.partitions for a, b in part.missing for n in range(a, b + 1)}
    assert missing == {(partition, offset) for _, partition, offset in gone}
    (producer,) = report.producers
    assert {n for a, b in producer.unexplained for n in range(a, b + 1)} == {seq for seq, _, _ in gone}


def test_a_rejection_that_vanishes_is_found_though_nobody_numbered_the_record(stored: Settings) -> None:
    ((_, partition, offset),) = delete(stored, "rejected", "true")
    report = audit(stored, connect(stored), TIMEOUT_S)
    assert report.unexplained == 1
    assert report.partitions[partition].missing == ((offset, offset),)


def test_a_row_too_many_is_found(stored: Settings) -> None:
    with duckdb.connect(str(stored.storage / "headrace.duckdb")) as connection:
        connection.execute("INSERT INTO interactions SELECT * FROM interactions WHERE seq = 1")
    assert audit(stored, connect(stored), TIMEOUT_S).unexplained == 1


def test_a_producer_that_still_runs_is_open_and_its_events_are_no_loss(stored: Settings, settings_file: Path) -> None:
    with ProductionInteractionLogger(stored) as logger:
        logger.log(agent_selected="a", user_query="still here")
        logger.flush()
        with Service("sanitizer", settings_file), Service("lake", settings_file) as lake:
            wait_for(lambda: "open" if lake.is_running else "", "the lake")
            report = audit(stored, connect(stored), TIMEOUT_S)
            assert lake.terminate() == 0
        (still_open,) = report.open_producers
        assert still_open.producer_id == logger.producer_id
        assert still_open.sent + still_open.beyond == 1
        assert report.unexplained == 0


def test_the_command_ends_with_its_verdict(stored: Settings, settings_file: Path) -> None:
    healthy = Service("audit", settings_file, arguments=["audit"]).start()
    assert healthy.wait() == 0
    assert healthy.tail(1) == "0 unexplained"
    (lost,) = delete(stored, "interactions", "seq = 7")
    sick = Service("audit", settings_file, arguments=["audit", "--json"]).start()
    assert sick.wait() == 1
    assert json.loads(sick.tail(1))["unexplained"] == 1
    assert lost[0] == 7


def test_without_a_sanitizer_it_says_who_is_behind(settings: Settings) -> None:
    produce(settings, RAW, [b"x"] * 5)
    with pytest.raises(StageBehind, match=r"the sanitizer has not passed the cut .*headrace run sanitizer") as error:
        audit(settings, connect(settings), 0.5)
    assert sum(error.value.behind.values()) == 5


def test_without_a_lake_it_says_who_is_behind(stored: Settings, settings_file: Path) -> None:
    produce(stored, RAW, [b"x"] * 5)
    words = r"the lake has not passed the cut .*headrace run lake"
    with Service("sanitizer", settings_file), pytest.raises(StageBehind, match=words) as error:
        audit(stored, connect(stored), 20)
    assert {topic.rpartition(".")[2] for topic, _ in error.value.behind} <= {CLEAN, REJECTED}
