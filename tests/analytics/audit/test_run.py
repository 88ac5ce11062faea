"""The audit over a real pipeline: nothing missing on a healthy one, and every loss that is planted is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from msgspec.structs import replace

from analytics.audit.cut import StageBehind
from analytics.audit.query import connect
from analytics.audit.run import audit
from consumers.lake.access import database_path
from headrace import kafka
from headrace.client.logger import ProductionInteractionLogger
from headrace.ids import ID_KEY_VARIABLE, new_key
from headrace.settings import Settings
from headrace.topic_admin import create_topics
from headrace.topics import CLEAN, RAW, REJECTED, TOPICS
from producers.publish import publish
from producers.simulator import Plan, generate
from tests.conftest import settings_for, write_settings
from tests.support import Service, produce, wait_for
from tests.support.pipeline import Up, with_live_queries

pytestmark = pytest.mark.broker
TIMEOUT_S = 60.0
PLAN = Plan(seed=4, interactions=600)


@pytest.fixture(scope="module")
def pipeline(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A store that holds the simulator's traffic and one rejected record; the services have ended."""
    folder = tmp_path_factory.mktemp("pipeline")
    settings = with_live_queries(settings_for(broker, folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ID_KEY_VARIABLE, new_key())
        admin = kafka.admin(settings.kafka)
        create_topics(admin, settings)
        produce(settings, RAW, [b"no event"])
        assert publish(settings, generate(PLAN), 0, lambda _: None).is_complete
        with Up(settings, folder):
            audit(settings, connect(settings), TIMEOUT_S)
        yield settings
        admin.delete_topics([settings.kafka.topic(topic.name) for topic in TOPICS])


@pytest.fixture
def stored(pipeline: Settings, tmp_path: Path) -> Settings:
    """The pipeline with a store of this test's own."""
    storage = shutil.copytree(pipeline.storage, tmp_path / "store")
    learning = pipeline.continual_learning
    return replace(pipeline, continual_learning=replace(learning, logging=replace(learning.logging, storage=storage)))


@pytest.fixture
def stored_file(stored: Settings, tmp_path: Path) -> Path:
    return write_settings(stored, tmp_path / "headrace.yaml")


def delete(settings: Settings, table: str, where: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database_path(settings))) as connection:
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
    with duckdb.connect(str(database_path(stored))) as connection:
        connection.execute("INSERT INTO interactions SELECT * FROM interactions WHERE seq = 1")
    assert audit(stored, connect(stored), TIMEOUT_S).unexplained == 1


def test_the_command_ends_with_its_verdict(stored: Settings, stored_file: Path) -> None:
    healthy = Service("audit", stored_file, arguments=["audit"]).start()
    assert healthy.wait() == 0
    assert healthy.tail(1) == "0 unexplained"
    (lost,) = delete(stored, "interactions", "seq = 7")
    sick = Service("audit", stored_file, arguments=["audit", "--json"]).start()
    assert sick.wait() == 1
    assert json.loads(sick.tail(1))["unexplained"] == 1
    assert lost[0] == 7


def test_without_a_sanitizer_it_says_who_is_behind(settings: Settings) -> None:
    produce(settings, RAW, [b"x"] * 5)
    with pytest.raises(StageBehind, match=r"the sanitizer has not passed the cut .*headrace run sanitizer") as error:
        audit(settings, connect(settings), 0.5)
    assert sum(error.value.behind.values()) == 5


def test_a_producer_that_still_runs_is_open_and_its_events_are_no_loss(settings: Settings, tmp_path: Path) -> None:
    settings = with_live_queries(settings)
    with Up(settings, tmp_path), ProductionInteractionLogger(settings) as logger:
        logger.log(agent_selected="a", user_query="still here?", response="yes")
        logger.flush()
        report = audit(settings, connect(settings), TIMEOUT_S)
        (still_open,) = report.open_producers
        assert still_open.producer_id == logger.producer_id
        assert still_open.sent + still_open.beyond == 1
        assert report.unexplained == 0


def test_without_a_lake_it_says_who_is_behind(settings: Settings, settings_file: Path) -> None:
    with Service("sanitizer", settings_file), Service("lake", settings_file) as lake:
        wait_for(database_path(settings).exists, "the lake to make its store")
        assert lake.terminate() == 0
        produce(settings, RAW, [b"x"] * 5)
        words = r"the lake has not passed the cut .*headrace run lake"
        with pytest.raises(StageBehind, match=words) as error:
            audit(settings, connect(settings), 10)
    assert {topic.rpartition(".")[2] for topic, _ in error.value.behind} <= {CLEAN, REJECTED}
