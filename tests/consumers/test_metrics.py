"""A service tells Prometheus and an orchestrator how it is."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import pytest
from msgspec.structs import replace

from consumers.metrics import Metrics
from headrace.broker.local import free_port
from headrace.service import Heartbeat
from headrace.settings import ContinualLearning, Logging, Settings
from headrace.settings import Metrics as Ports


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    logging = Logging(storage=tmp_path / "store")
    return Settings(continual_learning=ContinualLearning(logging=logging), metrics=Ports(lake_port=free_port()))


def get(settings: Settings, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{settings.metrics.lake_port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def test_counts_and_lag_are_there_for_prometheus(settings: Settings) -> None:
    metrics = Metrics(settings, "lake")
    metrics.serve()
    metrics.count({"interactions": 3, "rejected": 1})
    metrics.set_lag({4: 17})
    text = get(settings, "/metrics")
    assert 'headrace_lake_records_total{outcome="interactions"} 3.0' in text
    assert 'headrace_lake_lag_records{partition="4"} 17.0' in text
    assert "headrace_lake_committed_timestamp_seconds 1" in text


def test_health_is_that_of_the_loop(settings: Settings) -> None:
    Metrics(settings, "lake").serve()
    with pytest.raises(urllib.error.HTTPError, match="503"):
        get(settings, "/healthz")
    Heartbeat(settings.storage, "lake").beat()
    assert get(settings, "/healthz") == "healthy\n"


def test_a_port_that_is_taken_ends_nothing(settings: Settings) -> None:
    first = Metrics(settings, "lake")
    first.serve()
    Metrics(settings, "lake").serve()
    first.count({"interactions": 1})
    assert "interactions" in get(settings, "/metrics")


def test_port_0_is_off(settings: Settings) -> None:
    Metrics(replace(settings, metrics=replace(settings.metrics, lake_port=0)), "lake").serve()
    with pytest.raises(urllib.error.URLError):
        get(settings, "/metrics")
