"""Versions of models that learned from given interactions, and what becomes of them.

A router's numbers cannot be read back into texts, but they were fitted to them: its versions are named, with the
command that trains without. An index of answers holds texts: its next version is made without them, and the
versions that hold them are removed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import fsspec
import msgspec

from analytics.privacy.holders import names_any, names_one
from analytics.registry import Lineage, Manifest, Registry, registry_of
from headrace.retrieval import RetrievalIndex
from headrace.retrieval.index import ENTRIES_FILE
from headrace.settings import Settings
from headrace.states import fetch

ROUTER, INDEX = "router", "rag_index"
RETRAIN = "headrace retrain --now"


class Trained(msgspec.Struct, frozen=True, kw_only=True):
    """A version that learned from somebody's interactions."""

    model: str
    version: str
    is_certain: bool
    """False where its dataset is gone and only the times fit."""
    retrain: str
    """The command that makes a version without them."""


def trained_on(settings: Settings, ids: Collection[str], moments: Collection[datetime]) -> list[Trained]:
    """The router's versions whose dataset held one of the interactions, which happened at these `moments`."""
    found = []
    for manifest in registry_of(settings, ROUTER).manifests():
        is_certain = _held(manifest, ids)
        if is_certain or (is_certain is None and _overlaps(manifest.lineage, moments)):
            found.append(Trained(model=ROUTER, version=manifest.version, is_certain=bool(is_certain), retrain=RETRAIN))
    return found


def forget_in_index(settings: Settings, ids: Collection[str]) -> list[str]:
    """Makes the index's next version without the interactions, then removes the versions with them; which."""
    registry = registry_of(settings, INDEX)
    holding = [manifest for manifest in registry.manifests() if _names_any(registry, manifest, ids)]
    production = registry.current().production
    if production is not None and production.version in {manifest.version for manifest in holding}:
        index = RetrievalIndex.load(fetch(production, settings.storage / "models"))
        registry.promote(_registered(registry, index.updated((), ids), registry.manifest(production.version)).version)
        registry.announce(settings.kafka)
    for manifest in holding:
        files, path = fsspec.core.url_to_fs(registry.uri(manifest.version))
        files.rm(path.rpartition("/")[0], recursive=True)
    return [manifest.version for manifest in holding]


def _registered(registry: Registry, index: RetrievalIndex, old: Manifest) -> Manifest:
    lineage = msgspec.structs.replace(old.lineage, run=f"{old.lineage.run}-erased", parent=old.version)
    with TemporaryDirectory() as made:
        index.save(Path(made))
        return registry.add(Path(made), lineage, reasons=["without an erased person's answers"])


def _names_any(registry: Registry, manifest: Manifest, ids: Collection[str]) -> bool:
    files, path = fsspec.core.url_to_fs(registry.uri(manifest.version))
    return names_one(files.cat_file(f"{path.rpartition('/')[0]}/{ENTRIES_FILE}"), ids.__contains__)


def _held(manifest: Manifest, ids: Collection[str]) -> bool | None:
    """Whether a version's dataset holds one of the interactions; None where it is not there to be read."""
    path = manifest.lineage.dataset_file()
    return names_any(path, ids) if path is not None and path.is_file() else None


def _overlaps(lineage: Lineage, moments: Collection[datetime]) -> bool:
    first, last = lineage.first_event, lineage.last_event
    return first is None or last is None or any(first <= moment <= last for moment in moments)
