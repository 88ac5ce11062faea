"""Failures of a bounded set of interactions, for analysts and notebooks: found, grouped, explained.

from consumers.failures import FailurePatternAnalyzer
result = FailurePatternAnalyzer().analyze_failures(interactions)
for cluster in result.clusters:
    print(cluster.title, cluster.severity, cluster.suggestions)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from consumers.failures.clusters import Update, Window, grouped
from consumers.failures.find import find
from consumers.failures.finding import FLAGS, Finding
from consumers.failures.partition import Vectors, partition
from consumers.failures.refine import refine
from consumers.failures.report import ClusterReport, reports
from consumers.failures.rows import interactions_of
from consumers.failures.state import MAX_WINDOWS, TEXT_CHARACTERS, Failing, WindowCount, packed
from headrace.embedding import Embedder, embedder
from headrace.errors import ConfigError
from headrace.events import Feedback, ProductionInteraction
from headrace.privacy import kinds_only
from headrace.settings import FailureAnalysis, Settings

FREQUENCIES = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7)}
WEEK_START = datetime(1970, 1, 5, tzinfo=UTC)
"""A Monday: windows of a week begin on one."""


class FailureReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a set of interactions."""

    interactions: int
    failing: int
    flags: dict[str, int]
    """Interactions with each flag; one may have several."""
    findings: dict[str, list[Finding]]
    """Of each failing interaction, by its id."""
    cluster_of: dict[str, str]
    """The cluster of each failing interaction that has one."""
    clusters: list[ClusterReport]
    """The gravest first."""


class FailurePatternAnalyzer:
    """Finds failures by `consumers.failures` rules and groups them by meaning.

    `config` is the settings, their `failure_analysis` block, or that block as a mapping; `embed` makes the vectors,
    the sentence embedder unless given. Raises ConfigError for a mapping that is no such block.

    >>> event = {"agent_selected": "billing", "user_query": "Where is my invoice?", "error": "Timeout: no answer"}
    >>> report = FailurePatternAnalyzer({"min_cluster_size": 3}).analyze_failures([event] * 2)
    >>> report.failing, report.flags, report.clusters
    (2, {'error': 2}, [])
    """

    def __init__(
        self, config: Settings | FailureAnalysis | Mapping[str, Any] | None = None, embed: Embedder | None = None
    ) -> None:
        self._rules = _rules(config)
        self._embed = embed

    def analyze_failures(
        self, interactions: Any, feedback: Iterable[Feedback] = (), refined: bool = False
    ) -> FailureReport:
        """Flags and clusters of `interactions`: events, mappings with their fields, an Arrow table or a DataFrame.

        `refined` divides clusters by DBSCAN on their vectors. Raises Poison with the field for a row that is
        no interaction.
        """
        events = interactions_of(interactions)
        findings = find(events, feedback, self._rules)
        updates = [self._of_tenant(tenant, events, findings, refined) for tenant in _tenants(events, findings)]
        clusters = [report for update in updates for report in reports(update.state)]
        flags = Counter(flag for found in findings.values() for flag in {finding.flag for finding in found})
        return FailureReport(
            interactions=len(events),
            failing=len(findings),
            flags={flag: flags[flag] for flag in FLAGS if flags[flag]},
            findings=findings,
            cluster_of={id_: home for update in updates for id_, home in update.cluster_of.items()},
            clusters=sorted(clusters, key=lambda report: -report.severity),
        )

    def _of_tenant(
        self, tenant: str, events: Sequence[ProductionInteraction], findings: Mapping[str, list[Finding]], refined: bool
    ) -> Update:
        own = [event for event in events if event.tenant == tenant]
        failing = sorted((e for e in own if e.interaction_id in findings), key=lambda event: event.interaction_id)
        vectors = self._vectors(failing)
        size = self._rules.min_cluster_size
        groups = partition(vectors, size)
        groups = refine(vectors, groups, size) if refined else groups
        members = [_failing(e, findings[e.interaction_id], v) for e, v in zip(failing, vectors, strict=True)]
        update = grouped(tenant, Window(min(event.timestamp for event in own), len(own)), members, groups)
        counts = _counts(own, update.cluster_of, FREQUENCIES[self._rules.analyze_frequency])
        clusters = [replace(c, windows=counts[c.cluster_id][-MAX_WINDOWS:]) for c in update.state.clusters]
        return update._replace(state=replace(update.state, clusters=clusters))

    def _vectors(self, failing: Sequence[ProductionInteraction]) -> Vectors:
        if self._embed is None:
            self._embed = embedder("sentence")
        return self._embed([kinds_only(event.user_query) for event in failing])


def _tenants(events: Sequence[ProductionInteraction], findings: Mapping[str, list[Finding]]) -> list[str]:
    return sorted({event.tenant for event in events if event.interaction_id in findings})


def _failing(event: ProductionInteraction, findings: list[Finding], vector: NDArray[np.float32]) -> Failing:
    return Failing(
        event.interaction_id,
        event.timestamp,
        event.agent_selected,
        event.agent_version,
        event.user_query[:TEXT_CHARACTERS],
        findings,
        packed(vector),
    )


def _counts(
    events: Sequence[ProductionInteraction], cluster_of: Mapping[str, str], width: timedelta
) -> dict[str, list[WindowCount]]:
    """Each cluster's failures in every hour, day or week (UTC) with traffic."""
    total = Counter(_start(event.timestamp, width) for event in events)
    failures: dict[str, Counter[datetime]] = defaultdict(Counter)
    for event in events:
        if event.interaction_id in cluster_of:
            failures[cluster_of[event.interaction_id]][_start(event.timestamp, width)] += 1
    return {
        name: [WindowCount(start, counts[start], total[start]) for start in sorted(total)]
        for name, counts in failures.items()
    }


def _start(moment: datetime, width: timedelta) -> datetime:
    return moment - (moment - WEEK_START) % width


def _rules(config: Settings | FailureAnalysis | Mapping[str, Any] | None) -> FailureAnalysis:
    if isinstance(config, Settings):
        return config.continual_learning.failure_analysis
    if isinstance(config, FailureAnalysis):
        return config
    try:
        return msgspec.convert(dict(config or {}), FailureAnalysis)
    except msgspec.ValidationError as error:
        raise ConfigError(f"failure_analysis: {error}") from None
