"""Named failpoints: what a fault test asks for happens where and when it asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from headrace.failpoints import FAULT_VARIABLE, parse

LOOP = """
from headrace.failpoints import failpoint
for turn in range(3):
    failpoint("step")
    print(turn, flush=True)
"""


def run(fault: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, FAULT_VARIABLE: fault}
    return subprocess.run([sys.executable, "-c", LOOP], env=environment, capture_output=True, text=True, check=False)


def test_kill_ends_the_process_at_the_pass_that_was_named() -> None:
    done = run("step@2:kill")
    assert (done.returncode, done.stdout.split()) == (-signal.SIGKILL, ["0"])


def test_raise_raises_there() -> None:
    done = run("step@3:raise")
    assert "InjectedFault: step" in done.stderr
    assert done.stdout.split() == ["0", "1"]


def test_another_failpoint_passes() -> None:
    assert run("elsewhere:kill,other:raise").stdout.split() == ["0", "1", "2"]


def test_stop_hangs_until_continued() -> None:
    environment = {**os.environ, FAULT_VARIABLE: "step@2:stop"}
    with subprocess.Popen([sys.executable, "-c", LOOP], env=environment, stdout=subprocess.PIPE, text=True) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        time.sleep(0.01)
        process.send_signal(signal.SIGCONT)
        assert process.communicate()[0].split() == ["0", "1", "2"]


@pytest.mark.parametrize("text", ["step:explode", "step"])
def test_an_unknown_action_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="the action is kill, stop, sleep or raise"):
        parse(text)


def test_after_a_sleep_it_goes_on() -> None:
    program = "import headrace.failpoints as f; f.SLEEP_S = 0.01" + LOOP
    environment = {**os.environ, FAULT_VARIABLE: "step@2:sleep"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["0", "1", "2"]
