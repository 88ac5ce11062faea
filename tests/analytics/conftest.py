"""A store with some interactions, as a file and served live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.lake.quack import Server
from consumers.lake.store import Store
from headrace.broker.local import free_port
from headrace.events import AnyEvent
from headrace.settings import CONFIG_VARIABLE, ContinualLearning, Logging, Settings
from headrace.settings import Store as StoreSettings
from tests.conftest import write_settings
from tests.consumers.lake.support import CLEAN_TOPIC, REJECTED_TOPIC, batch, feedback, interaction, rejected

INTERACTIONS = 50
PER_STATEMENT = 40
"""Fewer than there are, so that an export needs several statements."""


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a store with fifty interactions of one day, found by commands; no lake runs."""
    settings = Settings(
        continual_learning=ContinualLearning(logging=Logging(storage=tmp_path / "store")),
        store=StoreSettings(quack_port=free_port(), query_rows=PER_STATEMENT),
    )
    with Store(settings) as store:
        store.begin(CLEAN_TOPIC, "clean-id", 1)
        store.begin(REJECTED_TOPIC, "rejected-id", 1)
        events: list[AnyEvent] = [
            interaction(number, tags=["a"], metadata={"n": number}) for number in range(INTERACTIONS)
        ]
        store.write(batch([*events, feedback(0), feedback(1)], refused=[rejected(100)]))
    monkeypatch.setenv(CONFIG_VARIABLE, str(write_settings(settings, tmp_path / "headrace.yaml")))
    return settings


@pytest.fixture
def live(stored: Settings) -> Iterator[Settings]:
    """The same, while a lake holds and serves it."""
    with Store(stored) as store:
        server = Server(store.connection, stored)
        yield stored
        server.close()
