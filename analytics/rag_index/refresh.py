"""The index of a running system brought up to date, and agents told."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.live import connect
from analytics.rag_index.update import NAME, Update, update
from analytics.registry import registry_of
from headrace.ids import KeyRing
from headrace.privacy.policy import Sanitizers
from headrace.retrieval import Entry
from headrace.settings import Settings


def refresh(settings: Settings, documents: Iterable[Entry] = (), embedder_name: str = "default") -> Update:
    """Makes the next version from the store, and announces it if it was accepted. Raises BrokerUnavailable."""
    registry = registry_of(settings, NAME)
    sanitizers = Sanitizers(settings.continual_learning.privacy, KeyRing.from_environment())
    with connect(settings) as store:
        made = update(
            registry,
            store.table,
            settings.storage / "models",
            documents,
            embedder_name,
            sanitizers,
        )
    if made.accepted:
        registry.announce(settings.kafka)
    return made
