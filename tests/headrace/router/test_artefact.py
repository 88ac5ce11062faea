"""A router's files: what was trained is what runs, and what was touched does not run at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import headrace
from analytics.router import RouterTrainer
from headrace.router import ArtefactRefused
from headrace.router.artefact import Written
from tests.support.intents import queries


@pytest.fixture(scope="module")
def trainer() -> RouterTrainer:
    examples = queries(300, seed=1)
    return RouterTrainer().fit(examples.texts, examples.labels)


@pytest.fixture
def written(trainer: RouterTrainer, tmp_path: Path) -> Written:
    return trainer.export(tmp_path / "router.json", about={"examples": 300})


def test_the_loaded_router_answers_as_the_trained_one(trainer: RouterTrainer, written: Written) -> None:
    texts = [*queries(50, seed=2).texts, "", "🙂", "a" * 5000, "\ud800 lone"]
    loaded = headrace.Router.load(written.path, written.sha256)
    np.testing.assert_allclose(loaded.probabilities(texts), trainer.probabilities(texts), atol=1e-6)
    np.testing.assert_allclose(loaded.confidence(texts), trainer.confidence(texts), atol=1e-6)
    assert loaded.tier == "fast"


def test_a_changed_array_is_refused(written: Written) -> None:
    arrays = next(written.path.parent.glob("*.npz"))
    content = bytearray(arrays.read_bytes())
    content[len(content) // 2] ^= 1
    arrays.write_bytes(content)
    with pytest.raises(ArtefactRefused, match="SHA-256"):
        headrace.Router.load(written.path)


def test_a_short_file_is_refused(written: Written) -> None:
    arrays = next(written.path.parent.glob("*.npz"))
    arrays.write_bytes(arrays.read_bytes()[:-10])
    with pytest.raises(ArtefactRefused, match="bytes"):
        headrace.Router.load(written.path)


def test_a_manifest_other_than_the_announced_one_is_refused(written: Written) -> None:
    with pytest.raises(ArtefactRefused, match="announced"):
        headrace.Router.load(written.path, "0" * 64)


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("feature_code", "ngrams-0", "feature code ngrams-0"),
        ("format", "headrace-router-9", "headrace-router-9"),
        ("arrays", "../elsewhere.npz", "outside its folder"),
    ],
)
def test_what_this_version_cannot_run_is_refused(written: Written, field: str, value: str, word: str) -> None:
    manifest = json.loads(written.path.read_text())
    written.path.write_text(json.dumps(manifest | {field: value}))
    with pytest.raises(ArtefactRefused, match=word):
        headrace.Router.load(written.path)


def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "router.json").write_text("{}")
    with pytest.raises(ArtefactRefused, match="no manifest"):
        headrace.Router.load(tmp_path / "router.json")


def test_the_artefact_holds_no_word_of_the_queries(written: Written) -> None:
    content = b"".join(file.read_bytes() for file in written.path.parent.iterdir())
    assert b"invoice" not in content.replace(b"billing/invoice", b"")
    assert b"password" not in content


def test_the_same_examples_give_the_same_bytes(written: Written, tmp_path: Path) -> None:
    examples = queries(300, seed=1)
    again = (
        RouterTrainer()
        .fit(examples.texts, examples.labels)
        .export(tmp_path / "again" / "router.json", {"examples": 300})
    )
    assert again.sha256 == written.sha256


def test_it_loads_from_any_place_that_fsspec_reads(written: Written) -> None:
    assert headrace.Router.load(f"file://{written.path}", written.sha256).agents == ("account", "billing", "delivery")
