"""Failures that somebody called fixed, as the windows hear of them on `headrace.decisions`.

A resolution counts from the first window that begins after it: members in that one or later are a regression.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from consumers.failures import clusters
from consumers.failures.state import ClusterState
from headrace.decisions import Resolution
from headrace.decisions.log import reader
from headrace.settings import Settings


class Fixes:
    """All resolutions until now; commits nothing."""

    def __init__(self, settings: Settings) -> None:
        """Raises BrokerUnavailable."""
        self._reader = reader(settings.kafka)
        self._known = [entry.value for entry in self._reader.read_to_end() if isinstance(entry.value, Resolution)]

    def now(self) -> list[Resolution]:
        """With those that have come since; does not wait."""
        while (entry := self._reader.poll()) is not None:
            if isinstance(entry.value, Resolution):
                self._known.append(entry.value)
        return self._known


def between(fixes: Collection[Resolution], after_us: int, until_us: int) -> list[str]:
    """The clusters that were called fixed after one moment, at the latest at another."""
    after, until = (datetime.fromtimestamp(at_us / 1_000_000, UTC) for at_us in (after_us, until_us))
    return sorted({fix.cluster_id for fix in fixes if after < fix.decided_at <= until})


def resolved(state: ClusterState, fixed: Collection[str]) -> ClusterState:
    """The state in which these clusters are resolved."""
    for cluster_id in fixed:
        state = clusters.resolve(state, cluster_id)
    return state
