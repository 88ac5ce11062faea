"""The demo's own broker, topics, settings, key and services, in one folder that nothing else uses."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import yaml

from headrace import kafka
from headrace.broker.local import LocalBroker, free_port
from headrace.errors import Fatal
from headrace.ids import ID_KEY_FILE_VARIABLE, ID_KEY_VARIABLE, new_key
from headrace.settings import (
    BOOTSTRAP_VARIABLE,
    CONFIG_VARIABLE,
    ContinualLearning,
    Kafka,
    Logging,
    Metrics,
    Settings,
    Store,
    Windows,
)
from headrace.topic_admin import create_topics

WINDOW_S = 24 * 3600
"""The simulator tells four weeks in half a minute: its windows are days."""
LATENESS_S = 6 * 3600.0
"""Of event time: partitions are read unevenly, and an hour passes in a twentieth of a second."""
IDLE_S = 20.0
"""A demo on a busy machine may pause so long; a longer one makes the clock close its windows."""
REFERENCE_WINDOWS = 10
"""Ten days, frozen: the planted drift begins after three weeks."""
STORING = ("sanitizer", "lake")
WATCHING = ("digester", "windows")
"""Started once there is something to watch: idle for five seconds, they would take the wall clock for event time, and
the simulated weeks for late."""
DRAIN_S = 30.0
"""A service ends within one batch; the lake writes its log into its file."""


class DemoFailed(Fatal):
    """A part of the demo ended; the message says which, and where its output is."""


class Setting:
    """Where the demo runs, and the processes it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.settings_file = self.folder / "headrace.yaml"
        self.key_file = self.folder / "headrace.key"
        self.services_log = self.folder / "services.log"
        self.broker = LocalBroker(self.folder / "broker")
        self.settings = Settings()
        self._services: list[subprocess.Popen[bytes]] = []

    def prepare(self) -> None:
        """A fresh folder with a broker that answers, topics, settings and a key. Raises BrokerFailed, Fatal."""
        if self.broker.pid is not None:
            self.broker.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)
        self.settings = self._settings(os.environ.get(BOOTSTRAP_VARIABLE) or self._start_broker())
        self.settings_file.write_text(yaml.safe_dump(msgspec.to_builtins(self.settings, enc_hook=str)))
        self.key_file.touch(mode=0o600)
        self.key_file.write_text(new_key())
        os.environ.pop(ID_KEY_VARIABLE, None)
        os.environ.update({ID_KEY_FILE_VARIABLE: str(self.key_file), CONFIG_VARIABLE: str(self.settings_file)})
        admin = kafka.admin(self.settings.kafka)
        kafka.require_broker(admin, self.settings.kafka)
        create_topics(admin, self.settings)

    def _start_broker(self) -> str:
        self.broker = LocalBroker(self.folder / "broker", free_port())
        self.broker.start()
        return self.broker.bootstrap_servers

    def _settings(self, bootstrap_servers: str) -> Settings:
        # Masking in the client is off so that the sanitizer has all there is to find.
        return Settings(
            continual_learning=ContinualLearning(logging=Logging(storage=self.folder / "store", sanitize_pii=False)),
            kafka=Kafka(bootstrap_servers=bootstrap_servers, topic_prefix=f"demo-{secrets.token_hex(4)}"),
            store=Store(quack_port=free_port()),
            windows=Windows(
                seconds=WINDOW_S,
                lateness_seconds=LATENESS_S,
                idle_seconds=IDLE_S,
                revised=1,
                reference="frozen",
                reference_windows=REFERENCE_WINDOWS,
                web_port=0,
            ),
            metrics=Metrics(sanitizer_port=0, lake_port=0, digester_port=0, windows_port=0),
        )

    @contextmanager
    def services(self) -> Iterator[None]:
        """`headrace up` for as long as the block lasts; of what stores first."""
        self.start(STORING)
        try:
            yield
        finally:
            for services in reversed(self._services):
                _end(services)

    def start(self, names: Sequence[str]) -> None:
        """`headrace up` of these services."""
        with self.services_log.open("ab") as log:
            command = [*headrace(), "up", *names]
            self._services.append(subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True))

    def require_services(self) -> None:
        """Raises DemoFailed where `headrace up` has ended."""
        if any(services.poll() is not None for services in self._services):
            raise DemoFailed(f"the services have ended; their last words are in {self.services_log}:\n{self.tail()}")

    def clean_up(self, keep: bool) -> None:
        """Stops what was started; a cluster that was here before loses the demo's topics."""
        if keep:
            return
        if self.broker.pid is not None:
            self.broker.stop()
        elif self.settings_file.exists():
            admin = kafka.admin(self.settings.kafka)
            prefix = self.settings.kafka.topic("")
            names = admin.list_topics(timeout=kafka.BROKER_TIMEOUT_S).topics
            admin.delete_topics([name for name in names if name.startswith(prefix)])

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.services_log.read_text(errors="replace").splitlines()[-lines:])


def _end(services: subprocess.Popen[bytes]) -> None:
    services.terminate()
    try:
        services.wait(DRAIN_S)
    except subprocess.TimeoutExpired:
        services.terminate()  # a second request ends them at once
        services.wait(DRAIN_S)


def headrace() -> Sequence[str]:
    """The command that runs this very installation."""
    return (sys.executable, "-m", "headrace.cli")


NEWS = re.compile(r"^\S+\s+\| (?:started, pid \d+|ended with status .*)$", re.MULTILINE)


def news(services_log: str) -> list[str]:
    """What `headrace up` has said of services that started or ended.

    >>> news("lake       | started, pid 7\\nlake       | 90 rows stored\\n")
    ['lake       | started, pid 7']
    """
    return NEWS.findall(services_log)
