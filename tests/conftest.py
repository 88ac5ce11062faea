"""A real Kafka for the tests that need one, and settings that no other test shares."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import settings as hypothesis_settings

from headrace import kafka
from headrace.broker.local import LocalBroker, free_port
from headrace.ids import ID_KEY_VARIABLE
from headrace.settings import (
    BOOTSTRAP_VARIABLE,
    ContinualLearning,
    Kafka,
    Logging,
    Metrics,
    Settings,
    Store,
    Windows,
)
from headrace.topic_admin import create_topics
from headrace.topics import TOPICS

hypothesis_settings.register_profile("ci", derandomize=True, deadline=None)
if "CI" in os.environ:
    hypothesis_settings.load_profile("ci")  # the same examples each time: new ones are found on developers' machines


@pytest.fixture(autouse=True)
def id_key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The id key of the test's process and its children: the same in every run, so that hashes are too."""
    key = base64.b64encode(b"tests never hash a real person's").decode()
    monkeypatch.setenv(ID_KEY_VARIABLE, key)
    return key


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of HEADRACE_BOOTSTRAP_SERVERS, else of a broker started for this session."""
    if servers := os.environ.get(BOOTSTRAP_VARIABLE):
        yield servers
        return
    local = LocalBroker(tmp_path_factory.mktemp("broker"), free_port())
    local.start()
    yield local.bootstrap_servers
    local.kill()


@pytest.fixture
def settings(broker: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings with topics and a store of this test's own."""
    own = settings_for(broker, tmp_path)
    client = kafka.admin(own.kafka)
    create_topics(client, own)
    yield own
    client.delete_topics([own.kafka.topic(topic.name) for topic in TOPICS])


@pytest.fixture
def settings_file(settings: Settings, tmp_path: Path) -> Path:
    """A YAML file with `settings`, for processes: HEADRACE_CONFIG."""
    return write_settings(settings, tmp_path / "headrace.yaml")


def settings_for(bootstrap_servers: str, folder: Path) -> Settings:
    """Settings whose names no other test uses."""
    return Settings(
        continual_learning=ContinualLearning(logging=Logging(storage=folder / "store")),
        kafka=Kafka(bootstrap_servers=bootstrap_servers, topic_prefix=f"test-{secrets.token_hex(6)}"),
        store=Store(quack_port=0),
        windows=Windows(web_port=0),
        metrics=Metrics(sanitizer_port=0, lake_port=0, digester_port=0, windows_port=0),
    )


def write_settings(settings: Settings, path: Path) -> Path:
    """`settings` as the YAML that `headrace.settings.load` reads."""
    path.write_text(yaml.safe_dump(msgspec.to_builtins(settings, enc_hook=str)))
    return path
