"""`headrace emit` and `headrace simulate` against a real Kafka."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from headrace.codec import decode_event, encode_json
from headrace.events import Feedback, ProducerStatus, ProductionInteraction
from headrace.settings import Settings
from headrace.topics import RAW
from producers.simulator import Plan, generate
from tests.support import read_all

pytestmark = pytest.mark.broker


def headrace(settings_file: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "headrace.cli", *arguments],
        env={**os.environ, "HEADRACE_CONFIG": str(settings_file)},
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )


def events_on_raw(settings: Settings) -> list[Any]:
    return [decode_event(record.value)[0] for record in read_all(settings, RAW)]


def test_emit_publishes_the_good_lines_and_names_the_bad_ones(
    settings: Settings, settings_file: Path, tmp_path: Path
) -> None:
    canary = "canary-5172"
    good = [{"id": f"q{number}", "agent": "desk", "query": f"question {number}"} for number in range(300)]
    lines = [json.dumps(line).encode() for line in good]
    lines[7:7] = [f"no json {canary}".encode(), b'{"agent": "a b", "query": "' + canary.encode() + b'"}']
    path, bad = tmp_path / "lines.gz", tmp_path / "bad.jsonl"
    path.write_bytes(gzip.compress(b"\n".join(lines)))
    done = headrace(settings_file, "emit", str(path), "--bad", str(bad), "--json")
    account = json.loads(done.stdout)
    assert done.returncode == 1
    assert (account["lines"], account["delivered"]) == (302, 300)
    assert account["refused"] == {"undecodable": 1, "invalid_name": 1}
    assert [json.loads(line) for line in bad.read_text().splitlines()] == [
        {"line": 8, "reason": "undecodable", "path": "$"},
        {"line": 9, "reason": "invalid_name", "path": "$.agent_selected"},
    ]
    assert canary.encode() not in done.stdout + done.stderr + bad.read_bytes()
    interactions = [event for event in events_on_raw(settings) if isinstance(event, ProductionInteraction)]
    assert Counter(event.interaction_id for event in interactions) == Counter(line["id"] for line in good)


def test_emit_takes_stdin_up_to_a_limit(settings: Settings, settings_file: Path) -> None:
    lines = b"".join(encode_json(event) + b"\n" for event in generate(Plan(interactions=50)))
    done = headrace(settings_file, "emit", "-", "--limit", "20", "--json", stdin=lines)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["delivered"] == 20
    assert sum(not isinstance(event, ProducerStatus) for event in events_on_raw(settings)) == 20


def test_simulate_publishes_what_the_seed_says_through_the_ledger(
    settings: Settings, settings_file: Path, tmp_path: Path
) -> None:
    truth = tmp_path / "truth.jsonl"
    done = headrace(
        settings_file,
        *("simulate", "--interactions", "400", "--seed", "9", "--start", "2026-02-01", "--truth", str(truth), "--json"),
    )
    account = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert account["interaction"] == 400
    told = Counter(json.loads(line)["type"] for line in truth.read_text().splitlines())
    events = events_on_raw(settings)
    kinds = Counter(type(event) for event in events)
    assert told == Counter(drift=1, interaction=400, feedback=account["feedback"], resent=account["resent"])
    assert kinds[ProductionInteraction] == 400 + account["resent"]
    assert kinds[Feedback] == account["feedback"]
    last = max((event for event in events if isinstance(event, ProducerStatus)), key=lambda status: status.timestamp)
    assert last.closed
    assert last.last_seq == account["logged"] == kinds[ProductionInteraction] + kinds[Feedback]


def test_simulate_writes_the_same_file_for_the_same_seed(settings_file: Path, tmp_path: Path) -> None:
    contents = []
    for name in ("one.jsonl", "two.jsonl"):
        path = tmp_path / name
        done = headrace(
            settings_file, "simulate", "--interactions", "100", "--start", "2026-02-01", "--out", str(path), "--json"
        )
        assert done.returncode == 0, done.stderr
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]
    assert contents[0].count(b"\n") >= 100
