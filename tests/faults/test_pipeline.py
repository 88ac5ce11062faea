"""The whole pipeline under traffic: services and broker killed, and every event accounted for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.audit.query import connect
from analytics.audit.report import Report
from analytics.audit.run import audit
from consumers.lake.tables import RECORD_TABLES
from headrace import kafka
from headrace.broker.local import LocalBroker, free_port
from headrace.events import ProductionInteraction
from headrace.settings import BOOTSTRAP_VARIABLE, Settings
from headrace.topic_admin import create_topics
from headrace.topics import CLEAN, RAW, REJECTED, TOPICS
from producers.simulator import Plan, simulate
from tests.conftest import settings_for
from tests.support import Service, count, produce, read_all, wait_for
from tests.support.pipeline import Up, with_live_queries, without_masking_in_the_client

pytestmark = [pytest.mark.broker, pytest.mark.fault, pytest.mark.timeout(400)]
AUDIT_S = 120.0
RATE = 400
PLAN = Plan(seed=11, interactions=3000, start=datetime(2026, 3, 1, tzinfo=UTC))
TRAFFIC_S = 60.0


@pytest.fixture
def own_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalBroker]:
    """A broker that this test may kill."""
    monkeypatch.delenv(BOOTSTRAP_VARIABLE, raising=False)
    broker = LocalBroker(tmp_path / "broker", free_port())
    broker.start()
    yield broker
    broker.kill()


def traffic(settings_file: Path) -> Service:
    """The plan's events, for some seven seconds."""
    arguments = ["simulate", "--seed", str(PLAN.seed), "--interactions", str(PLAN.interactions), "--rate", str(RATE)]
    return Service("simulate", settings_file, arguments=[*arguments, "--start", "2026-03-01", "--json"])


def audited(settings: Settings, simulate_log: Path) -> Report:
    """The audit, which has to explain every event that the simulator logged."""
    account = json.loads(simulate_log.read_text().splitlines()[-1])
    report = audit(settings, connect(settings), AUDIT_S)
    (producer,) = report.producers
    assert report.unexplained == 0, report
    assert producer.closed
    assert producer.sent == account["logged"] == sum(1 for _ in simulate(PLAN))
    assert producer.dropped == {}
    return report


def test_sanitizer_and_lake_killed_under_traffic_lose_and_double_nothing(settings: Settings, tmp_path: Path) -> None:
    settings = without_masking_in_the_client(with_live_queries(settings))
    produce(settings, RAW, [b"no event"] * 3)
    with Up(settings, tmp_path) as services, traffic(services.settings_file) as simulator:
        wait_for(lambda: count(settings, CLEAN) > 300, "the first events on clean")
        services.kill("sanitizer")
        services.kill("lake")
        wait_for(lambda: count(settings, CLEAN) > 1500, "more events on clean")
        services.kill("lake")
        services.kill("sanitizer")
        assert simulator.wait(TRAFFIC_S) == 0, simulator.tail()
        report = audited(settings, simulator.log)
        assert sum(partition.rejected for partition in report.partitions) == 3
        stored = connect(settings)("SELECT count(*), count(DISTINCT interaction_id) FROM interactions")
        assert stored == [(PLAN.interactions, PLAN.interactions)]
    assert_no_personal_data_outside_of_raw(settings)


def test_a_broker_killed_under_traffic_loses_and_doubles_nothing(own_broker: LocalBroker, tmp_path: Path) -> None:
    settings = with_live_queries(settings_for(own_broker.bootstrap_servers, tmp_path))
    create_topics(kafka.admin(settings.kafka), settings)
    with Up(settings, tmp_path) as services, traffic(services.settings_file) as simulator:
        wait_for(lambda: count(settings, CLEAN) > 300, "the first events on clean")
        own_broker.kill()
        own_broker.start()
        assert simulator.wait(TRAFFIC_S + 60) == 0, simulator.tail()
        audited(settings, simulator.log)
        assert connect(settings)("SELECT count(*) FROM interactions") == [(PLAN.interactions,)]


def assert_no_personal_data_outside_of_raw(settings: Settings) -> None:
    """Every value that the simulator planted is on raw, and in no other topic and no file of the store."""
    secrets = planted_values()
    raw = b"".join(record.value for record in read_all(settings, RAW))
    assert all(secret in raw for secret in secrets)
    for topic in TOPICS:
        if topic.name != RAW:
            for record in read_all(settings, topic.name):
                assert not any(secret in record.value or secret in (record.key or b"") for secret in secrets)
    query = connect(settings)
    for table in RECORD_TABLES:
        rows = repr(query(f"SELECT * FROM {table.name}")).encode()
        assert not any(secret in rows for secret in secrets), table.name
    for path in (path for path in settings.storage.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets), path
    assert count(settings, CLEAN) + count(settings, REJECTED) == count(settings, RAW)


def planted_values() -> set[bytes]:
    """Values that stand in questions: long enough to be nothing else."""
    values = set()
    for event, truth in simulate(PLAN):
        for span in getattr(truth, "personal", ()):
            if isinstance(event, ProductionInteraction) and span.path == "user_query" and "@" in event.user_query:
                values.add(event.user_query[span.start : span.end].encode())
    return values
