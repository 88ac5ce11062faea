"""What the README shows works as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from headrace.codec import decode_event
from headrace.commands.root import app
from headrace.events import Feedback, ProducerStatus, ProductionInteraction
from headrace.settings import Settings
from headrace.topics import RAW
from tests.support import read_all

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DOCUMENTS = [README, *((path).read_text() for path in sorted((ROOT / "docs").rglob("*.md")))]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.broker
def test_the_lines_for_an_agent_log_an_interaction_and_its_feedback(settings: Settings, settings_file: Path) -> None:
    program = "\n".join(blocks("python"))
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "HEADRACE_CONFIG": str(settings_file)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    events = [decode_event(record.value)[0] for record in read_all(settings, RAW)]
    (interaction,) = (event for event in events if isinstance(event, ProductionInteraction))
    (feedback,) = (event for event in events if isinstance(event, Feedback))
    assert interaction.user_query == "Where is my invoice?"
    assert feedback.interaction_id == interaction.interaction_id
    assert any(isinstance(event, ProducerStatus) and event.closed for event in events)


def test_the_first_block_for_an_agent_has_three_lines() -> None:
    assert len([line for line in blocks("python")[0].splitlines() if line]) == 3


def test_its_commands_exist() -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    commands = [line.partition("#")[0].split()[1:] for line in lines if line.startswith("headrace ")]
    assert commands
    for command in commands:
        done = CliRunner().invoke(app, [*command, "--help"])
        assert done.exit_code == 0, f"headrace {' '.join(command)}: {done.output}"


def test_its_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {
        target for text in DOCUMENTS for target in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)
    } <= targets


def test_files_that_documents_name_exist() -> None:
    named = {name for text in DOCUMENTS for name in re.findall(r"`([\w./-]+/[\w./-]*)`", text)}
    ours = {
        name for name in named if name.partition("/")[0] in {"headrace", "consumers", "analytics", "docs", "benchmarks"}
    }
    assert {name for name in ours if not (ROOT / name).exists()} == set()
