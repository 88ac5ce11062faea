"""A router as two files: a JSON manifest, and beside it an .npz of plain arrays.

The manifest names the arrays' SHA-256, the feature code and the tier; its own hash, which whoever promotes a model
announces, therefore vouches for all of it. Nothing is unpickled. What does not match is refused before any of it
is used.
"""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from headrace.errors import ConfigError, Fatal
from headrace.router.model import Calibration, Head, Model, Tier
from headrace.router.neighbours import Neighbours
from headrace.router.ngrams import FEATURE_CODE
from headrace.router.tfidf import Vocabulary

FORMAT = "headrace-router-1"
"""Changes when the arrays mean something else."""

Arrays = dict[str, NDArray[Any]]


class ArtefactRefused(Fatal):
    """A router's files are damaged, tampered with, or of a version that this code does not run."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the .json says."""

    format: str
    feature_code: str
    tier: Tier
    agents: tuple[str, ...]
    calibration: Calibration
    embedder: str | None
    """Name for `headrace.embedding.embedder` (full tier)."""
    vectors: str | None = None
    """What that embedder calls its model (full tier): with another's vectors the router is refused."""
    arrays: str
    """File name of the .npz, in the same folder."""
    sha256: str
    """Of that file."""
    bytes: int
    """Its size."""
    about: dict[str, Any] = {}
    """What the training side wants to be known: versions, counts, measures."""


@dataclass(frozen=True)
class Artefact:
    """A verified router, and what its manifest says."""

    model: Model
    manifest: Manifest


@dataclass(frozen=True)
class Written:
    """Where a router was written, and what to announce."""

    path: Path
    """Of the manifest."""
    sha256: str
    """Of the manifest."""
    bytes: int
    """Of both files together."""


def write(
    model: Model,
    path: Path,
    embedder: str | None = None,
    vectors: str | None = None,
    about: dict[str, Any] | None = None,
) -> Written:
    """Writes `model` as `path` (ending in .json) and an .npz named by its hash beside it; the manifest comes last.

    `embedder` and `vectors` as in `Manifest`.
    """
    content = _packed(model)
    digest = hashlib.sha256(content).hexdigest()
    name = f"{path.stem}-{digest[:12]}.npz"
    manifest = Manifest(
        format=FORMAT,
        feature_code=FEATURE_CODE,
        tier=model.tier,
        agents=model.agents,
        calibration=model.calibration,
        embedder=embedder,
        vectors=vectors,
        arrays=name,
        sha256=digest,
        bytes=len(content),
        about=about or {},
    )
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    _replace(path.with_name(name), content)
    _replace(path, text)
    return Written(path, hashlib.sha256(text).hexdigest(), len(content) + len(text))


def read(uri: str | Path, sha256: str | None = None) -> Artefact:
    """The artefact whose manifest is at `uri`; raises ArtefactRefused, or FileNotFoundError."""
    text = _fetch(str(uri))
    if sha256 is not None:
        _hold(hashlib.sha256(text).hexdigest() == sha256, uri, "its manifest is not the one that was announced")
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise ArtefactRefused(f"{uri}: no manifest of a router; give the path of its .json") from None
    _check(manifest, uri)
    content = _fetch(_beside(str(uri), manifest.arrays))
    _hold(len(content) == manifest.bytes, uri, f"{manifest.arrays} has {len(content)} bytes, not {manifest.bytes}")
    _hold(hashlib.sha256(content).hexdigest() == manifest.sha256, uri, f"{manifest.arrays} has another SHA-256")
    try:
        return Artefact(_unpacked(content, manifest), manifest)
    except (KeyError, ValueError, OSError):
        raise ArtefactRefused(f"{uri}: {manifest.arrays} lacks arrays of {FORMAT}; export the router again") from None


def _check(manifest: Manifest, uri: str | Path) -> None:
    _hold(manifest.format == FORMAT, uri, f"its format is {manifest.format}, this version reads {FORMAT}")
    _hold(
        manifest.feature_code == FEATURE_CODE,
        uri,
        f"it was trained with feature code {manifest.feature_code}, this version has {FEATURE_CODE}: "
        "export it again with this version, or run the version it was trained with",
    )
    _hold(Path(manifest.arrays).name == manifest.arrays, uri, "its manifest names arrays outside its folder")


def _hold(sound: bool, uri: str | Path, why: str) -> None:
    if not sound:
        raise ArtefactRefused(f"{uri}: the router is refused: {why}")


def _packed(model: Model) -> bytes:
    arrays: Arrays = {
        "hashes": model.vocabulary.hashes,
        "idf": model.vocabulary.idf,
        "head_agent": model.head.agent,
        "head_words": model.head.words,
        "head_bias": model.head.bias,
    }
    if model.neighbours is not None and model.head.sentence is not None:
        arrays |= {
            "head_sentence": model.head.sentence,
            "neighbour_vectors": model.neighbours.vectors,
            "neighbour_agent": model.neighbours.agent,
        }
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpacked(content: bytes, manifest: Manifest) -> Model:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        full = manifest.tier == "full"
        return Model(
            agents=manifest.agents,
            vocabulary=Vocabulary(arrays["hashes"], arrays["idf"]),
            head=Head(
                arrays["head_agent"],
                arrays["head_words"],
                arrays["head_sentence"] if full else None,
                arrays["head_bias"],
            ),
            neighbours=Neighbours(arrays["neighbour_vectors"], arrays["neighbour_agent"]) if full else None,
            calibration=manifest.calibration,
        )


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _beside(uri: str, name: str) -> str:
    return uri.rpartition("/")[0] + "/" + name if "/" in uri else name


def _fetch(uri: str) -> bytes:
    if "://" not in uri:
        return Path(uri).read_bytes()
    try:
        import fsspec
    except ModuleNotFoundError:
        raise ConfigError(f"{uri}: reading it needs fsspec; install it, or give a path on this machine") from None
    with fsspec.open(uri, "rb") as file:
        content: bytes = file.read()
    return content
