"""An erasure beside running windows: the person's texts are in no current value of what Kafka keeps for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from analytics.privacy.expiry import last_copies
from consumers.failures.live import published_clusters
from headrace import decisions
from headrace.decisions import Erasure
from headrace.events import AnyEvent, ProductionInteraction
from headrace.settings import Digester, Settings, Windows
from headrace.topics import REPORTS, WINDOWS_STATE
from tests.conftest import write_settings
from tests.faults.test_windows import EVENTS, STEP_S, fill_clean
from tests.support.digests import BEGIN, events
from tests.support.processes import Service
from tests.support.records import read_all
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.broker, pytest.mark.fault, pytest.mark.timeout(300)]

CANARY = "xyzzy plugh"


def with_canary(event: AnyEvent) -> AnyEvent:
    """Every fourth failing interaction is that person's."""
    is_theirs = isinstance(event, ProductionInteraction) and event.error and event.interaction_id[-1] in "0369"
    return msgspec.structs.replace(event, user_query=f"{event.user_query} {CANARY}") if is_theirs else event  # type: ignore[union-attr]


LOG = [with_canary(event) for event in events(EVENTS, seed=5, step_s=STEP_S)]
THEIRS = [e.interaction_id for e in LOG if isinstance(e, ProductionInteraction) and CANARY in e.user_query]


@pytest.fixture
def own(settings: Settings) -> Settings:
    """Windows of five minutes."""
    windows = Windows(web_port=0, seconds=300, lateness_seconds=0.0, reference_windows=3)
    return msgspec.structs.replace(settings, digester=Digester(publish_seconds=0.2), windows=windows)


def current(settings: Settings, topic: str) -> dict[bytes, bytes]:
    """The last value of each key: what compaction keeps."""
    latest: dict[bytes, bytes] = {}
    for record in sorted(read_all(settings, topic), key=lambda record: (record.partition, record.offset)):
        latest[record.key or b""] = record.value or b""
    return latest


def shown(settings: Settings) -> list[str]:
    """Clusters that show the person."""
    found = published_clusters(settings.kafka)
    return [c.cluster_id for c in found if any(CANARY in member.text for member in c.cluster.exemplars)]


def holders(settings: Settings) -> list[str]:
    """Topics with the person's text or ids in a current value."""
    marks = [CANARY.encode(), *(id_.encode() for id_ in THEIRS)]
    values = {topic: b"".join(current(settings, topic).values()) for topic in ("clusters", WINDOWS_STATE)}
    reports = b"".join(record.value or b"" for record in read_all(settings, REPORTS))
    return [t for t, v in values.items() if any(mark in v for mark in marks)] + ["reports"] * (
        CANARY.encode() in reports
    )


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "started later"])
def test_the_windows_forget_an_erased_person(own: Settings, tmp_path: Path, is_running: bool) -> None:
    fill_clean(own, LOG)
    file = write_settings(own, tmp_path / "own.yaml")
    with Service("digester", file) as digester, Service("windows", file) as windows:
        wait_for(lambda: shown(own), "a cluster that shows the person", 90)
        assert set(holders(own)) == {"clusters", WINDOWS_STATE}
        bounds = {copy.topic: copy for copy in last_copies(own, BEGIN)}
        assert all(
            bounds[own.kafka.topic(topic)].at == BEGIN + timedelta(days=1) for topic in ("clusters", WINDOWS_STATE)
        )
        names = {cluster.cluster_id for cluster in published_clusters(own.kafka)}
        if not is_running:
            assert windows.terminate() == 0
        decisions.publish(own.kafka, Erasure(users=["h1:k:person"], interactions=THEIRS))
        if not is_running:
            windows.start()
        wait_for(lambda: holders(own) == [], "the windows to forget", 60)
        assert names <= {cluster.cluster_id for cluster in published_clusters(own.kafka)}
        assert windows.terminate() == 0, windows.tail()
        assert digester.terminate() == 0
