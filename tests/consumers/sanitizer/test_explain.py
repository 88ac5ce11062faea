"""`headrace sanitize --explain` and `--evaluate` as a person and a program see them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

TEXT = "nothing\nmail ada@example.org\n"


def sanitize(*arguments: str) -> str:
    command = [sys.executable, "-m", "headrace.cli", "sanitize", *arguments]
    return subprocess.run(command, input=TEXT, capture_output=True, text=True, check=True).stdout


def test_explain_shows_where_and_why_but_not_what() -> None:
    (said,) = sanitize("--explain", "--json").splitlines()
    finding = json.loads(said)
    assert (finding["line"], finding["start"], finding["end"], finding["kind"]) == (2, 5, 20, "email")
    assert finding["rule"]
    assert "ada@" not in said + sanitize("--explain")


def test_explain_shows_values_when_told() -> None:
    assert "ada@example.org" in sanitize("--explain", "--show-values")


def test_evaluate_is_one_json_object_for_programs() -> None:
    measured = json.loads(sanitize("--evaluate", "--json", "--size", "1", "--split", "tune", "--no-cost"))
    assert measured["kinds"]["email"]["trials"] >= 1
    assert measured["targets"]["classic"]["reach"] == 0.99
