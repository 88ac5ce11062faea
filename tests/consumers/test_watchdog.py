"""A call that never returns ends the process, and no other does."""

from __future__ import annotations

import subprocess
import sys

import pytest

from consumers.watchdog import HUNG_STATUS

pytestmark = pytest.mark.slow

CODE = """
import time
from consumers.watchdog import Watchdog
watchdog = Watchdog(0.3, lambda: print("last words", flush=True))
for _ in range(10):
    with watchdog:
        time.sleep(0.05)
print("all returned", flush=True)
time.sleep({outside})
with watchdog:
    time.sleep({inside})
print("the end", flush=True)
"""


def ended(inside: float, outside: float) -> tuple[int, list[str]]:
    code = CODE.format(inside=inside, outside=outside)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout.splitlines()


def test_a_call_that_hangs_ends_the_process_after_its_last_words() -> None:
    assert ended(inside=60, outside=0) == (HUNG_STATUS, ["all returned", "last words"])


def test_time_spent_outside_of_calls_does_not_count() -> None:
    assert ended(inside=0, outside=1.0) == (0, ["all returned", "the end"])
