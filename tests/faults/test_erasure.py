"""An erasure while the lake runs, and killed at each step of it: the old file or the new one, never a half."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from confluent_kafka import Producer

import consumers.lake
from analytics.live import connect
from consumers.lake import ledger
from consumers.lake.access import database_path
from consumers.lake.archive import damaged_files
from consumers.lake.store import Store
from headrace import decisions, kafka
from headrace.broker.local import free_port
from headrace.codec import encode
from headrace.decisions import Erasure
from headrace.errors import HeadraceError
from headrace.settings import Settings
from headrace.topics import CLEAN
from tests.conftest import write_settings
from tests.consumers.lake.support import clean, feedback, interaction
from tests.consumers.lake.test_forgetting import ADA, BOB, CANARY, where
from tests.support import Service, wait_for

pytestmark = [pytest.mark.broker, pytest.mark.fault]

FAILPOINTS = ("lake.forgetting_noted", "lake.forgetting_made", "lake.forgetting_swapped")
RECORDS = 600


@pytest.fixture
def settings(settings: Settings) -> Settings:
    store = msgspec.structs.replace(settings.store, batch_records=200, batch_seconds=0.05, quack_port=free_port())
    return msgspec.structs.replace(settings, store=store)


@pytest.fixture
def settings_file(settings: Settings, tmp_path: Path) -> Path:
    return write_settings(settings, tmp_path / "headrace.yaml")


def fill(settings: Settings, first: int = 0, count: int = RECORDS) -> None:
    """Interactions, every third of them Ada's, and what was said of some."""
    producer = Producer(kafka.producer(settings.kafka))
    topic = settings.kafka.topic(CLEAN)
    for number in range(first, first + count):
        is_ada = number % 3 == 0
        own = interaction(
            number, user_id=ADA if is_ada else BOB, user_query=f"{CANARY} {number}" if is_ada else f"hello {number}"
        )
        now = datetime.now(UTC)
        producer.produce(topic, encode(clean(own, raw_offset=number, appended_at=now)), partition=number % 6)
        if number % 30 == 0:
            said = feedback(number, comment=CANARY, producer_id="rater", seq=number + 1)
            producer.produce(
                topic, encode(clean(said, raw_partition=1, raw_offset=number, appended_at=now)), partition=number % 6
            )
    assert producer.flush(10) == 0


def counted(settings: Settings, sql: str) -> int | None:
    """As an analyst of the running lake sees it; None while it does not answer."""
    try:
        with connect(settings, "lake") as store:
            return int(store.query(sql).read_all().to_pylist()[0]["n"])
    except (HeadraceError, OSError):
        return None


def stored(settings: Settings) -> int | None:
    return counted(settings, "SELECT sum(records)::BIGINT AS n FROM ledger WHERE topic LIKE '%.clean'")


def assert_forgotten(settings: Settings, records: int) -> None:
    with Store(settings) as store:
        assert ledger.disagreements(store.connection) == []
        (row,) = store.connection.execute(
            "SELECT sum(records), sum(erased) FROM ledger WHERE topic LIKE '%.clean'"
        ).fetchall()
        assert row[0] == records + -(-records // 30)
        assert row[1] == -(-records // 3) + -(-records // 30)
    assert where(settings) == []
    assert damaged_files(settings) == []


@pytest.mark.timeout(240)
def test_the_running_lake_forgets_and_goes_on(settings: Settings, settings_file: Path) -> None:
    fill(settings)
    with Service("lake", settings_file) as lake:
        wait_for(lambda: stored(settings) == RECORDS + RECORDS // 30, "the lake to have read everything")
        decisions.publish(settings.kafka, Erasure(users=[ADA]))
        wait_for(lambda: (counted(settings, "SELECT count(*) AS n FROM erased") or 0) > 0, "the lake to forget")
        fill(settings, RECORDS, RECORDS)
        wait_for(lambda: stored(settings) == 2 * (RECORDS + RECORDS // 30), "the lake to go on")
        assert lake.terminate() == 0, lake.tail()
    assert_forgotten(settings, 2 * RECORDS)


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_at_each_step(settings: Settings, settings_file: Path, failpoint: str) -> None:
    fill(settings)
    with Service("lake", settings_file) as lake:
        wait_for(lambda: stored(settings) == RECORDS + RECORDS // 30, "the lake to have read everything")
        assert lake.terminate() == 0
    decisions.publish(settings.kafka, Erasure(users=[ADA]))
    with Service("lake", settings_file, fault=f"{failpoint}:kill") as lake:
        assert lake.wait() == -9, lake.tail()
    with Store(settings) as store:
        assert ledger.disagreements(store.connection) == []
    with Service("lake", settings_file) as lake:
        wait_for(lambda: (counted(settings, "SELECT count(*) AS n FROM erased") or 0) > 0, "the lake to forget")
        assert lake.terminate() == 0, lake.tail()
    assert_forgotten(settings, RECORDS)


def test_a_store_built_anew_holds_nothing_of_the_person(settings: Settings, settings_file: Path) -> None:
    fill(settings)
    decisions.publish(settings.kafka, Erasure(users=[ADA]))
    with Service("lake", settings_file) as lake:
        wait_for(lambda: stored(settings) == RECORDS + RECORDS // 30, "the lake to have read everything")
        assert lake.terminate() == 0, lake.tail()
    assert_forgotten(settings, RECORDS)
    assert database_path(settings).exists()


def test_every_failpoint_of_forgetting_has_a_case() -> None:
    text = "".join(path.read_text() for path in Path(consumers.lake.__path__[0]).glob("*.py"))
    found = set(re.findall(r'failpoint\("([^"]+)"\)', text))
    assert {name for name in found if name.startswith("lake.forgetting")} == set(FAILPOINTS)
