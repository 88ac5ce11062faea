"""A real Kafka in a folder: starts, survives SIGKILL with its data, and says what is wrong."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace import kafka
from headrace.broker import LocalBroker
from headrace.broker.local import free_port
from headrace.errors import BrokerFailed
from headrace.topic_admin import create_topics
from headrace.topics import RAW
from tests.conftest import settings_for
from tests.support import produce, read_all


@pytest.fixture
def node(tmp_path: Path) -> Iterator[LocalBroker]:
    broker = LocalBroker(tmp_path / "broker", free_port(), heap_mb=256)
    yield broker
    broker.kill()


@pytest.mark.broker
def test_what_was_written_is_there_after_a_kill_and_after_a_stop(node: LocalBroker, tmp_path: Path) -> None:
    node.start()
    settings = settings_for(node.bootstrap_servers, tmp_path)
    create_topics(kafka.admin(settings.kafka), settings)
    produce(settings, RAW, [b"before"])
    node.kill()
    assert node.pid is None
    node.start()
    assert [record.value for record in read_all(settings, RAW)] == [b"before"]
    node.stop()
    assert node.pid is None
    node.start()
    assert [record.value for record in read_all(settings, RAW)] == [b"before"]


@pytest.mark.broker
def test_another_object_finds_the_broker_and_a_second_start_does_nothing(node: LocalBroker) -> None:
    node.start()
    other = LocalBroker(node.folder, node.port)
    assert other.pid == node.pid
    assert other.running_at == node.bootstrap_servers
    other.start()
    assert other.pid == node.pid
    other.stop()
    assert node.pid is None


@pytest.mark.broker
def test_a_property_that_kafka_refuses_shows_the_log(tmp_path: Path) -> None:
    node = LocalBroker(tmp_path / "broker", free_port(), properties={"num.io.threads": "0"})
    with pytest.raises(BrokerFailed, match=r"num\.io\.threads"):
        node.start()
    assert node.pid is None


@pytest.mark.broker
def test_a_broker_that_dies_while_starting_tells_the_first_error(node: LocalBroker) -> None:
    node.start()
    second = LocalBroker(node.folder.parent / "second", node.port + 2, properties={"listeners": _listeners(node)})
    with pytest.raises(BrokerFailed, match=r"(?s)exit status 1.*ERROR.*Address already in use") as told:
        second.start()
    assert "shutdown completed" not in str(told.value)


def _listeners(taken: LocalBroker) -> str:
    return f"PLAINTEXT://127.0.0.1:{taken.port + 2},CONTROLLER://127.0.0.1:{taken.port + 1}"


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(BrokerFailed, match=f"port {port} is in use"):
            LocalBroker(tmp_path, port).start()


def test_a_folder_without_a_broker_has_no_pid(tmp_path: Path) -> None:
    assert LocalBroker(tmp_path / "absent").pid is None
    assert LocalBroker(tmp_path / "absent").running_at is None


def test_a_pid_file_that_nobody_holds_is_stale(tmp_path: Path) -> None:
    (tmp_path / "broker.pid").write_text(f"{os.getpid()} 9092\n")
    assert LocalBroker(tmp_path).pid is None


def test_stopping_what_does_not_run_is_no_error(tmp_path: Path) -> None:
    LocalBroker(tmp_path).stop()


def fake_command(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    command = folder / name
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH on which only what a test puts there is found, and an empty cache of jars."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return folder


@pytest.mark.parametrize(
    ("java", "maven", "message"),
    [
        (None, None, "no `java` on the PATH: Kafka needs a JDK or JRE, version 17 or later"),
        ("""echo 'openjdk version "11.0.2"' >&2""", None, "is Java 11: Kafka needs Java 17 or later"),
        ("""echo 'openjdk version "21"' >&2""", None, "no `mvn` on the PATH"),
        ("""echo 'openjdk version "21"' >&2""", "echo '[ERROR] repository unreachable'; exit 1", "unreachable"),
    ],
    ids=["no Java", "old Java", "no Maven", "Maven fails"],
)
def test_what_is_missing_is_said(
    java: str | None, maven: str | None, message: str, tools: Path, tmp_path: Path
) -> None:
    for name, script in (("java", java), ("mvn", maven)):
        if script is not None:
            fake_command(tools, name, script)
    with pytest.raises(BrokerFailed) as caught:
        LocalBroker(tmp_path / "broker", free_port()).start()
    assert message in str(caught.value)
    assert not list((tmp_path / "cache").rglob("*.jar"))
