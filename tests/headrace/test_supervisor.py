"""`headrace up`: crashed children come back, the end is passed on once, and waits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import wait_for

pytestmark = pytest.mark.slow

SUPERVISE = """
import sys
from headrace.supervisor import EndRequests, supervise
commands = {f"child{n}": [sys.executable, "-c", code] for n, code in enumerate(sys.argv[1:])}
sys.exit(supervise(commands, EndRequests().install()))
"""
DRAINS = """
import signal, sys, time
def end(*_):
    time.sleep(0.3)
    print("drained", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
while True:
    time.sleep(0.01)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(600)
"""


class Supervisor:
    """The supervisor as a process, and what it printed so far."""

    def __init__(self, log: Path, *children: str) -> None:
        self.log = log
        with log.open("wb") as output:
            command = [sys.executable, "-c", SUPERVISE, *children]
            self.process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)

    def await_line(self, line: str, times: int = 1) -> None:
        wait_for(lambda: self.log.read_text().count(line) >= times, f"{times} × {line!r} in {self.log.read_text()!r}")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "up.log"


def test_lines_bear_the_name_of_their_child(log: Path) -> None:
    up = Supervisor(log, DRAINS, DRAINS)
    up.await_line("child0     | up")
    up.await_line("child1     | up")
    up.process.terminate()
    assert up.process.wait(30) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_request_drains_every_child(log: Path, number: signal.Signals) -> None:
    up = Supervisor(log, DRAINS, DRAINS)
    up.await_line("| up", times=2)
    os.killpg(up.process.pid, number)
    assert up.process.wait(30) == 0
    assert log.read_text().count("| drained") == 2


def test_the_second_request_ends_a_child_that_does_not_drain(log: Path) -> None:
    up = Supervisor(log, STUBBORN)
    up.await_line("| up")
    up.process.terminate()
    up.await_line("draining child0")
    up.process.terminate()
    assert up.process.wait(30) == 0


def test_a_crashed_child_is_started_again_after_a_growing_pause(log: Path) -> None:
    up = Supervisor(log, "import os; print('up', flush=True); os.abort()")
    up.await_line("starts again in 1 s")
    up.await_line("starts again in 2 s")
    up.await_line("| up", times=2)
    up.process.terminate()
    assert up.process.wait(30) == 0


def test_wrong_settings_end_everything_since_a_restart_cannot_help(log: Path) -> None:
    up = Supervisor(log, DRAINS, "import sys; print('no such setting'); sys.exit(2)")
    assert up.process.wait(30) == 2
    told = log.read_text()
    assert told.index("child1     | no such setting") < told.index("headrace   | child1 cannot use its settings")
    assert "starts again" not in told
