"""Files with rows of the store that somebody asked for: written down, so that retention and erasure find them.

The list holds paths, not contents. A file that somebody then moves or copies by hand is out of our reach:
`docs/privacy.md` says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from consumers.lake.database import make_private_folder
from headrace.settings import Settings

LIST = "copies.json"


def write_copy(settings: Settings, path: Path, content: bytes) -> None:
    """Writes a file with rows of the store, for this user only, and notes where it is; noted first, should we die."""
    note(settings, path)
    made = path.with_name(f".{path.name}.tmp")
    made.touch(mode=0o600)
    made.write_bytes(content)
    made.replace(path)


def note(settings: Settings, path: Path) -> None:
    """Notes that a file or folder holds rows of the store."""
    _save(settings, {*noted(settings), path.resolve()})


def noted(settings: Settings) -> list[Path]:
    """The files and folders that were noted and are still there."""
    try:
        paths = msgspec.json.decode(_list(settings).read_bytes(), type=list[str])
    except FileNotFoundError:
        return []
    return [Path(path) for path in paths if Path(path).exists()]


def _save(settings: Settings, paths: Iterable[Path]) -> None:
    listed = _list(settings)
    make_private_folder(settings.storage)
    make_private_folder(listed.parent)
    made = listed.with_suffix(".tmp")
    made.touch(mode=0o600)
    made.write_bytes(msgspec.json.encode(sorted(map(str, paths))))
    made.replace(listed)


def _list(settings: Settings) -> Path:
    return settings.storage / "state" / LIST
