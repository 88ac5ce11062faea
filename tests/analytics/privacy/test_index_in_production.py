"""A RAG index in production that holds somebody's words: after `headrace erase` no file does, and agents are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics.rag_index.update import NAME, update
from analytics.registry import Registry, registry_of
from consumers.lake.store import Store
from headrace.ids import KeyRing
from headrace.retrieval import RetrievalIndex
from headrace.settings import Settings
from headrace.states import current, fetch, read_all
from tests.analytics.rag_index.test_update import answers, exchange
from tests.consumers.lake.support import CLEAN_TOPIC, batch, interaction, interaction_id
from tests.consumers.lake.test_forgetting import CANARY, where
from tests.support import Service

pytestmark = pytest.mark.broker

EXCHANGES = 80
THEIRS = range(0, EXCHANGES, 4)


@pytest.fixture
def in_production(settings: Settings) -> Registry:
    """An index in which every fourth answer is Ada's, made from a store that knows whose is whose; no lake runs."""
    ada = KeyRing.from_environment().hash("user", "ada")
    with Store(settings) as store:
        store.begin(CLEAN_TOPIC, "clean-id", 1)
        store.write(
            batch(
                interaction(number, session_id=f"session-{number}", user_id=ada if number in THEIRS else None)
                for number in range(EXCHANGES)
            )
        )
    registry = registry_of(settings, NAME)
    said = [
        exchange(
            number,
            interaction_id=interaction_id(number),
            **({"answer": f"{CANARY} {number}", "user_id": ada} if number in THEIRS else {}),
        )
        for number in range(EXCHANGES)
    ]
    update(registry, lambda _: answers(said), settings.storage / "models")
    registry.announce(settings.kafka)
    return registry


def test_the_next_version_is_in_use_and_the_one_with_their_words_is_gone(
    settings: Settings, settings_file: Path, in_production: Registry, tmp_path: Path
) -> None:
    before = in_production.current().production
    assert before is not None
    entries = RetrievalIndex.load(fetch(before, settings.storage / "models")).entries
    assert where(settings)
    with Service("erase", settings_file, arguments=["erase", "--user", "ada", "--json"]) as command:
        assert command.wait() == 0, command.tail()
        done = json.loads(command.log.read_text().splitlines()[-1])
    assert (done["interactions"], done["index_versions"]) == (len(THEIRS), [before.version])
    assert where(settings) == []
    now = current(list(read_all(settings.kafka).values()), NAME).production
    assert now is not None
    assert now.version != before.version
    kept = RetrievalIndex.load(fetch(now, tmp_path / "agent")).entries
    assert kept == [entry for entry in entries if CANARY not in entry.answer]
    assert 0 < len(kept) < len(entries)
