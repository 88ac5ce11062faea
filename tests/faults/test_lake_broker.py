"""The broker dies and comes back under a working lake, which waits, says so once, and goes on."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import pytest

from consumers.lake.access import database_path
from headrace import kafka
from headrace.broker.local import LocalBroker, free_port
from headrace.codec import encode
from headrace.settings import BOOTSTRAP_VARIABLE
from headrace.topic_admin import create_topics
from headrace.topics import CLEAN
from tests.conftest import settings_for, write_settings
from tests.consumers.lake.support import clean, interaction
from tests.faults.test_lake import kept_for_ever, records_stored
from tests.support import Service, produce, wait_for
from tests.support.pipeline import with_live_queries

pytestmark = [pytest.mark.broker, pytest.mark.fault]

AWAY = "no broker answers"
BACK = "the broker is back"


def test_a_broker_that_is_killed_and_started_again_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(BOOTSTRAP_VARIABLE, raising=False)
    broker = LocalBroker(tmp_path / "broker", free_port())
    broker.start()
    settings = kept_for_ever(with_live_queries(settings_for(broker.bootstrap_servers, tmp_path)))
    create_topics(kafka.admin(settings.kafka), settings)
    try:
        with Service("lake", write_settings(settings, tmp_path / "headrace.yaml")) as lake:
            wait_for(lambda: "lake.started" in lake.log.read_text(), "the lake to start")
            broker.kill()
            wait_for(lambda: AWAY in lake.log.read_text(), "a word about the broker")
            time.sleep(2.0)
            broker.start()
            wait_for(lambda: BACK in lake.log.read_text(), "a word that it is back")
            produce(settings, CLEAN, [encode(clean(interaction(number))) for number in range(10)])
            wait_for(lambda: (records_stored(settings) or 0) >= 10, "the lake to have read everything")
            assert lake.terminate() == 0, lake.tail()
            said = lake.log.read_text()
        with duckdb.connect(str(database_path(settings)), read_only=True) as connection:
            assert connection.execute("SELECT count(*) FROM interactions").fetchall() == [(10,)]
        assert (said.count(AWAY), said.count(BACK)) == (1, 1)
        assert "refused" not in said.lower()
    finally:
        broker.kill()
