"""`headrace failures` on files, on the store, and on the clusters that windows publish."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner, Result

from analytics.failures_command import app
from consumers.failures.clusters import Window, update
from consumers.failures.finding import Finding
from consumers.failures.live import states
from consumers.failures.state import ClusterState, Failing, packed
from consumers.windows.reports import ClusterReport, encode
from headrace import kafka
from headrace.embedding import embedder
from headrace.errors import ConfigError
from headrace.settings import CONFIG_VARIABLE, Settings
from headrace.topics import CLUSTERS

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = ("please", "now", "today", "quickly", "at once", "for me", "again", "my friend")


def failures(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["failures", *arguments], env={"COLUMNS": "160"})


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Eight failing questions on one subject, and eight that did not fail."""
    rows = [
        {
            "interaction_id": f"019ca900-0000-7000-8000-{number:012d}",
            "timestamp": (START + timedelta(hours=number)).isoformat(),
            "agent_selected": "travel",
            "user_query": f"cancel my hotel booking {word}" if number % 2 else f"what is the weather {word}",
            "error": "Timeout: no answer" if number % 2 else None,
        }
        for number, word in enumerate([word for word in WORDS for _ in range(2)])
    ]
    path = tmp_path / "interactions.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return str(path)


@pytest.mark.slow
def test_a_file_is_analysed_for_people_and_programs(file: str) -> None:
    shown = failures("list", "--file", file)
    assert shown.exit_code == 0
    assert "hotel" in shown.stdout
    [cluster] = [json.loads(line) for line in failures("list", "--file", file, "--json").stdout.splitlines()]
    assert (cluster["size"], cluster["agents"]) == (8, {"travel": 8})
    one = failures("show", cluster["cluster_id"][:6], "--file", file)
    assert "Timeout in 8 of 8" in " ".join(one.stdout.split())


@pytest.mark.slow
def test_growth_is_plotted(file: str, tmp_path: Path) -> None:
    assert failures("plot", "--file", file, "--output", str(tmp_path / "growth.svg")).exit_code == 0
    assert (tmp_path / "growth.svg").read_text().startswith("<?xml")
    assert isinstance(failures("plot", "--file", file, "-o", "growth.doc").exception, ConfigError)


@pytest.mark.usefixtures("stored")
def test_the_store_is_analysed_over_a_span_of_days() -> None:
    assert failures("list", "--from", "2026-03-01", "--to", "2026-03-01", "--json").exit_code == 0


def test_contradicting_options_are_errors(file: str) -> None:
    for arguments in (["--file", file, "--from", "2026-03-01"], ["--to", "2026-03-01"]):
        assert isinstance(failures("list", *arguments).exception, ConfigError)
    assert isinstance(failures("show", "fc-none", "--file", file).exception, ConfigError)


def published() -> list[ClusterReport]:
    texts = [f"cancel my hotel booking {word}" for word in WORDS]
    members = [
        Failing(f"i{n}", START, "travel", "1", text, [Finding("error", f"i{n}", detail="Timeout")], packed(vector))
        for n, (text, vector) in enumerate(zip(texts, embedder("static")(texts), strict=True))
    ]
    state = update(ClusterState(), Window(START, 100), members).state
    return [ClusterReport("default", c.cluster_id, 1, 0, c) for c in state.clusters]


def test_the_latest_word_on_a_cluster_counts_and_a_regression_outlives_a_resolution() -> None:
    [report] = published()
    grown = msgspec.structs.replace(report, revision=1, cluster=msgspec.structs.replace(report.cluster, size=50))
    [state] = states([grown, report], {})
    assert state.clusters[0].size == 50
    [fixed] = states([report], {report.cluster_id: START + timedelta(hours=1)})
    assert fixed.clusters[0].status == "resolved"
    [back] = states([report], {report.cluster_id: START - timedelta(hours=1)})
    assert back.clusters[0].status == "active"


@pytest.mark.broker
def test_live_clusters_are_listed_and_resolved(
    settings: Settings, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, str(settings_file))
    [report] = published()
    producer = Producer(kafka.producer(settings.kafka))
    producer.produce(settings.kafka.topic(CLUSTERS), encode(report), report.cluster_id)
    producer.flush()
    [listed] = [json.loads(line) for line in failures("list", "--json").stdout.splitlines()]
    assert (listed["cluster_id"], listed["status"]) == (report.cluster_id, "active")
    assert failures("resolve", report.cluster_id).exit_code == 0
    [after] = [json.loads(line) for line in failures("list", "--json").stdout.splitlines()]
    assert after["status"] == "resolved"
