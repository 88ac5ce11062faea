"""`headrace sanitize`, `headrace rejected show|replay`: what a person sees, and what nobody may see."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.sanitizer.lines import sanitize_lines
from headrace import codec
from headrace.events import ProductionInteraction
from headrace.privacy import Sanitizer
from headrace.settings import Settings
from headrace.topics import CLEAN, RAW, REJECTED
from tests.support import Service, count, produce, read_all, wait_for
from tests.support.sanitized import CANARY, await_caught_up, fill_raw

SANITIZER = Sanitizer()
LINE = st.binary(max_size=30).filter(lambda line: b"\n" not in line) | st.just(b"to ada@example.org")


@given(st.lists(LINE), st.booleans())
def test_one_line_in_is_one_line_out(lines: list[bytes], ended: bool) -> None:
    source, target = BytesIO(b"\n".join(lines) + b"\n" * ended), BytesIO()
    sanitize_lines(source, target, SANITIZER)
    clean = target.getvalue()
    assert clean.count(b"\n") == source.getvalue().count(b"\n")
    assert b"ada@" not in clean
    for before, after in zip(source.getvalue().split(b"\n"), clean.split(b"\n"), strict=True):
        assert after == before or b"[" in after


def test_a_line_goes_out_before_the_next_comes_in() -> None:
    command = [sys.executable, "-m", "headrace.cli", "sanitize"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write(b"to ada@example.org\n")
            process.stdin.flush()
            assert process.stdout.readline() == b"to [EMAIL]\n"
        process.stdin.close()
        assert process.wait() == 0


def headrace(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "headrace.cli", *arguments]
    environment = {**os.environ, "HEADRACE_CONFIG": str(file)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def sanitizer(settings_file: Path) -> Iterator[Service]:
    with Service("sanitizer", settings_file) as service:
        yield service


@pytest.mark.broker
def test_rejected_records_are_shown_without_their_text_unless_asked_for(
    settings: Settings, settings_file: Path, sanitizer: Service
) -> None:
    fill_raw(settings, 50)
    await_caught_up(settings)
    sanitizer.terminate()
    shown = headrace(settings_file, "rejected", "show")
    assert "undecodable at $" in shown.stdout
    assert CANARY not in shown.stdout + shown.stderr + sanitizer.log.read_text()
    with_payload = headrace(settings_file, "rejected", "show", "--payload", "--json")
    assert f"{CANARY} is no event" in json.loads(with_payload.stdout)["payload"]
    assert "noted" in with_payload.stderr
    assert len((settings.storage / "state" / "payload-access.log").read_text().splitlines()) == 1
    assert headrace(settings_file, "rejected", "show", "--reason", "crash").stdout == ""
    assert headrace(settings_file, "rejected", "show", "--reason", "bad luck").returncode == 2


@pytest.mark.broker
def test_replayed_records_get_their_outcome_by_the_rules_of_today(
    settings: Settings, settings_file: Path, sanitizer: Service
) -> None:
    event = ProductionInteraction(agent_selected="billing", user_query="Why?", response="forbidden fruit")
    strict = settings_file.read_text()
    assert "blocked_patterns: []" in strict
    sanitizer.kill()
    settings_file.write_text(strict.replace("blocked_patterns: []", "blocked_patterns: [forbidden]"))
    produce(settings, RAW, [codec.encode(event)], key=b"s", producer_id="p", seq="1")
    sanitizer.start()
    wait_for(lambda: count(settings, REJECTED) == 1, "the rejection")
    sanitizer.terminate()
    settings_file.write_text(strict)

    dry = headrace(settings_file, "rejected", "replay", "--dry-run", "--json")
    assert json.loads(dry.stdout) == {"rejected": 1, "published": 0, "expired": 0}
    done = headrace(settings_file, "rejected", "replay", "--reason", "blocked_pattern", "--json")
    assert json.loads(done.stdout) == {"rejected": 1, "published": 1, "expired": 0}
    first, again = read_all(settings, RAW)
    assert (first.key, first.value, first.headers) == (again.key, again.value, again.headers)
    sanitizer.start()
    wait_for(lambda: count(settings, CLEAN) == 1, "the second try to be clean")


@pytest.mark.broker
def test_without_an_id_key_it_refuses_to_start(settings_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEADRACE_ID_KEY")
    result = headrace(settings_file, "run", "sanitizer")
    assert result.returncode == 2
    assert "headrace init" in result.stderr
