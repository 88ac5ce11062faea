"""One Kafka broker in a folder of its own: started detached, found again by its locked pid file.

<folder>/data                Kafka's log folders
<folder>/server.properties   written at each start
<folder>/server.log          what Kafka says
<folder>/broker.pid          its process id and port; the broker holds a lock on it for as long as it lives
"""

from __future__ import annotations

import base64
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from headrace.broker.jars import ensure_jars, java
from headrace.broker.pidfile import PidFile
from headrace.broker.properties import server_properties
from headrace.errors import BrokerFailed

DEFAULT_PORT = 9092
DEFAULT_HEAP_MB = 512
"""A single node with a few hundred partitions stays below 350 MB."""
START_TIMEOUT_S = 90.0
"""Three seconds on a quiet machine; a busy one with two cores may need a minute."""
STOP_TIMEOUT_S = 30.0
"""A controlled shutdown flushes every log; past this it is killed."""
LIGHT_JIT = "-XX:TieredStopAtLevel=1"
"""The first compiler only: the second takes 3 to 5 s of processor time in the broker's first half minute, and what it
makes is as fast as what it replaces, within what can be measured (7 µs a record of 1.1 KB written and read)."""
LOG_LINES_SHOWN = 15
"""A stack trace down to the line of Kafka's that says why."""
POLL_S = 0.1
ANSWER_TIMEOUT_S = 2.0
"""A broker that is up lists its topics in milliseconds."""


class LocalBroker:
    """A Kafka broker as a child process. All methods raise BrokerFailed with what went wrong.

    `properties` go into server.properties as they are; `format_arguments` to the storage tool
    (`--add-scram …`); `client_properties` are what a client needs to see that it answers. The
    controller listens on `port` + 1. Data outlive stop() and kill().
    """

    def __init__(
        self,
        folder: Path,
        port: int = DEFAULT_PORT,
        *,
        heap_mb: int = DEFAULT_HEAP_MB,
        properties: Mapping[str, str] | None = None,
        format_arguments: Sequence[str] = (),
        client_properties: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.heap_mb = heap_mb
        self._properties = server_properties(self.folder / "data", port, properties or {})
        self._format_arguments = format_arguments
        self._client_properties = client_properties or {}
        self._pid_file = PidFile(self.folder / "broker.pid")
        self._process: subprocess.Popen[bytes] | None = None
        self._log_begins = 0

    @property
    def bootstrap_servers(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def running_at(self) -> str | None:
        """The bootstrap address of the broker that runs in this folder."""
        found = self._pid_file.read()
        return f"127.0.0.1:{found[1]}" if found else None

    @property
    def pid(self) -> int | None:
        """The process id of the broker that runs in this folder, whoever started it."""
        found = self._pid_file.read()
        return found[0] if found else None

    def start(self, timeout_s: float = START_TIMEOUT_S) -> None:
        """Starts the broker and waits until it answers a client; does nothing where it runs already."""
        if self.pid is not None:
            return
        for port in (self.port, self.port + 1):
            _require_free(port)
        command = [java(), f"-Xmx{self.heap_mb}m", LIGHT_JIT, "-cp", f"{ensure_jars()}/*"]
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_properties()
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(command)
        self._launch(command)
        self._wait_until_it_answers(timeout_s)

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Asks the broker to shut down and waits; kills it where it takes longer than `timeout_s`."""
        self._signal(signal.SIGTERM)
        if not _wait(lambda: self.pid is None, timeout_s):
            self.kill()
        self._reap()

    def kill(self) -> None:
        """SIGKILL: what a power cut does to the process."""
        self._signal(signal.SIGKILL)
        if not _wait(lambda: self.pid is None, STOP_TIMEOUT_S):
            raise BrokerFailed(f"the broker in {self.folder} survived SIGKILL for {STOP_TIMEOUT_S:g} s")
        self._reap()

    @property
    def _server_properties(self) -> Path:
        return self.folder / "server.properties"

    def _write_properties(self) -> None:
        self._server_properties.write_text("".join(f"{key}={value}\n" for key, value in self._properties.items()))
        self._server_properties.chmod(0o600)

    def _format(self, java_command: Sequence[str]) -> None:
        tool = [*java_command, "kafka.tools.StorageTool", "format", "-t", _cluster_id()]
        done = subprocess.run(
            [*tool, "-c", str(self._server_properties), *self._format_arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BrokerFailed(f"{self.folder} could not be made ready:\n{(done.stderr or done.stdout).strip()}")

    def _launch(self, java_command: Sequence[str]) -> None:
        command = [
            *java_command,
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
            "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.controller=warn",
            "kafka.Kafka",
            str(self._server_properties),
        ]
        with self._pid_file.taken() as pid_file, self.log.open("ab") as log:
            self._log_begins = log.tell()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(pid_file.fileno(),),
            )
            pid_file.write(f"{self._process.pid} {self.port}\n")

    def _wait_until_it_answers(self, timeout_s: float) -> None:
        if not _wait(lambda: self.pid is None or self._answers(), timeout_s):
            self.kill()
            raise BrokerFailed(f"the broker did not answer within {timeout_s:g} s; {self._what_it_said()}")
        if self.pid is None:
            status = self._reap()
            raise BrokerFailed(f"the broker died while starting (exit status {status}); {self._what_it_said()}")

    def _answers(self) -> bool:
        if not _connects(self.port):
            return False
        client = AdminClient({"bootstrap.servers": self.bootstrap_servers, **self._client_properties, "log_level": 0})
        try:
            return bool(client.list_topics(timeout=ANSWER_TIMEOUT_S).brokers)
        except KafkaException:
            return False

    def _signal(self, number: signal.Signals) -> None:
        if (pid := self.pid) is not None:
            os.kill(pid, number)

    def _reap(self) -> int | None:
        process, self._process = self._process, None
        return process.wait() if process is not None else None

    def _what_it_said(self) -> str:
        lines = self.log.read_bytes()[self._log_begins :].decode(errors="replace").splitlines()
        error = next((at for at, line in enumerate(lines) if " ERROR " in line), None)
        if error is None:
            return "\n".join([f"{self.log} ends:", *lines[-LOG_LINES_SHOWN:]])
        return "\n".join([f"{self.log} says:", *lines[error : error + LOG_LINES_SHOWN]])


def free_port() -> int:
    """A port P such that P and P + 1 are free now; drawn, so that processes that ask at once get different ones."""
    ports = range(20_000, 32_000, 2)
    for port in random.SystemRandom().sample(ports, len(ports)):
        if not (_taken(port) or _taken(port + 1)):
            return port
    raise BrokerFailed("no free port between 20000 and 32000")


def _require_free(port: int) -> None:
    if _taken(port):
        raise BrokerFailed(
            f"port {port} is in use by another program: stop it, choose another with `--port`, "
            "or set HEADRACE_BOOTSTRAP_SERVERS if it is the Kafka you want"
        )


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def _connects(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(condition: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _cluster_id() -> str:
    """A random UUID as Kafka writes them: 22 characters of URL-safe base64, the first no dash."""
    return base64.urlsafe_b64encode(b"\0" + uuid4().bytes[1:]).decode().rstrip("=")
