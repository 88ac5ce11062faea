"""The processes of the pipeline's benchmark, and what they cost: from Linux's /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
STOP_S = 60.0
POLL_S = 0.05
HELD_BACK = 1_000_000_000
"""Told to a load whose end has come: nothing holds it back."""


class Process:
    """A process by its id; its figures are 0 where there is no /proc."""

    def __init__(self, pid: int) -> None:
        self._proc = Path("/proc") / str(pid)

    def cpu_s(self) -> float:
        """Seconds of processor time so far, all threads."""
        try:
            fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def peak_mb(self) -> float:
        """The most memory that was resident."""
        return self._status_mb("VmHWM")

    def resident_mb(self) -> float:
        """Memory that is resident now."""
        return self._status_mb("VmRSS")

    def _status_mb(self, name: str) -> float:
        try:
            lines = (self._proc / "status").read_text().splitlines()
        except OSError:
            return 0.0
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)


@contextmanager
def service(name: str, log: Path) -> Iterator[Process]:
    """`headrace run NAME` for as long as the block lasts."""
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "headrace.cli", "run", name], stdout=file, stderr=file)
    try:
        yield Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()


class Load:
    """`producers.load` in a process of its own; a room may not import another's, but may run it."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "producers.load", *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.usage = Process(self._process.pid)
        self.producer_id = self._process.stdout.readline().strip()
        self.logged_at: dict[int, float] = {}
        """When the sampled events were logged, by their number."""
        threading.Thread(target=self._read, daemon=True).start()

    def tell_stored(self, count: int) -> None:
        """How many events are stored by now."""
        if self.has_ended:
            return
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{count}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        """Ends it, wherever it is."""
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            seq, _, at = line.partition(" ")
            if seq.isdigit():
                self.logged_at[int(seq)] = float(at)


def monotonic_s() -> float:
    """The clock that all processes of this machine share."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)
