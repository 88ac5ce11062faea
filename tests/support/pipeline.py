"""`headrace up` as a real process, whose services a test may kill."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from types import TracebackType

from msgspec.structs import replace

from headrace.broker.local import free_port
from headrace.settings import Settings
from tests.conftest import write_settings
from tests.support.processes import Service
from tests.support.waiting import wait_for

STARTED = re.compile(r"^(\S+)\s+\| started, pid (\d+)$", re.MULTILINE)


def with_live_queries(settings: Settings) -> Settings:
    """The settings with a lake that can be asked while it runs."""
    return replace(settings, store=replace(settings.store, quack_port=free_port()))


def without_masking_in_the_client(settings: Settings) -> Settings:
    """The settings with personal data on raw, as other clients than ours leave it there."""
    learning = settings.continual_learning
    return replace(
        settings, continual_learning=replace(learning, logging=replace(learning.logging, sanitize_pii=False))
    )


STORING = ("sanitizer", "lake")


class Up:
    """The services that store, under their supervisor; `with Up(settings, folder) as services:`."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings_file = write_settings(settings, folder / "up.yaml")
        self._supervisor = Service("up", self.settings_file, arguments=["up", *STORING])

    def __enter__(self) -> Up:
        self._supervisor.start()
        for name in STORING:
            self.pid(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._supervisor.terminate()
        finally:
            self._supervisor.kill()
            for _, pid in STARTED.findall(self.log):
                _kill(int(pid))

    @property
    def log(self) -> str:
        return self._supervisor.log.read_text(errors="replace")

    def starts(self, name: str) -> int:
        """How often the service was started."""
        return sum(started == name for started, _ in STARTED.findall(self.log))

    def pid(self, name: str) -> int:
        """Its present process id, once it has been started."""
        wait_for(lambda: self.starts(name), f"{name} to start")
        return int(dict(STARTED.findall(self.log))[name])

    def kill(self, name: str) -> None:
        """SIGKILL, then waits until it is started again."""
        before = self.starts(name)
        os.kill(self.pid(name), signal.SIGKILL)
        wait_for(lambda: self.starts(name) > before, f"{name} to be started again")


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
