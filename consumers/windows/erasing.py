"""Erased people's interactions out of what the windows keep. Pure but for the state it is given.

Counts remain, and so do the names of clusters; texts, vectors and ids go. Reports that are out are not made again:
what they count has not changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import msgspec

from consumers.failures.state import cluster_without
from consumers.failures.state import forget as clusters_without
from consumers.windows.analysis import Chain
from consumers.windows.closing import signature_now
from consumers.windows.reports import ALL_AGENTS, ClusterReport
from consumers.windows.state import State
from consumers.windows.watching import Watch
from consumers.windows.window import Window, without
from headrace.decisions import Resolution
from headrace.settings import Settings


def erase(state: State, interactions: frozenset[str], settings: Settings, fixes: Collection[Resolution] = ()) -> None:
    """Removes what the state holds of these interactions, and lets it take nothing of them any more."""
    closed = [place for place in state.windows if place in state.closed]
    settled = [place for place in closed if _now(state, place, settings, fixes) == state.closed[place].signature]
    state.erased = interactions
    state.rewrite(lambda examples: without(examples, interactions))
    state.chains.rewrite(lambda chain: _chain_without(chain, interactions))
    for place in settled:
        if (signature := _now(state, place, settings, fixes)) != state.closed[place].signature:
            state.sign(*place, msgspec.structs.replace(state.closed[place], signature=signature))


def published_without(
    published: Iterable[ClusterReport], interactions: Collection[str], tenants: Collection[str]
) -> Iterator[ClusterReport]:
    """Of the clusters as they were published those of `tenants` that show one of these interactions, without it."""
    for report in published:
        cluster = cluster_without(report.cluster, interactions)
        if report.tenant in tenants and cluster != report.cluster:
            yield msgspec.structs.replace(report, cluster=cluster)


def _now(state: State, place: tuple[str, int], settings: Settings, fixes: Collection[Resolution]) -> int:
    return signature_now(state, *place, settings, fixes)


def _chain_without(content: bytes, interactions: Collection[str]) -> bytes:
    chain = msgspec.msgpack.decode(content, type=Chain)
    clusters = clusters_without(chain.clusters, interactions)
    watch = _watch_without(chain.watch, interactions)
    return msgspec.msgpack.encode(msgspec.structs.replace(chain, clusters=clusters, watch=watch))


def _watch_without(watch: Watch, interactions: Collection[str]) -> Watch:
    """A monitor whose reference lost a vector begins anew: what it summed up was measured by that."""
    if watch.first is None or not (touched := _agents_with(watch.first, interactions)):
        return watch
    sample = {
        agent: tuple(example for example in examples if example.id not in interactions)
        for agent, examples in watch.first.sample.items()
    }
    monitors = {agent: state for agent, state in watch.monitors.items() if agent not in {*touched, ALL_AGENTS}}
    first = msgspec.structs.replace(watch.first, sample=sample)
    return msgspec.structs.replace(watch, first=first, monitors=monitors)


def _agents_with(window: Window, interactions: Collection[str]) -> set[str]:
    return {agent for agent, sample in window.sample.items() if any(example.id in interactions for example in sample)}
