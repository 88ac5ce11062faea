"""The models that were trained: where they came from, and which of them is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.lazy import attributes

if TYPE_CHECKING:
    from analytics.registry.manifest import Lineage, Manifest
    from analytics.registry.registry import Registry, registry_of

__all__ = ["Lineage", "Manifest", "Registry", "registry_of"]

__getattr__ = attributes(
    __name__,
    {
        "analytics.registry.manifest": (
            "Lineage",
            "Manifest",
        ),
        "analytics.registry.registry": (
            "Registry",
            "registry_of",
        ),
    },
)
