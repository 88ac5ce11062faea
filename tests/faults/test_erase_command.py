"""`headrace erase` beside a running lake, and without one: no file holds the person's texts afterwards."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.privacy.copies import write_copy
from analytics.selection import queue
from consumers.lake import ledger
from consumers.lake.store import Store
from headrace.codec import encode
from headrace.decisions import Selected, Selection
from headrace.ids import KeyRing
from headrace.settings import Settings
from headrace.topics import CLEAN
from tests.conftest import write_settings
from tests.consumers.lake.support import clean, interaction, interaction_id
from tests.consumers.lake.test_forgetting import CANARY, where
from tests.faults.test_erasure import settings as settings
from tests.faults.test_erasure import stored
from tests.support import Service, produce, wait_for

pytestmark = [pytest.mark.broker, pytest.mark.fault]

RECORDS = 90


@pytest.fixture
def settings_file(settings: Settings, tmp_path: Path) -> Path:
    return write_settings(settings, tmp_path / "headrace.yaml")


def of(user: str, number: int) -> bytes:
    token = KeyRing.from_environment().hash("user", user)
    said = interaction(number, user_id=token, user_query=f"{CANARY} {number}" if user == "ada" else "hello")
    return encode(clean(said, appended_at=datetime.now(UTC)))


def everywhere(settings: Settings, elsewhere: Path) -> None:
    """A queue, an export and a dataset with Ada's texts or ids."""
    theirs = interaction_id(0)
    queue.save(
        settings,
        Selection(
            strategy="hybrid", open_rows=1, selected=[Selected(interaction_id=theirs, kind="uncertain", reason="")]
        ),
    )
    write_copy(settings, elsewhere / "tasks.json", f'["{theirs}", "{CANARY}"]'.encode())
    dataset = settings.storage / "runs" / "r" / "dataset.parquet"
    dataset.parent.mkdir(parents=True)
    pq.write_table(pa.table({"interaction_id": [theirs], "text": [CANARY]}), dataset)


@pytest.mark.parametrize("is_running", [True, False], ids=["lake", "no lake"])
def test_erase(settings: Settings, settings_file: Path, tmp_path: Path, is_running: bool) -> None:
    produce(settings, CLEAN, [of("ada" if number % 3 == 0 else "bob", number) for number in range(RECORDS)])
    with Service("lake", settings_file) as lake:
        wait_for(lambda: stored(settings) == RECORDS, "the lake to have read everything")
        everywhere(settings, tmp_path)
        if not is_running:
            assert lake.terminate() == 0
        with Service("erase", settings_file, arguments=["erase", "--user", "ada", "--json"]) as command:
            assert command.wait() == 0, command.tail()
            done = json.loads(command.log.read_text().splitlines()[-1])
        assert (done["interactions"], done["queued"], len(done["files"])) == (RECORDS // 3, 1, 2)
        assert any(copy["topic"] == settings.kafka.topic(CLEAN) and copy["at"] for copy in done["last_copies"])
        if is_running:
            produce(settings, CLEAN, [of("ada", RECORDS + 1)])
            wait_for(lambda: stored(settings) == RECORDS + 1, "the lake to go on")
            assert lake.terminate() == 0
    with Store(settings) as store:
        assert ledger.disagreements(store.connection) == []
        erased = store.connection.execute("SELECT sum(erased) FROM ledger").fetchone()
        assert erased == (RECORDS // 3 + is_running,)
    assert where(settings) == []
    assert not (tmp_path / "tasks.json").exists()
