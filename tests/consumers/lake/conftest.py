"""A store without a broker, and clean records made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.lake.store import Store
from headrace.settings import ContinualLearning, Logging, Settings
from tests.consumers.lake.support import CLEAN_TOPIC, REJECTED_TOPIC


@pytest.fixture
def offline(tmp_path: Path) -> Settings:
    """Settings of a store that no broker stands behind."""
    return Settings(continual_learning=ContinualLearning(logging=Logging(storage=tmp_path / "store")))


@pytest.fixture
def store(offline: Settings) -> Iterator[Store]:
    """A new store whose ledger knows two partitions of clean and one of rejected."""
    with Store(offline) as opened:
        opened.begin(CLEAN_TOPIC, "clean-id", 2)
        opened.begin(REJECTED_TOPIC, "rejected-id", 1)
        yield opened
