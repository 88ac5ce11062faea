"""docker-compose.yml against what it deploys: the CLI's services, the topic table, one KRaft node with a volume."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from headrace.commands.root import app
from headrace.settings import Settings
from headrace.topic_admin import new_topic
from headrace.topics import TOPICS

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(entry_point.name for entry_point in entry_points(group="headrace.services"))


def test_it_runs_kafka_the_topics_and_every_service_of_the_cli() -> None:
    assert sorted(SERVICES) == sorted(["kafka", "topics", *OURS])


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_and_is_asked_for_its_health_under_its_own_name(name: str) -> None:
    service = SERVICES[name]
    assert service["command"] == ["run", name]
    assert service["healthcheck"]["test"] == ["CMD", "headrace", "health", name]
    assert service["depends_on"]["topics"]["condition"] == "service_completed_successfully"
    assert service["restart"] == "unless-stopped"
    assert any(volume.startswith("store:") for volume in service["volumes"])


@pytest.mark.parametrize("command", [SERVICES[name]["command"] for name in ("topics", *OURS)], ids=str)
def test_its_commands_are_commands_of_the_cli(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0, done.output


def test_the_topics_it_makes_are_those_of_the_table_with_their_retention() -> None:
    assert SERVICES["topics"]["command"] == ["topics", "create"]
    assert SERVICES["topics"]["depends_on"]["kafka"]["condition"] == "service_healthy"
    made = [new_topic(topic, Settings()) for topic in TOPICS]
    assert [(new.topic, new.num_partitions, (new.config or {}).get("retention.ms")) for new in made] == [
        ("headrace.raw", 6, "259200000"),
        ("headrace.clean", 6, "2592000000"),
        ("headrace.rejected", 3, "259200000"),
        ("headrace.digests", 3, "172800000"),
        ("headrace.reports", 3, "7776000000"),
        ("headrace.clusters", 3, None),
        ("headrace.decisions", 3, "7776000000"),
        ("headrace.states", 3, None),
    ]
    assert SERVICES["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_one_kafka_node_is_broker_and_controller_and_keeps_its_data() -> None:
    kafka = SERVICES["kafka"]
    environment = kafka["environment"]
    assert kafka["image"] == f"apache/kafka:{kafka_version()}"
    assert environment["KAFKA_PROCESS_ROLES"] == "broker,controller"
    assert f"kafka:{environment['KAFKA_LOG_DIRS']}" in kafka["volumes"]
    for factor in ("OFFSETS_TOPIC_REPLICATION_FACTOR", "TRANSACTION_STATE_LOG_REPLICATION_FACTOR"):
        assert environment[f"KAFKA_{factor}"] == 1
    assert kafka["healthcheck"]["test"]


def test_services_reach_kafka_where_it_says_it_is() -> None:
    advertised = SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"].split(",")
    for name in ("topics", *OURS):
        address = SERVICES[name]["environment"]["HEADRACE_BOOTSTRAP_SERVERS"]
        assert f"INTERNAL://{address}" in advertised


def test_ports_are_open_to_this_machine_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_id_key_is_a_secret_and_no_text_in_the_file() -> None:
    assert COMPOSE["secrets"] == {"id_key": {"environment": "HEADRACE_ID_KEY"}}
    for name in OURS:
        assert SERVICES[name]["secrets"] == ["id_key"]
        assert SERVICES[name]["environment"]["HEADRACE_ID_KEY_FILE"] == "/run/secrets/id_key"


def test_every_volume_and_secret_is_declared() -> None:
    mounted = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert mounted == set(COMPOSE["volumes"])


def test_the_image_holds_every_package() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    for package in ("headrace", "producers", "consumers", "analytics"):
        assert f"COPY {package} {package}" in dockerfile
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {"!headrace", "!producers", "!consumers", "!analytics", "!constraints.txt"} <= set(ignored)


def kafka_version() -> str:
    """The version of the jars that tests run: the image is to be the same."""
    pom = (ROOT / "headrace/broker/pom.xml").read_text()
    return pom.partition("<artifactId>kafka_2.13</artifactId>")[2].partition("<version>")[2].partition("<")[0]
