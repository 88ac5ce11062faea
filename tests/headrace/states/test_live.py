"""The model in an agent: swapped while it runs, and never for a broken one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics.registry import Lineage, Registry
from headrace.settings import ContinualLearning, Logging, Settings
from headrace.states import LiveModel, ModelState, State, Unverified, fetch
from headrace.states.live import Choice

TIMEOUT_S = 20.0


def load(folder: Path) -> str:
    return (folder / "model.txt").read_text()


def trained(registry: Registry, folder: Path, words: str) -> str:
    """The version of a model that is the given words."""
    made = folder / words
    made.mkdir()
    (made / "model.txt").write_text(words)
    lineage = Lineage(run=words, dataset="0", dataset_uri="file:///d", events=1, code="1", config="1")
    return registry.add(made, lineage).version


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "registry")


def model_state(registry: Registry) -> ModelState:
    state = registry.history()[0]
    assert isinstance(state, ModelState)
    return state


def test_a_changed_file_is_refused(registry: Registry, tmp_path: Path) -> None:
    registry.promote(trained(registry, tmp_path, "first"))
    state = model_state(registry)
    target = Path(state.uri.removeprefix("file://")).with_name("model.txt")
    target.write_text("another")
    with pytest.raises(Unverified, match=r"model\.txt"):
        fetch(state, tmp_path / "agent")


def test_a_changed_manifest_is_refused(registry: Registry, tmp_path: Path) -> None:
    registry.promote(trained(registry, tmp_path, "first"))
    state = model_state(registry)
    manifest = Path(state.uri.removeprefix("file://"))
    manifest.write_text(manifest.read_text() + " ")
    with pytest.raises(Unverified):
        fetch(state, tmp_path / "agent")


def test_a_file_that_was_cut_short_in_the_agent_is_fetched_again(registry: Registry, tmp_path: Path) -> None:
    registry.promote(trained(registry, tmp_path, "first"))
    folder = fetch(model_state(registry), tmp_path / "agent")
    (folder / "model.txt").write_text("fi")
    assert load(fetch(model_state(registry), tmp_path / "agent")) == "first"


@pytest.fixture
def live(settings: Settings) -> Iterator[LiveModel[str]]:
    model = LiveModel(settings, load)
    yield model
    model.close()


def wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.broker
def test_promotion_and_rollback_reach_a_running_agent(
    live: LiveModel[str], registry: Registry, settings: Settings, tmp_path: Path
) -> None:
    assert live.choose("user-1") is None
    first, second = trained(registry, tmp_path, "first"), trained(registry, tmp_path, "second")
    for version, words in ((first, "first"), (second, "second")):
        registry.promote(version)
        registry.announce(settings.kafka)
        wait(lambda words=words, version=version: live.choose("user-1") == Choice(words, version, None))  # type: ignore[misc]
    registry.roll_back()
    registry.announce(settings.kafka)
    wait(lambda: live.choose("user-1") == Choice("first", first, None))


@pytest.mark.broker
def test_an_experiment_splits_users_and_they_stay(
    live: LiveModel[str], registry: Registry, settings: Settings, tmp_path: Path
) -> None:
    first, second = trained(registry, tmp_path, "first"), trained(registry, tmp_path, "second")
    registry.promote(first)
    registry.compare(second, 0.5)
    registry.announce(settings.kafka)
    running = registry.current().experiment
    assert running is not None
    experiment = running.experiment
    wait(lambda: (choice := live.choose("user-1")) and choice.assignment)
    seen = {user: live.choose(user) for user in (f"user-{number}" for number in range(40))}
    assert {choice.model for choice in seen.values() if choice} == {"first", "second"}
    for user, choice in seen.items():
        assert choice is not None
        assert choice.assignment == experiment.assign(user)
        assert choice.version == experiment.assign(user).variant


@pytest.mark.broker
def test_a_broken_version_leaves_the_one_before_in_use(
    live: LiveModel[str], registry: Registry, settings: Settings, tmp_path: Path
) -> None:
    first, second = trained(registry, tmp_path, "first"), trained(registry, tmp_path, "second")
    registry.promote(first)
    registry.announce(settings.kafka)
    wait(lambda: live.choose("user-1"))
    (tmp_path / "registry" / "router" / second / "model.txt").write_text("sec")
    registry.promote(second)
    registry.announce(settings.kafka)
    wait(lambda: live.error)
    assert live.choose("user-1") == Choice("first", first, None)
    assert live.error is not None
    assert "model.txt" in live.error


def test_a_loader_that_fails_changes_nothing(registry: Registry, tmp_path: Path) -> None:
    """Its words may quote what it read, so only its kind is told."""
    registry.promote(trained(registry, tmp_path, "first"))
    states: dict[str, State] = {state.key: state for state in registry.history()}

    def fail(_: Path) -> str:
        raise ValueError("words of the file")

    agent = LiveModel(Settings(), fail)
    agent.close()
    agent.take(states)
    assert agent.choose("user-1") is None
    assert agent.error == "cannot be loaded: ValueError"


def test_an_experiment_waits_until_both_its_models_are_here(registry: Registry, tmp_path: Path) -> None:
    """States come one by one: with one variant alone, its users would be counted and the others' not."""
    first, second = trained(registry, tmp_path, "first"), trained(registry, tmp_path, "second")
    registry.promote(first)
    registry.compare(second, 0.5)
    states: dict[str, State] = {state.key: state for state in registry.history()}
    candidate = next(key for key, state in states.items() if isinstance(state, ModelState) and state.version == second)
    users = [f"user-{number}" for number in range(20)]
    agent = LiveModel(Settings(continual_learning=ContinualLearning(logging=Logging(storage=tmp_path / "store"))), load)
    agent.close()
    agent.take({key: state for key, state in states.items() if key != candidate})
    assert {agent.choose(user) for user in users} == {Choice("first", first, None)}
    agent.take(states)
    assert {choice.model for user in users if (choice := agent.choose(user)) and choice.assignment} == {
        "first",
        "second",
    }
