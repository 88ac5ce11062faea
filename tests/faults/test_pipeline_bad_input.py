"""Bad input of every kind: a clear word to the person, or a counted rejection, and nothing else harmed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import msgspec
import pytest

from analytics.audit.query import connect
from analytics.audit.run import audit
from consumers.lake.access import database_path
from headrace.broker.local import free_port
from headrace.codec import encode
from headrace.events import ProductionInteraction
from headrace.settings import BOOTSTRAP_VARIABLE, CONFIG_VARIABLE, Settings
from headrace.topics import CLEAN, RAW, REJECTED
from tests.conftest import settings_for, write_settings
from tests.support import produce, read_all
from tests.support.pipeline import Up, with_live_queries

pytestmark = [pytest.mark.broker, pytest.mark.fault]
CANARY = "kanarienvogel@leak.example"
GOOD = ProductionInteraction(agent_selected="desk", user_query="Are you there?", response="Yes.")
START = b'{"type":"interaction.v1","agent_selected":"desk","user_query":"' + CANARY.encode() + b'","response":"x"'

REFUSED_BY_THE_SANITIZER = {
    b"no json " + CANARY.encode(): "undecodable",
    START: "undecodable",
    START + b',"error":"\xff\xfe"}': "invalid_text",
    START + rb',"error":"\ud800"}': "invalid_text",
    START + b',"timestamp":NaN}': "undecodable",
    msgspec.msgpack.encode(
        {"type": "interaction.v1", "agent_selected": "d", "user_query": CANARY, "latency_ms": float("nan")}
    ): "invalid_value",
    START + b',"metadata":{"a":' + b"[" * 2000 + b"]" * 2000 + b"}}": "too_deep",
    b'{"type":"zebra.v1","stripes":"' + CANARY.encode() + b'"}': "unknown_type",
    b'{"type":"interaction.v7","user_query":"' + CANARY.encode() + b'"}': "unknown_version",
    START + b',"latency_ms":"' + CANARY.encode() + b'"}': "wrong_type",
}


def headrace(config: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "headrace.cli", *arguments],
        env={**os.environ, CONFIG_VARIABLE: str(config)},
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_bad_records_are_rejected_with_their_reason_and_their_neighbours_are_stored(
    settings: Settings, tmp_path: Path
) -> None:
    settings = with_live_queries(settings)
    deep = START + b',"metadata":{"a":' + b"[" * 200 + b'"' + CANARY.encode() + b'"' + b"]" * 200 + b"}}"
    with Up(settings, tmp_path) as services:
        for payload in REFUSED_BY_THE_SANITIZER:
            produce(settings, RAW, [payload, encode(GOOD)])
        produce(settings, RAW, [deep])
        report = audit(settings, connect(settings), 60)
        assert report.unexplained == 0
        reasons = connect(settings)("SELECT reason, count(*) FROM rejected GROUP BY 1")
        assert Counter({str(reason): int(number) for reason, number in reasons}) == Counter(
            REFUSED_BY_THE_SANITIZER.values()
        )
        assert connect(settings)("SELECT count(*) FROM interactions") == [(2,)], (
            "one good event, re-sent, and the deep one"
        )
        log = services.log
    outside = b"".join(record.value for topic in (CLEAN, REJECTED) for record in read_all(settings, topic))
    assert CANARY.encode() not in outside
    assert CANARY not in log
    assert not any(CANARY.encode() in path.read_bytes() for path in settings.storage.rglob("*") if path.is_file())


def test_a_message_of_10_mb_is_refused_by_line_and_reason(settings_file: Path) -> None:
    lines = b'{"agent":"desk","query":"' + b"x" * 10_000_000 + b'"}\n' + b'{"agent":"desk","query":"short"}\n'
    done = headrace(settings_file, "emit", "-", "--json", stdin=lines)
    account = json.loads(done.stdout)
    assert done.returncode == 1
    assert (account["refused"], account["delivered"]) == ({"too_large": 1}, 1)


@pytest.mark.parametrize("command", [["emit", "-"], ["simulate", "--interactions", "1"], ["audit"], ["up"]])
def test_a_wrong_bootstrap_address_is_named(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(BOOTSTRAP_VARIABLE, raising=False)
    nowhere = f"127.0.0.1:{free_port()}"
    file = write_settings(settings_for(nowhere, tmp_path), tmp_path / "headrace.yaml")
    done = headrace(file, *command)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"headrace: no Kafka broker answered at {nowhere}")
    assert "headrace broker start" in last
    assert "Traceback" not in done.stderr


def test_a_database_that_another_process_holds_is_named_with_the_process(
    settings: Settings, settings_file: Path
) -> None:
    path = database_path(settings)
    path.parent.mkdir(parents=True)
    with duckdb.connect(str(path)):
        done = headrace(settings_file, "run", "lake")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"headrace: {path} is held by process {os.getpid()}")


def test_an_unknown_key_in_the_settings_names_the_nearest_one(tmp_path: Path) -> None:
    file = tmp_path / "headrace.yaml"
    file.write_text("continual_learning: {logging: {bufer_size: 10}}")
    for command in (["emit", "-"], ["up"], ["audit"], ["run", "sanitizer"]):
        done = headrace(file, *command)
        assert done.returncode == 2
        last = done.stderr.splitlines()[-1]
        assert last.startswith("headrace: continual_learning.logging.bufer_size: no such setting")
        assert last.endswith("did you mean continual_learning.logging.buffer_size?")
