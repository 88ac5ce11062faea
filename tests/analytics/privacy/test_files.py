"""Exports, datasets, queues and indexes: what goes from them, and what stays."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from analytics.cli import app
from analytics.privacy import holders, models
from analytics.privacy.copies import noted, write_copy
from analytics.privacy.erase import pseudonyms
from analytics.privacy.expiring import expire
from analytics.registry import Lineage, registry_of
from analytics.selection import queue
from headrace.decisions import Selected, Selection
from headrace.errors import ConfigError
from headrace.ids import KeyRing
from headrace.retrieval import Entry, RetrievalIndex
from headrace.settings import ContinualLearning, Logging, Settings
from tests.consumers.lake.support import interaction_id

THEIRS, OTHER = interaction_id(1), interaction_id(2)
CANARY = "canary-7f3a"


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return Settings(continual_learning=ContinualLearning(logging=Logging(storage=tmp_path / "store")))


def dataset(settings: Settings) -> Path:
    """A run's dataset with a row of theirs and one of another."""
    path = settings.storage / "runs" / "r1" / "dataset" / "dataset.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"interaction_id": [THEIRS, OTHER], "text": [CANARY, "fine"]}), path)
    return path


def test_a_dataset_is_written_again_without_the_rows(own: Settings) -> None:
    path = dataset(own)
    assert holders.forget(own, {THEIRS}) == [path]
    assert pq.read_table(path).column("text").to_pylist() == ["fine"]
    assert holders.forget(own, {THEIRS}) == []


def test_nobody_is_not_erased() -> None:
    with pytest.raises(ConfigError, match="empty"):
        pseudonyms(KeyRing.from_environment(), " ")


def test_exports_are_found_wherever_they_were_written(own: Settings, tmp_path: Path) -> None:
    theirs, packed, other = (tmp_path / "elsewhere" / name for name in ("a.json", "b.jsonl.gz", "c.csv"))
    theirs.parent.mkdir()
    write_copy(own, theirs, json.dumps([{"interaction_id": THEIRS, "text": CANARY}]).encode())
    write_copy(own, packed, gzip.compress(THEIRS.encode()))
    write_copy(own, other, OTHER.encode())
    assert set(holders.forget(own, {THEIRS})) == {theirs, packed}
    assert not theirs.exists()
    assert noted(own) == [other]
    assert other.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("stored")
def test_the_export_command_notes_its_files(stored: Settings, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    assert CliRunner().invoke(app, ["export", "--to", str(target)]).exit_code == 0
    assert noted(stored) == [target]
    assert holders.forget(stored, {interaction_id(7)}) == [target]
    assert pq.read_table(target).num_rows == 49


def test_the_queue_forgets_and_keeps_the_rest(own: Settings) -> None:
    chosen = [Selected(interaction_id=id_, kind="uncertain", reason="why") for id_ in (THEIRS, OTHER)]
    queue.save(own, Selection(strategy="hybrid", open_rows=2, selected=chosen))
    assert queue.forget(own, {THEIRS}) == 1
    assert [selected.interaction_id for selected in queue.queued(own)] == [OTHER]


def lineage(path: Path | None = None, first: datetime | None = None, last: datetime | None = None) -> Lineage:
    uri = "" if path is None else path.absolute().as_uri()
    return Lineage(
        run=f"r{path}", dataset="d", dataset_uri=uri, events=2, first_event=first, last_event=last, code="c", config="x"
    )


def test_models_are_named_by_their_dataset_or_their_time(own: Settings, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "w.npz").write_bytes(b"w")
    registry = registry_of(own)
    with_them = registry.add(tmp_path / "model", lineage(dataset(own)))
    (tmp_path / "model" / "w.npz").write_bytes(b"v")
    day = datetime(2026, 3, 1, tzinfo=UTC)
    lost = registry.add(tmp_path / "model", lineage(tmp_path / "gone", day, day.replace(day=2)))
    found = models.trained_on(own, {THEIRS}, [day.replace(hour=5)])
    assert [(one.version, one.is_certain) for one in found] == [(with_them.version, True), (lost.version, False)]
    assert models.trained_on(own, {interaction_id(9)}, [day.replace(day=9)]) == []


def test_an_index_that_nobody_uses_loses_the_version(own: Settings, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    entries = [Entry(entry_id=id_, text=CANARY, answer="x", origin="answer") for id_ in (THEIRS, OTHER)]
    RetrievalIndex.empty().updated(entries).save(tmp_path / "index")
    registry = registry_of(own, models.INDEX)
    version = registry.add(tmp_path / "index", lineage()).version
    assert models.forget_in_index(own, {THEIRS}) == [version]
    assert registry.manifests() == []
    assert not [path for path in own.storage.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def test_what_is_past_its_time_goes_from_files(own: Settings, tmp_path: Path) -> None:
    path, export = dataset(own), tmp_path / "tasks.json"
    write_copy(own, export, THEIRS.encode())
    assert expire(own, datetime(2026, 3, 20, tzinfo=UTC)) == []
    assert set(expire(own, datetime(2026, 9, 1, tzinfo=UTC))) == {path, export}
    assert pq.read_table(path).num_rows == 0
    assert not export.exists()


def test_a_person_has_a_pseudonym_under_every_key() -> None:
    ring = KeyRing([b"a" * 32, b"b" * 32])
    assert pseudonyms(ring, "ada") == ring.hash_under_every_key("user", "ada")
    assert pseudonyms(ring, ring.hash("user", "ada")) == [ring.hash("user", "ada")]
