"""docs/loop.md runs as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from headrace.settings import Settings
from tests.analytics.retraining.support import store, turn
from tests.conftest import write_settings

PAGE = (Path(__file__).parent.parent / "docs" / "loop.md").read_text()
TURNS = 900


@pytest.mark.broker
def test_the_program_runs_from_a_logged_interaction_to_a_new_router(settings: Settings, tmp_path: Path) -> None:
    store(settings, map(turn, range(TURNS)))
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    path = write_settings(msgspec.structs.replace(settings), tmp_path / "headrace.yaml")
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "HEADRACE_CONFIG": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    flags, drifted, selected, trained = done.stdout.splitlines()
    assert "error" in flags
    assert drifted == "['latency_ms']"
    assert len(selected.split("', '")) == 5
    assert "True" in trained
