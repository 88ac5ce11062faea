"""The canary service beside a live lake: what is stored is clean and accounted for, and a leak in the store is seen."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from analytics.audit.query import connect_patiently
from analytics.audit.run import audit
from analytics.live import connect
from consumers.canary.alerts import alerts
from consumers.canary.store import in_store
from consumers.canary.values import TENANT
from headrace.broker.local import free_port
from headrace.errors import HeadraceError
from headrace.settings import Settings
from tests.conftest import write_settings
from tests.support.processes import Service
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.broker, pytest.mark.fault, pytest.mark.timeout(200)]


@pytest.fixture
def own(settings: Settings) -> Settings:
    """A canary four times a second, and a lake that answers."""
    store = msgspec.structs.replace(settings.store, batch_seconds=0.05, quack_port=free_port())
    canary = msgspec.structs.replace(settings.canary, every_seconds=0.25)
    return msgspec.structs.replace(settings, store=store, canary=canary)


def stored(settings: Settings) -> int:
    try:
        with connect(settings, "lake") as store:
            rows = (
                store.query(f"SELECT count(*) AS n FROM interactions WHERE tenant = '{TENANT}'").read_all().to_pylist()
            )
            return int(rows[0]["n"])
    except (HeadraceError, OSError):
        return 0


def test_canaries_are_stored_clean_and_the_audit_explains_them(own: Settings, tmp_path: Path) -> None:
    file = write_settings(own, tmp_path / "own.yaml")
    with Service("lake", file), Service("sanitizer", file), Service("canary", file) as canary:
        wait_for(lambda: stored(own) >= 8, "canaries in the lake", 60)
        assert list(in_store(own)) == []
        assert canary.terminate() == 0, canary.tail()
        report = audit(own, connect_patiently(own))
        assert report.unexplained == 0
    assert alerts(own) == []


def test_a_leak_that_reached_the_lake_is_seen_there(own: Settings, tmp_path: Path) -> None:
    file = write_settings(own, tmp_path / "own.yaml")
    learning = own.continual_learning
    privacy = msgspec.structs.replace(learning.privacy, kinds={"email": False})
    weak = msgspec.structs.replace(own, continual_learning=msgspec.structs.replace(learning, privacy=privacy))
    with (
        Service("lake", file),
        Service("sanitizer", write_settings(weak, tmp_path / "weak.yaml")),
        Service("canary", file),
    ):
        wait_for(lambda: stored(own) >= 1, "a canary in the lake", 60)
        wait_for(lambda: ("email", "interactions") in in_store(own), "the leak in the store", 30)
        wait_for(lambda: {"interactions"} & {alert.place for alert in alerts(own)}, "the alert", 30)
        assert {alert.kind for alert in alerts(own)} == {"email"}
