"""The command line as a person and as a program meet it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import yaml

from headrace.broker.local import free_port
from headrace.codec import encode
from headrace.ids import KeyRing
from headrace.service import heartbeat_path
from headrace.settings import Settings
from headrace.topics import CLEAN, RAW
from tests.contract.examples import FULL_CLEAN, FULL_INTERACTION
from tests.support import produce

pytestmark = pytest.mark.slow


def headrace(
    *arguments: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, wide enough that rich breaks no line."""
    return subprocess.run(
        [sys.executable, "-m", "headrace.cli", *arguments],
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **(environment or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_command_and_the_first_steps() -> None:
    done = headrace("--help")
    assert done.returncode == 0, done.stderr
    commands = ("init", "broker", "topics", "run", "health", "up", "tail", "bench", "emit", "simulate", "sanitize")
    assert [name for name in (*commands, "rejected", "sql", "export", "audit", "demo") if name not in done.stdout] == []
    assert "headrace broker start" in done.stdout
    assert done.stderr == ""


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys, contextlib\nsys.argv = ['headrace', '--help']\nfrom headrace.cli import main\n"
        "with contextlib.suppress(SystemExit):\n    main()\n"
        "print([name for name in ('duckdb', 'pyarrow', 'numpy', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_init_writes_settings_and_a_key_that_work_and_overwrites_neither(tmp_path: Path) -> None:
    done = headrace("init", str(tmp_path))
    assert done.returncode == 0, done.stderr
    key = tmp_path / "headrace.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert f"export HEADRACE_ID_KEY_FILE={key}" in done.stdout
    assert KeyRing.from_environment({"HEADRACE_ID_KEY_FILE": str(key)}).current
    assert yaml.safe_load((tmp_path / "headrace.yaml").read_text()).keys() >= {"continual_learning", "kafka", "store"}

    before = key.read_text()
    again = headrace("init", str(tmp_path))
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert key.read_text() == before


def test_an_unknown_setting_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "headrace.yaml").write_text("kafka: {botstrap_servers: x}")
    done = headrace("health", "sanitizer", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == ("headrace: kafka.botstrap_servers: no such setting; did you mean kafka.bootstrap_servers?\n")


@pytest.mark.parametrize("command", [["topics"], ["tail"], ["up"]])
def test_without_a_broker_there_is_one_clear_line(command: list[str], tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    done = headrace(*command, cwd=tmp_path, environment={"HEADRACE_BOOTSTRAP_SERVERS": address})
    assert done.returncode == 1
    assert done.stderr.startswith(f"headrace: no Kafka broker answered at {address} within")
    assert "headrace broker start" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["run", "health", "up"])
def test_an_unknown_service_is_told_the_known_ones(command: str, tmp_path: Path) -> None:
    done = headrace(command, "sanitiser", cwd=tmp_path)
    assert (done.returncode, "there is no service 'sanitiser'; there are: " in done.stderr) == (2, True)
    assert "sanitizer" in done.stderr.partition("there are: ")[2]


def test_health_is_an_exit_status(tmp_path: Path) -> None:
    assert headrace("health", "lake", cwd=tmp_path).returncode == 1
    beat = heartbeat_path(tmp_path / "cache/production_logs", "lake")
    beat.parent.mkdir(parents=True)
    beat.touch()
    assert headrace("health", "lake", cwd=tmp_path).returncode == 0
    os.utime(beat, (0, 0))
    assert headrace("health", "lake", cwd=tmp_path).returncode == 1


def test_a_set_cluster_is_used_instead_of_starting_one(tmp_path: Path) -> None:
    done = headrace(
        "broker", "start", cwd=tmp_path, environment={"HEADRACE_BOOTSTRAP_SERVERS": "kafka.example.org:9092"}
    )
    assert done.returncode == 0
    assert "the cluster at kafka.example.org:9092 is used" in done.stdout


def test_status_of_no_broker(tmp_path: Path) -> None:
    done = headrace("broker", "status", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"running": False, "pid": None, "bootstrap_servers": None}


@pytest.mark.broker
def test_a_broker_is_started_seen_and_stopped(tmp_path: Path) -> None:
    started = headrace("broker", "start", "--port", str(port := free_port()), cwd=tmp_path)
    try:
        assert f"Kafka answers at 127.0.0.1:{port}" in started.stdout, started.stderr
        status = json.loads(headrace("broker", "status", "--json", cwd=tmp_path).stdout)
        assert (status["running"], status["bootstrap_servers"]) == (True, f"127.0.0.1:{port}")
    finally:
        assert headrace("broker", "stop", cwd=tmp_path).stdout == "stopped\n"
    assert headrace("broker", "status", cwd=tmp_path).returncode == 1


@pytest.mark.broker
def test_topics_are_listed_and_made_once(settings: Settings, settings_file: Path) -> None:
    config = {"HEADRACE_CONFIG": str(settings_file)}
    listed = headrace("topics", "list", "--json", environment=config)
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert listed.returncode == 0
    assert {"topic": settings.kafka.topic(RAW), "partitions": 6, "kept": "3 d", "state": "exists"} in rows
    assert headrace("topics", "create", environment=config).stdout == ""


@pytest.mark.broker
def test_tail_prints_whole_records_for_programs(settings: Settings, settings_file: Path) -> None:
    produce(settings, CLEAN, [encode(FULL_CLEAN)] * 3, key=b"h1:k")
    config = {"HEADRACE_CONFIG": str(settings_file)}
    done = headrace("tail", "--from-start", "--limit", "2", "--json", environment=config)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == 2
    assert records[0]["key"] == "h1:k"
    assert records[0]["value"]["event"]["user_query"] == FULL_INTERACTION.user_query
    assert len(headrace("tail", "--from-start", environment=config).stdout.splitlines()) == 3


@pytest.mark.broker
def test_tail_shows_raw_only_when_told_and_says_so(settings: Settings, settings_file: Path) -> None:
    produce(settings, RAW, [encode(FULL_INTERACTION), b"\xff no event"], producer_id="p")
    config = {"HEADRACE_CONFIG": str(settings_file)}
    refused = headrace("tail", "raw", "--from-start", environment=config)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--unsanitized" in refused.stderr
    shown = headrace("tail", "raw", "--from-start", "--unsanitized", "--json", environment=config)
    assert "personal data" in shown.stderr
    values = [json.loads(line)["value"] for line in shown.stdout.splitlines()]
    assert {"undecodable_bytes": 10} in values


@pytest.mark.parametrize("group", ["headrace.commands", "headrace.services", "headrace.benchmarks"])
def test_every_entry_point_loads(group: str) -> None:
    for entry_point in entry_points(group=group):
        assert entry_point.load() is not None
