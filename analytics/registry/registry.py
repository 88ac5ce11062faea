"""A folder of models, on a disk or anywhere that fsspec reaches.

Guarantee: a version is whole or not there: its files come first, its manifest last, each all at once. A process
that dies in between leaves files that the next attempt writes over.

    <root>/router/7-1f3a9c20/manifest.json, model files
    <root>/router/history.json               every state that was ever said, in order
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import fsspec
import msgspec

from analytics.registry import stages
from analytics.registry.manifest import Lineage, Manifest
from headrace.errors import ConfigError
from headrace.experiment import Unit
from headrace.settings import Kafka, Settings
from headrace.states import Current, ModelState, State, current, publish

MANIFEST = "manifest.json"
HISTORY = "history.json"


def registry_of(settings: Settings, name: str = "router") -> Registry:
    """The registry that the settings name."""
    return Registry(settings.continual_learning.retraining.registry or settings.storage / "registry", name)


class Registry:
    """The versions of one model."""

    def __init__(self, root: str | Path, name: str = "router") -> None:
        """`root`: a folder, or any URL that fsspec knows."""
        self.name = name
        self._files, path = fsspec.core.url_to_fs(str(root))
        self._root = f"{path.rstrip('/')}/{name}"

    def add(
        self,
        folder: Path,
        lineage: Lineage,
        *,
        metrics: dict[str, float] | None = None,
        accepted: bool = True,
        reasons: Sequence[str] = (),
    ) -> Manifest:
        """Publishes the files of `folder` as the next version; the version that this run made already, if it did."""
        known = self.manifests()
        for manifest in known:
            if manifest.lineage.run == lineage.run:
                return manifest
        contents = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        hashes = {name: _hash(content) for name, content in contents.items()}
        manifest = Manifest(
            name=self.name,
            version=f"{len(known) + 1}-{_hash(''.join(hashes.values()).encode())[:8]}",
            created_at=datetime.now(UTC),
            files=hashes,
            bytes=sum(map(len, contents.values())),
            lineage=lineage,
            metrics=metrics or {},
            accepted=accepted,
            reasons=list(reasons),
        )
        for name, content in contents.items():
            self._write(f"{manifest.version}/{name}", content)
        self._write(f"{manifest.version}/{MANIFEST}", msgspec.json.format(msgspec.json.encode(manifest)))
        return manifest

    def manifests(self) -> list[Manifest]:
        """Every version, the oldest first."""
        paths = self._files.glob(f"{self._root}/*/{MANIFEST}")
        manifests = [msgspec.json.decode(self._files.cat_file(path), type=Manifest) for path in paths]
        return sorted(manifests, key=lambda manifest: manifest.created_at)

    def manifest(self, version: str) -> Manifest:
        """One version. Raises ConfigError with those that there are."""
        known = {manifest.version: manifest for manifest in self.manifests()}
        if version not in known:
            raise ConfigError(f"{self.name} {version}: no such version; there are: {', '.join(known) or 'none'}")
        return known[version]

    def read(self, version: str, name: str) -> bytes:
        """One file of a version."""
        content: bytes = self._files.cat_file(f"{self._root}/{version}/{name}")
        return content

    def uri(self, version: str) -> str:
        """Where the manifest of a version is."""
        return str(self._files.unstrip_protocol(f"{self._root}/{version}/{MANIFEST}"))

    def history(self) -> list[State]:
        """Every state that was ever said, in order."""
        path = f"{self._root}/{HISTORY}"
        return msgspec.json.decode(self._files.cat_file(path), type=list[State]) if self._files.exists(path) else []

    def current(self) -> Current:
        """What holds now."""
        return current(self.history(), self.name)

    def promote(self, version: str) -> list[State]:
        """Puts a version into production. Raises ConfigError for one that the gate refused."""
        return self._say(stages.promoted(self.history(), self._accepted(version), _now()))

    def compare(self, version: str, share: float, since: datetime | None = None, unit: Unit = "user") -> list[State]:
        """Gives a version its share of traffic against the one in production; `since` is now unless given.

        A running experiment between the two is ramped: its candidate's users keep it, and it keeps its unit. Raises
        ConfigError for a version that the gate refused, and where there is nothing to compare it with.
        """
        return self._say(stages.compared(self.history(), self._accepted(version), share, since or _now(), unit))

    def roll_back(self) -> list[State]:
        """Brings back the version that was in production before."""
        return self._say(stages.rolled_back(self.history(), self.name, _now()))

    def announce(self, kafka: Kafka) -> None:
        """Says all that holds on `headrace.states`, again or for the first time. Raises BrokerUnavailable."""
        publish(kafka, self.holding())

    def holding(self) -> list[State]:
        """All that holds: the last word on each version and experiment."""
        return list({state.key: state for state in self.history()}.values())

    def _accepted(self, version: str) -> ModelState:
        manifest = self.manifest(version)
        if not manifest.accepted:
            raise ConfigError(f"{self.name} {version} was refused at the gate: {'; '.join(manifest.reasons)}")
        return ModelState(
            name=self.name,
            version=version,
            stage="candidate",
            uri=self.uri(version),
            sha256=_hash(self._files.cat_file(f"{self._root}/{version}/{MANIFEST}")),
            bytes=manifest.bytes,
            changed_at=manifest.created_at,
        )

    def _say(self, states: list[State]) -> list[State]:
        self._write(HISTORY, msgspec.json.format(msgspec.json.encode([*self.history(), *states])))
        return states

    def _write(self, name: str, content: bytes) -> None:
        path = f"{self._root}/{name}"
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        with self._files.transaction, self._files.open(path, "wb") as file:
            file.write(content)


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)
