"""What is known of one version of a model: its bytes, its lineage, and how it did."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import msgspec

from headrace.experiment import Name


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """Model ← dataset ← events, code and settings: enough to train it again."""

    run: str
    """The training run; one run makes one version, however often it is resumed."""
    parent: str | None = None
    """The version it was trained on from."""
    dataset: str
    """SHA-256 of the dataset's bytes, hexadecimal."""
    dataset_uri: str
    events: int
    """Interactions in the dataset."""
    first_event: datetime | None = None
    last_event: datetime | None = None
    code: str
    """Version of Headrace and of its feature code."""
    config: str
    """SHA-256 of the settings that training used, hexadecimal."""

    def dataset_file(self) -> Path | None:
        """Where the dataset is, or was before its time ran out; None for a model without one."""
        return Path(url2pathname(urlparse(self.dataset_uri).path)) if self.dataset_uri else None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a model; written last, so a version without it was never published."""

    name: Name
    version: Name
    created_at: datetime
    files: dict[str, str]
    """SHA-256 of every file, hexadecimal; agents refuse any other content."""
    bytes: int
    """Size of all files."""
    lineage: Lineage
    metrics: dict[str, float] = {}
    accepted: bool = True
    """Whether the gate let it pass; a refused one can be looked at, not promoted."""
    reasons: list[str] = []
    """What the gate said."""
