"""Failures that somebody called fixed, and when that counts. Pure.

A resolution counts from the first window that begins after it: members in that one or later are a regression.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from consumers.failures import clusters
from consumers.failures.state import ClusterState
from headrace.decisions import Resolution


def between(fixes: Collection[Resolution], after_us: int, until_us: int) -> list[str]:
    """The clusters that were called fixed after one moment, at the latest at another."""
    after, until = (datetime.fromtimestamp(at_us / 1_000_000, UTC) for at_us in (after_us, until_us))
    return sorted({fix.cluster_id for fix in fixes if after < fix.decided_at <= until})


def resolved(state: ClusterState, fixed: Collection[str]) -> ClusterState:
    """The state in which these clusters are resolved."""
    for cluster_id in fixed:
        state = clusters.resolve(state, cluster_id)
    return state
