"""A canary is caught by the rules of today, and its service cries out when they are weakened."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from msgspec.structs import replace

from consumers.canary.alerts import alerts, alerts_path
from consumers.canary.store import in_archive, looked_for
from consumers.canary.values import TAG, VALUES, canary, sighted
from consumers.lake.access import archive_path
from consumers.lake.authorize import refusal
from headrace import codec
from headrace.privacy import Sanitizer, sanitize_event
from headrace.settings import Settings
from headrace.topics import CLEAN, RAW, SEQ_HEADER
from tests.conftest import settings_for, write_settings
from tests.support import Service, read_all, wait_for

SANITIZER = Sanitizer()


def test_the_rules_of_today_let_no_canary_pass() -> None:
    raw = codec.encode(canary())
    assert sighted(raw) == list(VALUES)
    clean, _ = sanitize_event(canary(), SANITIZER)
    assert sighted(codec.encode(clean)) == []
    assert clean.tags == [TAG]


def test_a_canary_in_an_export_is_seen(tmp_path: Path) -> None:
    settings = settings_for("127.0.0.1:1", tmp_path)
    folder = archive_path(settings) / "day=2026-03-01"
    folder.mkdir(parents=True)
    rows = "SELECT {} AS said, [{{'n': 1}}] AS nested"
    for name, said in (("clean", "'nothing'"), ("leaky", f"'to {VALUES['email']}!'")):
        duckdb.sql(f"COPY ({rows.format(said)}) TO '{folder / name}.parquet'")
    assert list(in_archive(settings, 0.0)) == [("email", "day=2026-03-01/leaky.parquet")]


def test_what_the_lake_is_asked_is_a_statement_that_it_answers() -> None:
    assert refusal(looked_for("interactions", "day >= current_date - 1")) is None


@pytest.fixture
def settings_file(settings: Settings, tmp_path: Path) -> Path:
    """Settings with a canary twice a second."""
    often = replace(settings, canary=replace(settings.canary, every_seconds=0.5))
    return write_settings(often, tmp_path / "often.yaml")


@pytest.fixture
def weak_settings_file(settings: Settings, tmp_path: Path) -> Path:
    """Settings under which no rule looks for e-mail addresses."""
    learning = settings.continual_learning
    weak = replace(learning, privacy=replace(learning.privacy, kinds={"email": False}))
    return write_settings(replace(settings, continual_learning=weak), tmp_path / "weak.yaml")


@pytest.mark.broker
def test_a_sanitizer_without_one_of_its_rules_is_an_alert(
    settings: Settings, settings_file: Path, weak_settings_file: Path
) -> None:
    with Service("canary", settings_file) as service:
        with Service("sanitizer", settings_file):
            seen = wait_for(lambda: read_all(settings, CLEAN), "the first canary on clean")
        assert sighted(b"".join(record.value for record in seen)) == []
        first = read_all(settings, RAW)[0]
        assert (sighted(first.value), first.headers[SEQ_HEADER]) == (list(VALUES), b"1")
        assert alerts(settings) == []
        with Service("sanitizer", weak_settings_file):
            wait_for(lambda: alerts(settings), "the alert")
        service.terminate()
    assert {alert.kind for alert in alerts(settings)} == {"email"}
    assert alerts(settings)[0].place.startswith(settings.kafka.topic(CLEAN))
    said = service.log.read_text() + alerts_path(settings).read_text()
    assert "canary.leaked" in said
    assert not any(value in said for value in VALUES.values())
    shown = headrace(settings_file, "canary", "--json")
    assert (shown.returncode, json.loads(shown.stdout.splitlines()[0])["kind"]) == (1, "email")


def headrace(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "headrace.cli", *arguments]
    environment = {"HEADRACE_CONFIG": str(file), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
