"""Each stage says at the top of its module what it promises, in fixed words."""

from __future__ import annotations

import ast
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STAGES = sorted((*ROOT.glob("consumers/*/service.py"), *ROOT.glob("analytics/*/service.py")))
PROMISES = re.compile(r"^Guarantee: (at-most-once|at-least-once|effectively-once into .+, provided )")


@pytest.mark.parametrize("stage", STAGES, ids=lambda path: path.parent.name)
def test_a_stage_states_its_guarantee(stage: Path) -> None:
    paragraphs = (ast.get_docstring(ast.parse(stage.read_text())) or "").split("\n\n")
    assert any(PROMISES.match(paragraph.replace("\n", " ")) for paragraph in paragraphs), paragraphs[0]


def test_every_service_is_a_stage() -> None:
    services = {entry_point.name for entry_point in entry_points(group="headrace.services")}
    assert services == {stage.parent.name for stage in STAGES}
