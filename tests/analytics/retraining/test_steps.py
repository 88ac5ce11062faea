"""A run goes on where it was killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.retraining.steps import Steps


def test_a_value_is_made_once(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> dict[str, int]:
        made.append(1)
        return {"rows": len(made)}

    for _ in range(3):
        assert Steps(tmp_path / "run").value("dataset", dict[str, int], make) == {"rows": 1}
    assert made == [1]


def test_files_are_there_whole_or_not_at_all(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise RuntimeError

    def succeed(folder: Path) -> None:
        assert list(folder.iterdir()) == []
        (folder / "whole").write_text("whole")

    steps = Steps(tmp_path / "run")
    with pytest.raises(RuntimeError):
        steps.files("model", fail)
    assert not (tmp_path / "run" / "model").exists()
    assert [path.name for path in steps.files("model", succeed).iterdir()] == ["whole"]
    assert [path.name for path in steps.files("model", fail).iterdir()] == ["whole"]
