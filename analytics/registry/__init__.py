"""The models that were trained: where they came from, and which of them is used."""

from analytics.registry.manifest import Lineage, Manifest
from analytics.registry.registry import Registry, registry_of

__all__ = ["Lineage", "Manifest", "Registry", "registry_of"]
