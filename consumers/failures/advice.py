"""How bad a cluster is, and what to do about it: both follow from its evidence, and say which.

    severity = 100 · gravity · √reach, from 0 to 100
    gravity    the largest of (weight of a flag · share of the members that have it)
    reach      failures per interaction in the latest windows, relative to 5 %, at most 1

The square root, because a failure that hits one user in a thousand still deserves a look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import sqrt
from statistics import median

from consumers.failures.finding import Flag
from consumers.failures.state import Cluster

GRAVITY: Mapping[Flag, float] = {
    "error": 1.0,
    "hallucination": 0.9,
    "routing_mistake": 0.7,
    "low_rating": 0.7,
    "abandoned": 0.6,
    "poor_retrieval": 0.6,
    "rephrase": 0.5,
    "slow_response": 0.4,
}
"""An error or an invention harms whoever meets it; a slow answer is still an answer."""
FULL_REACH = 0.05
"""Of a tenant's traffic failing in one way: the reach of an incident."""
RECENT_WINDOWS = 7
"""Over which reach is measured."""
UNHAPPY: Mapping[Flag, str] = {"rephrase": "asked again", "low_rating": "rated it low", "abandoned": "gave up"}
"""Flags that tell that an answer did not help, not why."""
COMMON = 0.3
"""Of the members that have to have a flag before advice is built on it."""
DOMINANT = 0.8
"""Of the members in one version, from which the version is suspected."""
NEAR_LIMIT = 0.75
"""Of the retrieval limit: scores above it are a matter of ranking, below it of missing documents."""


def rate(cluster: Cluster) -> float:
    """Failures per interaction of the tenant, over the latest windows in which the cluster had members."""
    recent = cluster.windows[-RECENT_WINDOWS:]
    interactions = sum(count.interactions for count in recent)
    return sum(count.failures for count in recent) / interactions if interactions else 0.0


def severity(cluster: Cluster) -> float:
    """From 0 to 100, by the formula above."""
    reach = min(1.0, rate(cluster) / FULL_REACH)
    return round(100 * max((_share(cluster, flag) * w for flag, w in GRAVITY.items()), default=0.0) * sqrt(reach), 1)


def suggestions(cluster: Cluster, title: str) -> list[str]:
    """What to do, gravest first; each names the evidence that it follows from. Empty without any."""
    found = [*_by_flag(cluster, title), *_by_version(cluster)]
    return found or [f"no technical cause in the record: read the examples of “{title}”, and label some of them"]


def _by_flag(cluster: Cluster, title: str) -> Iterator[str]:
    agent = _largest(cluster.agents)
    if _share(cluster, "error") >= COMMON:
        kind, count = _evidence(cluster, "error:")
        what = (
            f"{kind} in {count} of {cluster.size}" if kind else f"errors in {cluster.flags['error']} of {cluster.size}"
        )
        yield f"handle it in {agent}: {what}; retry or time-box the call that fails"
    if _share(cluster, "routing_mistake") >= COMMON:
        yield _routing(cluster, title, agent)
    if _share(cluster, "poor_retrieval") >= COMMON:
        yield _retrieval(cluster, title, agent)
    if _share(cluster, "hallucination") >= COMMON:
        source = "supported by no retrieved text" if _evidence(cluster, "hallucination:unsupported")[1] else "invented"
        yield (
            f"ground {agent}'s answers on “{title}”: {cluster.flags['hallucination']} of {cluster.size} are {source}; "
            "have it cite what it was given, or say that it does not know"
        )
    if _share(cluster, "slow_response") >= COMMON:
        yield _slow(cluster, title, agent)
    unhappy = [f"{cluster.flags[flag]} {did}" for flag, did in UNHAPPY.items() if _share(cluster, flag) >= COMMON]
    if unhappy:
        yield f"rewrite what {agent} answers to “{title}”: of {cluster.size} users {', '.join(unhappy)}"


def _routing(cluster: Cluster, title: str, agent: str) -> str:
    named = {
        key.rpartition(":")[2]: count
        for key, count in cluster.evidence.items()
        if key.startswith(("routing_mistake:corrected:", "routing_mistake:rerouted:"))
    }
    if named:
        right = _largest(named)
        return (
            f"route “{title}” to {right} instead of {agent}: {named[right]} of {sum(named.values())} corrections and "
            "repeats went there; add them to the router's training set"
        )
    return (
        f"label examples of “{title}”: the router was unsure of {agent} in {cluster.flags['routing_mistake']} of "
        f"{cluster.size}, and nobody said who should answer"
    )


def _retrieval(cluster: Cluster, title: str, agent: str) -> str:
    pairs = [
        (finding.value, finding.limit)
        for member in cluster.exemplars
        for finding in member.findings
        if finding.flag == "poor_retrieval" and finding.value is not None and finding.limit
    ]
    failing = f"{cluster.flags['poor_retrieval']} of {cluster.size} found nothing that fits"
    if not pairs:
        return f"add documents on “{title}” for {agent}: {failing}"
    best, limit = median(value for value, _ in pairs), pairs[0][1] or 0.0
    if best >= NEAR_LIMIT * limit:
        return f"raise top-k or re-rank for {agent} on “{title}”: the best score is {best:.2f}, just below {limit:.2f}"
    return f"add documents on “{title}” for {agent}: {failing}; the best score is {best:.2f}, far below {limit:.2f}"


def _slow(cluster: Cluster, title: str, agent: str) -> str:
    times = [
        finding.value / finding.limit
        for member in cluster.exemplars
        for finding in member.findings
        if finding.flag == "slow_response" and finding.value and finding.limit
    ]
    by = f", {median(times):.1f} times its limit" if times else ""
    return (
        f"cache or time-box the tool that {agent} calls for “{title}”: {cluster.flags['slow_response']} of "
        f"{cluster.size} answers were slow{by}"
    )


def _by_version(cluster: Cluster) -> Iterator[str]:
    if cluster.versions and cluster.size:
        version = _largest(cluster.versions)
        if len(cluster.versions) > 1 and cluster.versions[version] >= DOMINANT * cluster.size:
            yield f"compare {version} with the version before: {cluster.versions[version]} of {cluster.size} are its"


def _share(cluster: Cluster, flag: Flag) -> float:
    """Of the members."""
    return cluster.flags.get(flag, 0) / cluster.size if cluster.size else 0.0


def _evidence(cluster: Cluster, prefix: str) -> tuple[str, int]:
    """The most frequent detail that begins with `prefix`, and how often it was seen."""
    details = {key: count for key, count in cluster.evidence.items() if key.startswith(prefix)}
    if not details:
        return "", 0
    key = _largest(details)
    return key.partition(":")[2], details[key]


def _largest(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda name: (-counts[name], name), default="the agent")
