"""What is remembered of a tenant's failure clusters from window to window, and its bytes.

Vectors are kept as int8, texts sanitized and cut. All of it is bounded: `MAX_CLUSTERS` of `MAX_EXEMPLARS`, and
`MAX_PENDING` failures that belong to none yet: at most 2.4 MB with 256 dimensions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from consumers.failures.finding import Finding, findings_without
from headrace.errors import Fatal

VERSION = 1
MAX_CLUSTERS = 200
"""Per tenant; past it the one unseen longest is forgotten."""
MAX_EXEMPLARS = 24
"""Members kept of each cluster, chosen by their ids' hash: they hold its place in the next window."""
MAX_PENDING = 500
"""Recent failures without a cluster: a failure that strikes twice a window is found in the third."""
MAX_WINDOWS = 60
"""Counts kept for the plot of a cluster's growth."""
MAX_NAMES = 50
"""Agents, versions and kinds of evidence counted in a cluster."""
TEXT_CHARACTERS = 200
"""Of a failing query that are kept."""

Status = Literal["active", "resolved"]


class Failing(msgspec.Struct, frozen=True, array_like=True):
    """A failing interaction, in the compact form that digests carry."""

    interaction_id: str
    timestamp: datetime
    agent: str
    version: str | None
    text: str
    """The sanitized query, cut to TEXT_CHARACTERS."""
    findings: list[Finding]
    vector: bytes
    """Of the query: int8, see `packed`."""


class WindowCount(msgspec.Struct, frozen=True, array_like=True):
    """A cluster in one window: when it began, its failures, and all interactions of the tenant."""

    start: datetime
    failures: int
    interactions: int


class Cluster(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One failure with its name. `exemplars` are at most MAX_EXEMPLARS members, the others only counted."""

    cluster_id: str
    status: Status = "active"
    first_seen: datetime
    last_seen: datetime
    size: int = 0
    """Members ever."""
    flags: dict[str, int] = {}
    evidence: dict[str, int] = {}
    """`flag:detail` of the findings, such as `error:Timeout` or `routing_mistake:corrected:billing`."""
    agents: dict[str, int] = {}
    versions: dict[str, int] = {}
    """`agent version` pairs."""
    exemplars: list[Failing] = []
    windows: list[WindowCount] = []
    """The latest with traffic since it was born, oldest first."""
    quiet: int = 0
    """Windows with traffic since it last had a member."""
    split_from: str | None = None
    merged_from: list[str] = []
    divided: int = 0
    """Windows in a row in which it fell into two."""
    together: dict[str, int] = {}
    """For how many windows in a row it could not be told from another."""


class ClusterState(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """All that one tenant's next window needs to know."""

    version: int = VERSION
    tenant: str = "default"
    embedder: str = ""
    """Name of the model that made the vectors: others cannot be compared with them."""
    clusters: list[Cluster] = []
    pending: list[Failing] = []


class UnreadableState(Fatal):
    """A state of a version that this release does not know."""


def encode(state: ClusterState) -> bytes:
    return msgspec.msgpack.encode(state)


def decode(payload: bytes) -> ClusterState:
    """The state in `payload`. Raises UnreadableState for one that a newer release wrote."""
    try:
        state = msgspec.msgpack.decode(payload, type=ClusterState)
    except msgspec.MsgspecError:
        raise UnreadableState("a state of failure clusters cannot be read; rebuild it from the digests") from None
    if state.version != VERSION:
        raise UnreadableState(f"failure clusters of version {state.version}: this release reads {VERSION}; upgrade it")
    return state


def packed(vector: NDArray[np.float32]) -> bytes:
    """A vector as int8, one byte for each dimension: its direction to about 1 in 200.

    >>> unpacked([packed(np.float32([0.6, 0.8]))]).round(2).tolist()
    [[0.6000000238418579, 0.800000011920929]]
    """
    largest = float(np.abs(vector).max(initial=0))
    return (np.round(vector * (127 / largest)) if largest else vector).astype(np.int8).tobytes()


def unpacked(vectors: Sequence[bytes]) -> NDArray[np.float32]:
    """Rows of length 1 (of length 0 for a text without a token)."""
    if not vectors:
        return np.zeros((0, 0), np.float32)
    rows = np.frombuffer(b"".join(vectors), np.int8).reshape(len(vectors), -1).astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows


def forget(state: ClusterState, interaction_ids: Collection[str]) -> ClusterState:
    """The state without the texts and vectors of these interactions: for an erased person. Counts and names remain."""
    return replace(
        state,
        clusters=[cluster_without(cluster, interaction_ids) for cluster in state.clusters],
        pending=_without(state.pending, interaction_ids),
    )


def cluster_without(cluster: Cluster, interaction_ids: Collection[str]) -> Cluster:
    """The cluster without what it shows of these interactions."""
    return replace(cluster, exemplars=_without(cluster.exemplars, interaction_ids))


def _without(members: Iterable[Failing], interaction_ids: Collection[str]) -> list[Failing]:
    return [
        replace(member, findings=[*findings_without(member.findings, interaction_ids)])
        for member in members
        if member.interaction_id not in interaction_ids
    ]
