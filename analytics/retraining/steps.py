"""Steps that are done once: each leaves a file, all of it or none, and one that is there is not done again.

Guarantee: a run that was killed goes on after the last step that it finished, and ends as it would have.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from headrace.failpoints import failpoint

T = TypeVar("T")


class Steps:
    """The folder of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def value(self, name: str, kind: type[T], make: Callable[[], T]) -> T:
        """What the step made, now or before: any value that JSON can hold."""
        path = self.folder / f"{name}.json"
        if not path.exists():
            made = make()
            failpoint(f"retraining.{name}")
            _replace(path, msgspec.json.format(msgspec.json.encode(made)))
        return msgspec.json.decode(path.read_bytes(), type=kind)

    def files(self, name: str, make: Callable[[Path], None]) -> Path:
        """The folder that the step filled, now or before."""
        path = self.folder / name
        if not path.exists():
            part = self.folder / f"{name}.part"
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(mode=0o700)
            make(part)
            failpoint(f"retraining.{name}")
            part.replace(path)
        return path


def _replace(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
