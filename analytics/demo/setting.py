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
from headrace.settings import BOOTSTRAP_VARIABLE, CONFIG_VARIABLE, ContinualLearning, Kafka, Logging, Settings, Store
from headrace.topic_admin import create_topics
from headrace.topics import TOPICS

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
        self._services: subprocess.Popen[bytes] | None = None

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
        )

    @contextmanager
    def services(self) -> Iterator[None]:
        """`headrace up` for as long as the block lasts."""
        with self.services_log.open("wb") as log:
            command = [*headrace(), "up"]
            self._services = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            yield
        finally:
            self._services.terminate()
            try:
                self._services.wait(DRAIN_S)
            except subprocess.TimeoutExpired:
                self._services.terminate()  # a second request ends them at once
                self._services.wait(DRAIN_S)

    def require_services(self) -> None:
        """Raises DemoFailed where `headrace up` has ended."""
        if self._services is not None and self._services.poll() is not None:
            raise DemoFailed(f"the services have ended; their last words are in {self.services_log}:\n{self.tail()}")

    def clean_up(self, keep: bool) -> None:
        """Stops what was started; a cluster that was here before loses the demo's topics."""
        if keep:
            return
        if self.broker.pid is not None:
            self.broker.stop()
        elif self.settings_file.exists():
            kafka.admin(self.settings.kafka).delete_topics([self.settings.kafka.topic(topic.name) for topic in TOPICS])

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.services_log.read_text(errors="replace").splitlines()[-lines:])


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
