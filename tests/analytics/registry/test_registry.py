"""The registry: whole versions or none, and a way back."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.registry import Lineage, Manifest, Registry
from headrace.errors import ConfigError
from headrace.states import ExperimentState, ModelState


def lineage(run: str) -> Lineage:
    return Lineage(run=run, dataset="0" * 64, dataset_uri="file:///d", events=3, code="0.1", config="1" * 64)


def add(registry: Registry, folder: Path, run: str, *, accepted: bool = True) -> Manifest:
    trained = folder / run
    trained.mkdir(exist_ok=True)
    (trained / "model.npz").write_bytes(f"weights of {run}".encode())
    (trained / "features.json").write_bytes(b"{}")
    return registry.add(trained, lineage(run), accepted=accepted, reasons=["breaks billing"])


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "models")


def test_a_version_says_what_it_is_made_of(registry: Registry, tmp_path: Path) -> None:
    added = add(registry, tmp_path, "run-1")
    assert registry.manifests() == [added]
    assert added.files["model.npz"] == sha256(b"weights of run-1").hexdigest()
    assert set(added.files) == {"model.npz", "features.json"}
    assert Path(registry.uri(added.version).removeprefix("file://")).with_name("features.json").read_bytes() == b"{}"


def test_a_run_that_is_resumed_makes_no_second_version(registry: Registry, tmp_path: Path) -> None:
    assert add(registry, tmp_path, "run-1") == add(registry, tmp_path, "run-1")
    assert len(registry.manifests()) == 1


def test_files_without_a_manifest_are_no_version(registry: Registry, tmp_path: Path) -> None:
    """What a process leaves that died while it published."""
    added = add(registry, tmp_path, "run-1")
    (tmp_path / "models" / "router" / added.version / "manifest.json").unlink()
    assert registry.manifests() == []
    again = add(registry, tmp_path, "run-1")
    assert (again.version, registry.manifests()) == (added.version, [again])


def in_production(registry: Registry) -> str | None:
    held = registry.current().production
    return None if held is None else held.version


def test_rollback_brings_back_the_one_before(registry: Registry, tmp_path: Path) -> None:
    first, second = add(registry, tmp_path, "run-1"), add(registry, tmp_path, "run-2")
    registry.promote(first.version)
    registry.promote(second.version)
    assert in_production(registry) == second.version
    registry.roll_back()
    assert in_production(registry) == first.version
    registry.roll_back()
    assert in_production(registry) == second.version


def test_promotion_ends_the_experiment(registry: Registry, tmp_path: Path) -> None:
    first, second = add(registry, tmp_path, "run-1"), add(registry, tmp_path, "run-2")
    registry.promote(first.version)
    registry.compare(second.version, 0.2)
    held = registry.current()
    assert held.experiment is not None
    assert held.models[second.version].stage == "candidate"
    assert held.production == held.models[first.version]
    said = registry.promote(second.version)
    assert registry.current().experiment is None
    assert {type(state) for state in said} == {ModelState, ExperimentState}


def test_a_ramp_goes_on_with_the_same_experiment(registry: Registry, tmp_path: Path) -> None:
    first, second = add(registry, tmp_path, "run-1"), add(registry, tmp_path, "run-2")
    registry.promote(first.version)
    registry.compare(second.version, 0.2, unit="session")
    before = registry.current().experiment
    registry.compare(second.version, 0.6)
    after = registry.current().experiment
    assert before is not None
    assert after is not None
    assert before.experiment.unit == after.experiment.unit == "session"
    assert after.experiment.name == before.experiment.name
    assert (before.experiment.share, after.experiment.share) == (0.2, 0.6)
    assert before.experiment.since < after.experiment.since


def test_a_version_is_not_compared_with_nothing(registry: Registry, tmp_path: Path) -> None:
    added = add(registry, tmp_path, "run-1")
    with pytest.raises(ConfigError, match="no other version"):
        registry.compare(added.version, 0.5)


def test_nothing_to_go_back_to_is_said(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to go back to"):
        registry.roll_back()
    registry.promote(add(registry, tmp_path, "run-1").version)
    with pytest.raises(ConfigError, match="nothing to go back to"):
        registry.roll_back()


def test_what_the_gate_refused_is_not_promoted(registry: Registry, tmp_path: Path) -> None:
    refused = add(registry, tmp_path, "run-1", accepted=False)
    with pytest.raises(ConfigError, match="breaks billing"):
        registry.promote(refused.version)


def test_an_unknown_version_is_told_with_those_that_there_are(registry: Registry, tmp_path: Path) -> None:
    added = add(registry, tmp_path, "run-1")
    with pytest.raises(ConfigError, match=added.version):
        registry.promote("9")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["promote 0", "promote 1", "promote 2", "back"]), max_size=8))
def test_what_was_promoted_last_is_in_production_or_what_was_there_before(
    tmp_path_factory: pytest.TempPathFactory, moves: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("models")
    registry = Registry(folder / "models")
    versions = [add(registry, folder, f"run-{number}").version for number in range(3)]
    said: list[str] = []
    for move in moves:
        before = [version for version in said if version != said[-1]]
        if move != "back":
            said.append(versions[int(move[-1])])
            registry.promote(said[-1])
        elif before:
            said.append(before[-1])
            registry.roll_back()
        assert in_production(registry) == (said[-1] if said else None)
