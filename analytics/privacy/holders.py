"""Files beside the database that hold something of given interactions, and how it goes from them.

Datasets are written again without the rows; anything else that names one of the interactions is removed whole,
for whoever made it can make it again. A file is searched for ids: every copy that we write names its rows, and
an id tells its time.
"""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.privacy.copies import noted
from consumers.lake.access import archive_path, database_path
from headrace.ids import uuid7_milliseconds
from headrace.settings import Settings

ID_COLUMN = "interaction_id"
OWN_FOLDERS = ("state", "selections", "registry", "tmp")
"""Folders of the storage that have their own way of forgetting, or hold no rows."""
_UUID7 = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

Goes = Callable[[str], bool]
"""Whether what has this id has to go."""


def forget(settings: Settings, ids: Collection[str]) -> list[Path]:
    """Takes interactions out of all files that hold them; the files that changed or went."""
    return [path for path in _files(settings) if _without(settings, path, ids.__contains__)]


def expire(settings: Settings, before: datetime) -> list[Path]:
    """Takes interactions from before a moment out of exports and datasets; the files that changed or went."""
    bound = int(before.timestamp() * 1000)
    kept = settings.storage / "models"
    return [
        path
        for path in _files(settings)
        if kept not in path.parents and _without(settings, path, lambda id_: uuid7_milliseconds(id_) < bound)
    ]


def names_any(path: Path, ids: Collection[str]) -> bool:
    """Whether a file names one of the interactions."""
    if path.suffix == ".parquet":
        return _kept(path, ids.__contains__) is not None
    return names_one(_content(path), ids.__contains__)


def names_one(content: bytes, goes: Goes) -> bool:
    """Whether bytes hold an id for which `goes` is true."""
    return any(goes(found.group().decode()) for found in _UUID7.finditer(content))


def _files(settings: Settings) -> Iterator[Path]:
    """All files with rows of the store, but the database, its days and what the registry keeps."""
    database = database_path(settings).name
    for path in sorted(settings.storage.glob("*")):
        if path.is_dir() and path.name not in OWN_FOLDERS and path != archive_path(settings):
            yield from _within(path)
        elif path.is_file() and not path.name.startswith(database):
            yield path
    for path in noted(settings):
        yield from _within(path) if path.is_dir() else (path,)


def _within(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _without(settings: Settings, path: Path, goes: Goes) -> bool:
    """Whether the file held something that goes; it is then written again without, or removed."""
    if not path.exists():
        return False
    if path.suffix == ".parquet":
        return _rewrite(path, goes)
    if not names_one(_content(path), goes):
        return False
    _remove(path, settings)
    return True


def _content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _kept(path: Path, goes: Goes) -> pa.Table | None:
    """The file's other rows; None where nothing in it goes."""
    if ID_COLUMN not in pq.read_schema(path).names:
        return None
    table = pq.read_table(path)
    gone = [id_ is not None and goes(_text(id_)) for id_ in table.column(ID_COLUMN).to_pylist()]
    return table.filter(pa.array([not is_gone for is_gone in gone])) if any(gone) else None


def _text(id_: object) -> str:
    return str(UUID(bytes=id_)) if isinstance(id_, bytes) else str(id_)


def _rewrite(path: Path, goes: Goes) -> bool:
    kept = _kept(path, goes)
    if kept is None:
        return False
    made = path.with_name(f".{path.name}.tmp")
    pq.write_table(kept, made, compression="zstd")
    made.chmod(path.stat().st_mode)
    made.replace(path)
    return True


def _remove(path: Path, settings: Settings) -> None:
    """One of a model's files is of no use without the others: an agent fetches the version again, if there is one."""
    if settings.storage / "models" in path.parents:
        shutil.rmtree(path.parent)
    else:
        path.unlink()
