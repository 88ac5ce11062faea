"""A service as a real process, as `headrace run` starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from tests.support.waiting import PATIENCE_S, wait_for


class Service:
    """`headrace run NAME` in a process of its own; ends with the `with` block.

        with Service("sanitizer", settings_file, fault="sanitizer.after_produce@2:kill") as sanitizer:
            sanitizer.wait()

    `log` is the file that holds its output; `arguments` replaces `run NAME`.
    """

    def __init__(
        self,
        name: str,
        settings_file: Path,
        *,
        fault: str = "",
        environment: dict[str, str] | None = None,
        arguments: list[str] | None = None,
    ) -> None:
        number = len(list(settings_file.parent.glob(f"{name}-*.log")))
        self.name = name
        self.log = settings_file.parent / f"{name}-{number}.log"
        self.log.touch()
        self._command = [sys.executable, "-m", "headrace.cli", *(arguments or ["run", name])]
        self._environment = {
            **os.environ,
            "HEADRACE_CONFIG": str(settings_file),
            "FAULT": fault,
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Service:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, f"{self.name} was not started"
        return self._process

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> Service:
        """Starts it, or starts it again after its end; the log is appended to."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)
        return self

    def restart_without_fault(self) -> Service:
        """After an injected death: the same process again, this time spared."""
        self._environment["FAULT"] = ""
        return self.start()

    def wait(self, timeout_s: float = PATIENCE_S) -> int:
        """Its exit status (-9 after SIGKILL); shows its log's end if it does not end in time."""
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} still runs after {timeout_s:g} s:\n{self.tail()}") from None

    def terminate(self, timeout_s: float = PATIENCE_S) -> int:
        """SIGTERM, once it can be heeded (an interpreter that is still starting dies of it), then waits for the drain;
        its exit status.
        """
        wait_for(lambda: not self.is_running or self._heeds_sigterm(), f"{self.name} to heed SIGTERM")
        self.process.send_signal(signal.SIGTERM)
        return self.wait(timeout_s)

    def _heeds_sigterm(self) -> bool:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)

    def kill(self) -> None:
        """SIGKILL, if it still runs."""
        if self.is_running:
            self.process.kill()
        if self._process is not None:
            self._process.wait()

    def tail(self, lines: int = 20) -> str:
        """The last lines of its output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
