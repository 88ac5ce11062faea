"""Each stage says what it promises in the first line of its module, in fixed words."""

from __future__ import annotations

import ast
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STAGES = sorted(ROOT.glob("consumers/*/service.py"))
PROMISES = re.compile(r"^Guarantee: (at-most-once|at-least-once|effectively-once into .+, provided )")


@pytest.mark.parametrize("stage", STAGES, ids=lambda path: path.parent.name)
def test_a_stage_opens_with_its_guarantee(stage: Path) -> None:
    opening = (ast.get_docstring(ast.parse(stage.read_text())) or "").partition("\n\n")[0].replace("\n", " ")
    assert PROMISES.match(opening), opening


def test_every_service_is_a_stage() -> None:
    services = {entry_point.name for entry_point in entry_points(group="headrace.services")}
    assert services == {stage.parent.name for stage in STAGES}
