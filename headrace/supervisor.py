"""Child processes in one terminal: their lines prefixed, the crashed ones started again, all drained at the end."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
"""Long enough not to burn a core on a service that cannot start, short enough to notice that it can."""
STEADY_S = 60.0
"""A service that ran this long has recovered: its next crash starts with the first pause again."""
TURN_S = 0.1
SETTINGS_STATUS = 2
"""The exit status of a service whose settings are wrong: starting it again cannot help."""


def pause_s(crashes: int) -> float:
    """Seconds before the next start after so many crashes in a row.

    >>> [pause_s(crashes) for crashes in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 30.0]
    """
    return min(FIRST_PAUSE_S * 2.0 ** (crashes - 1), LONGEST_PAUSE_S)


@dataclass
class Child:
    """One command, its present process, and when it may start again."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None
    crashes: int = 0
    started_at: float = 0.0
    start_at: float = 0.0
    _reader: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        # A session of its own: the terminal's Ctrl-C reaches the supervisor alone, which passes it on once.
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.started_at = time.monotonic()
        say(self.name, f"started, pid {self.process.pid}")
        self._reader = threading.Thread(target=self._copy_lines, args=(self.process,), daemon=True)
        self._reader.start()

    def note_end(self, status: int) -> None:
        """Books an end that nobody asked for."""
        ran_s = time.monotonic() - self.started_at
        self.crashes = 1 if ran_s > STEADY_S else self.crashes + 1
        self.start_at = time.monotonic() + pause_s(self.crashes)
        self.process = None
        say(self.name, f"ended with status {status}; starts again in {pause_s(self.crashes):g} s")

    def signal(self, number: signal.Signals) -> None:
        """Passes a signal on; nothing where it has ended."""
        if self.is_running and self.process is not None:
            self.process.send_signal(number)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def join(self) -> None:
        """Waits until its last line is copied."""
        if self._reader is not None:
            self._reader.join()

    def _copy_lines(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            say(self.name, line.rstrip("\n"))


class EndRequests:
    """How often SIGTERM or Ctrl-C was received: once to drain, twice to end at once."""

    def __init__(self) -> None:
        self.received = 0

    def install(self) -> EndRequests:
        """Takes over SIGTERM and SIGINT of this process (main thread only)."""
        signal.signal(signal.SIGTERM, self._handle)
        signal.signal(signal.SIGINT, self._handle)
        return self

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self.received += 1


def supervise(commands: Mapping[str, Sequence[str]], requests: EndRequests) -> int:
    """Keeps the commands running until asked to end, then drains them. Returns the exit status.

    Wrong settings of one end all of them: the services share one file, and a typo must not pass unseen.
    """
    children = [Child(name, command) for name, command in commands.items()]
    status = 0
    while requests.received == 0 and status == 0:
        status = max(_tend(child) for child in children)
        time.sleep(TURN_S)
    _drain([child for child in children if child.is_running], requests)
    return status


def _drain(running: Sequence[Child], requests: EndRequests) -> None:
    if not running:
        return
    say("headrace", f"draining {', '.join(child.name for child in running)}; Ctrl-C ends them at once")
    for child in running:
        child.signal(signal.SIGTERM)
    already = requests.received
    while any(child.is_running for child in running):
        if requests.received > already:
            for child in running:
                child.signal(signal.SIGKILL)
        time.sleep(TURN_S)
    for child in running:
        child.join()


def _tend(child: Child) -> int:
    """One turn for one child; the status to end with when it is not worth starting again."""
    if child.process is None:
        if time.monotonic() >= child.start_at:
            child.start()
        return 0
    status = child.process.poll()
    if status == SETTINGS_STATUS:
        child.join()
        say("headrace", f"{child.name} cannot use its settings, as its last line says: correct them, start again")
        return status
    if status is not None:
        child.note_end(status)
    return 0


def say(name: str, line: str) -> None:
    """One line of one child; a whole line at a time, so that they do not mix."""
    sys.stdout.write(f"{name:<10} | {line}\n")
    sys.stdout.flush()
