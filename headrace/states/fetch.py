"""The files of a version, verified: what does not have the announced hash is never loaded.

Folders and file:// URIs need nothing beside Python; others need fsspec and its package for the place.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from headrace.errors import ConfigError, Fatal
from headrace.states.formats import ModelState


class Unverified(Fatal):
    """A file is not the one that was announced; the version before stays in use."""


class _Files(msgspec.Struct):
    files: dict[str, str]


def fetch(state: ModelState, folder: Path) -> Path:
    """Copies a version's files into `folder`/<name>/<version> and returns that.

    Raises Unverified for a file with another hash, OSError where one cannot be read.
    """
    manifest = _read(state.uri)
    _verify(manifest, state.sha256, state.uri)
    try:
        hashes = msgspec.json.decode(manifest, type=_Files).files
    except msgspec.MsgspecError:
        raise Unverified(f"{state.uri}: no manifest of a model") from None
    target = folder / state.name / state.version
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, expected in hashes.items():
        _copy(_beside(state.uri, name), expected, target / name)
    return target


def _copy(uri: str, expected: str, target: Path) -> None:
    if target.exists() and sha256(target.read_bytes()).hexdigest() == expected:
        return
    content = _read(uri)
    _verify(content, expected, uri)
    part = target.with_name(f"{target.name}.part")
    part.write_bytes(content)
    part.replace(target)


def _beside(uri: str, name: str) -> str:
    if not name or name != Path(name).name:
        raise Unverified(f"{uri}: names a file outside its folder")
    return f"{uri.rpartition('/')[0]}/{name}"


def _verify(content: bytes, expected: str, uri: str) -> None:
    if sha256(content).hexdigest() != expected:
        raise Unverified(f"{uri}: not the announced file (its SHA-256 is another): cut short, or changed since")


def _read(uri: str) -> bytes:
    parts = urlsplit(uri)
    if parts.scheme in ("", "file"):
        return Path(unquote(parts.path)).read_bytes()
    try:
        import fsspec
    except ModuleNotFoundError:
        raise ConfigError(f"{uri}: needs fsspec; `pip install fsspec` and its package for {parts.scheme}") from None
    with fsspec.open(uri, "rb") as file:
        content: bytes = file.read()
    return content
