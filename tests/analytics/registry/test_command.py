"""`headrace models`: what people and programs see."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from analytics.registry import Registry, registry_of
from analytics.registry.command import app
from headrace.errors import Retriable
from headrace.settings import CONFIG_VARIABLE, Settings
from headrace.states import ModelState, read_all
from tests.analytics.registry.test_registry import add


def models(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["models", *arguments], env={"COLUMNS": "160"})


@pytest.fixture
def registry(settings_file: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv(CONFIG_VARIABLE, str(settings_file))
    return registry_of(settings)


@pytest.mark.broker
def test_from_the_first_version_to_a_rollback(registry: Registry, settings: Settings, tmp_path: Path) -> None:
    first, second = add(registry, tmp_path, "run-1").version, add(registry, tmp_path, "run-2").version
    assert "is in production" in models("promote", first).output
    assert "50% of users" in models("promote", second).output
    listed = [json.loads(line) for line in models("--json").output.splitlines()]
    assert [(row["version"], row["stage"]) for row in listed] == [(first, "production"), (second, "candidate")]
    ramped = json.loads(models("promote", second, "--share", "0.8", "--json").output)["states"]
    assert [state["experiment"]["share"] for state in ramped] == [0.8]
    assert "is in production" in models("promote", second, "--now").output
    assert json.loads(models("rollback", "--json").output)["states"][0]["version"] == first
    states = read_all(settings.kafka)
    latest = max((s for s in states.values() if isinstance(s, ModelState)), key=lambda state: state.changed_at)
    assert (latest.version, latest.stage) == (first, "production")
    assert first in models().output


@pytest.mark.broker
def test_without_a_broker_the_change_is_kept_and_said_again_later(
    registry: Registry, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = add(registry, tmp_path, "run-1").version
    monkeypatch.setattr("headrace.kafka.BROKER_TIMEOUT_S", 0.5)
    monkeypatch.setenv("HEADRACE_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    failed = models("promote", version)
    assert isinstance(failed.exception, Retriable)
    assert "headrace models announce" in str(failed.exception)
    monkeypatch.undo()
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path / "headrace.yaml"))
    assert msgspec.json.decode(models("--json").output)["stage"] == "production"
    assert models("announce").exit_code == 0
    assert f"model/router/{version}" in read_all(settings.kafka)
