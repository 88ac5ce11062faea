"""`headrace demo`, small: what it prints is true, and it ends with 0 unexplained."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from analytics.demo.traffic import BAD_INPUT, PROBES

pytestmark = [pytest.mark.broker, pytest.mark.fault]


def test_the_demo_accounts_for_everything_and_leaves_nothing_behind(tmp_path: Path, broker: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "headrace.cli", "demo", "--interactions", "500", "--json"],
        env={**os.environ, "HEADRACE_BOOTSTRAP_SERVERS": broker},
        cwd=tmp_path,
        capture_output=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    answer = json.loads(done.stdout.splitlines()[-1])
    figures, audit = answer["figures"], answer["audit"]
    assert audit["unexplained"] == 0
    assert figures["interactions"] == 500
    assert sum(number for _, _, number in figures["rejected"]) == len(BAD_INPUT)
    assert len(figures["freshness_s"]) == PROBES
    assert Counter(figures["personal"]).keys() == Counter(figures["planted"]).keys()
    assert figures["personal"]["email"] == figures["planted"]["email"]
    assert {path.name for path in (tmp_path / ".headrace").iterdir()} == {"demo"}


def test_a_file_that_is_not_there_ends_the_demo_with_a_clear_word(tmp_path: Path, broker: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "headrace.cli", "demo", "--data", "nowhere.jsonl"],
        env={**os.environ, "HEADRACE_BOOTSTRAP_SERVERS": broker},
        cwd=tmp_path,
        capture_output=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1] == "headrace: nowhere.jsonl cannot be read: No such file or directory"
