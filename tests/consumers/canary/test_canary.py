"""A canary is caught by the rules of today, and its service cries out when they are weakened."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import pytest

from consumers.canary.alerts import alerts, alerts_path
from consumers.canary.store import in_archive, looked_for
from consumers.canary.values import TAG, VALUES, canary, sighted
from consumers.lake.access import archive_path
from consumers.lake.authorize import refusal
from headrace import codec
from headrace.events import Clean
from headrace.privacy import Sanitizer, sanitize_event
from headrace.privacy.table import RULES
from headrace.settings import Settings
from headrace.topics import CLEAN, RAW, SEQ_HEADER
from tests.conftest import settings_for, write_settings
from tests.support import Service, produce, read_all, wait_for
from tests.support.records import Record

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
def service(settings: Settings, tmp_path: Path) -> Iterator[Service]:
    often = msgspec.structs.replace(settings, canary=msgspec.structs.replace(settings.canary, every_seconds=0.5))
    with Service("canary", write_settings(often, tmp_path / "canary.yaml")) as running:
        yield running


@pytest.mark.broker
def test_a_rule_removed_is_an_alert(settings: Settings, service: Service, tmp_path: Path) -> None:
    sent = wait_for(lambda: read_all(settings, RAW), "the first canary on raw")[0]
    assert sighted(sent.value) == list(VALUES)
    assert sent.headers[SEQ_HEADER] == b"1"
    produce(settings, CLEAN, [cleaned(sent, SANITIZER), cleaned(sent, without("email"))])

    wait_for(lambda: alerts(settings), "the alert")
    service.terminate()
    assert {(alert.kind, alert.place.split("[")[0]) for alert in alerts(settings)} == {
        ("email", settings.kafka.topic(CLEAN))
    }
    said = service.log.read_text() + alerts_path(settings).read_text()
    assert "canary.leaked" in said
    assert not any(value in said for value in VALUES.values())
    shown = headrace(tmp_path / "canary.yaml", "canary", "--json")
    assert shown.returncode == 1
    assert json.loads(shown.stdout.splitlines()[0])["kind"] == "email"


def without(kind: str) -> Sanitizer:
    """A sanitizer from whose table the rules of a kind were taken."""
    return Sanitizer([rule for rule in RULES if rule.kind != kind])


def cleaned(raw: Record, sanitizer: Sanitizer) -> bytes:
    """The clean record that this sanitizer makes of a raw one."""
    event, findings = sanitize_event(codec.decode_event(raw.value)[0], sanitizer)
    clean = Clean(
        event=event,
        sanitizer=sanitizer.version,
        policy=sanitizer.policy_hash,
        findings=findings,
        raw_partition=raw.partition,
        raw_offset=raw.offset,
        appended_at=event.timestamp,
    )
    return codec.encode(clean)


def headrace(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "headrace.cli", *arguments]
    environment = {"HEADRACE_CONFIG": str(file), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
