"""`DriftDetector`: two tables compared, with culprits; the face of this room for analysts and for the windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.drift import culprits
from consumers.drift.columns import TIME, Columns, Table, columns, length, taken
from consumers.drift.culprits import Compare
from consumers.drift.embedding import VectorComparison
from consumers.drift.frame import LEVEL, Signal, adjusted, compare, decided
from consumers.drift.matching import same_season
from consumers.drift.numeric import Comparison, Method
from consumers.drift.reference import identified
from consumers.drift.report import Cause, Culprit, DriftReport, Kind, ReferenceKind, SignalReport
from consumers.drift.sessions import counting, factor, numbered, one_query_each
from consumers.drift.signals import AGENT, ID, QUERY, SESSION, VERSION, Embed, Signals, named, signals
from headrace.embedding import embedder
from headrace.settings import DriftDetection

Sessions = NDArray[np.int64]
AGENTS_SHARE = 0.2
"""Of the error, for what happens to one agent only; the rest is for all traffic together."""
QUANTILES = {"p05": 0.05, "p50": 0.5, "p95": 0.95}


class DriftDetector:
    """Compares traffic with a reference, all signals together.

    >>> slow = {"agent": ["a", "b"] * 200, "latency_ms": np.arange(400.0) % 97 + 30}
    >>> quick = {"agent": ["a", "b"] * 500, "latency_ms": np.arange(1000.0) % 97}
    >>> report = DriftDetector().compare(quick, slow)
    >>> report.drifted, sorted(culprit.name for culprit in report.signals[1].culprits)
    (['latency_ms'], ['a', 'b'])
    """

    def __init__(
        self, config: DriftDetection | None = None, *, level: float = LEVEL, embed: Embed | str | None = "default"
    ) -> None:
        """`embed` makes vectors of a column of queries: a callable, or a name that `headrace.embedding` knows.

        None leaves such a column out.
        """
        self._method: Method = (config or DriftDetection()).detection_method
        self._level = level
        self._embed = embed

    def compare(self, reference: Table, current: Table, *, kind: ReferenceKind = "frozen") -> DriftReport:
        """The report on an Arrow table, a DataFrame or a dict of arrays against another.

        Agents, versions, times and ids are known by their usual names (`consumers.drift.signals`). Where the hours
        of the two differ, the reference is cut to the current ones. Where both have sessions, rows count for what they
        tell beside the others of theirs, and of each session the first query is looked at.
        """
        before, after = columns(reference), columns(current)
        season, before_now = _in_season(before, after)
        sessions = (_sessions(before_now), _sessions(after))
        found = signals(
            _queries_of(before_now, sessions[0]), _queries_of(after, sessions[1]), self._embedder(before_now)
        )
        names = list(found.reference)
        comparing = {name: self._comparing(found.reference[name], found.current[name], sessions) for name in names}
        comparisons = [comparing[name](found.reference[name], found.current[name]) for name in names]
        corrected = self._adjusted(found, comparisons, comparing, before_now, after)
        return DriftReport(
            reference=identified(before, kind),
            rows=length(after),
            level=self._level,
            method=self._method,
            season=season,
            signals=[
                self._signal(
                    signal,
                    found.kinds[signal.name],
                    found.reference[signal.name],
                    found.current[signal.name],
                    comparing[signal.name],
                    before_now,
                    after,
                )
                for signal in decided(names, comparisons, corrected, self._level)
            ],
            skipped=found.skipped,
        )

    def _comparing(
        self, was: NDArray[Any], now: NDArray[Any], sessions: tuple[Sessions | None, Sessions | None]
    ) -> Compare:
        """How rows of a signal are compared: where sessions are known, as what they count for."""
        effect = 1.0
        if was.ndim == 1 and sessions[0] is not None and sessions[1] is not None:
            effect = factor([(was, sessions[0]), (now, sessions[1])])
        return lambda one, other: compare(counting(one, effect), counting(other, effect), self._method)

    def _adjusted(
        self,
        found: Signals,
        comparisons: list[Comparison],
        comparing: Mapping[str, Compare],
        before: Columns,
        after: Columns,
    ) -> NDArray[np.float64]:
        """Adjusted over all signals, and, where there are agents, over the signals of each agent."""
        overall = adjusted([comparison.p_value for comparison in comparisons])
        agent = named(after, AGENT)
        if agent is None or agent not in before:
            return overall
        inside = [name for name, kind in found.kinds.items() if kind != "queries" and name != agent]
        own = culprits.within_groups(
            {name: found.reference[name] for name in inside},
            {name: found.current[name] for name in inside},
            before[agent],
            after[agent],
            comparing,
        )
        each = np.array([own.get(name, 1.0) for name in found.reference])
        return np.minimum(np.minimum(overall / (1 - AGENTS_SHARE), each / AGENTS_SHARE), 1.0)

    def _embedder(self, table: Columns) -> Embed | None:
        if isinstance(self._embed, str):
            if not named(table, QUERY):
                return None
            self._embed = embedder(self._embed)
        return self._embed

    def _signal(
        self,
        signal: Signal,
        kind: Kind,
        was: NDArray[Any],
        now: NDArray[Any],
        comparing: Compare,
        before: Columns,
        after: Columns,
    ) -> SignalReport:
        comparison = signal.comparison
        found = self._culprits(signal, kind, was, now, comparing, before, after) if signal.alarm else []
        agent = named(after, AGENT)
        is_told = signal.alarm and agent is not None and agent in before and signal.name != agent
        return SignalReport(
            name=signal.name,
            kind=kind,
            method=comparison.method,
            statistic=comparison.statistic,
            p_value=comparison.p_value,
            adjusted_p_value=signal.adjusted_p_value,
            alarm=signal.alarm,
            z=comparison.z,
            reference=_summary(was, kind),
            current=_summary(now, kind),
            views=comparison.views if isinstance(comparison, VectorComparison) else {},
            cause=self._cause(was, now, comparing, before[agent], after[agent], found) if is_told and agent else "",
            culprits=found,
            examples=self._examples(signal, now, found, after) if signal.alarm else [],
        )

    def _cause(
        self,
        was: NDArray[Any],
        now: NDArray[Any],
        comparing: Compare,
        agents: NDArray[Any],
        agents_now: NDArray[Any],
        found: list[Culprit],
    ) -> Cause:
        if any(culprit.what in AGENT for culprit in found):
            return "within"
        return culprits.cause(was, now, agents, agents_now, comparing, self._level)

    def _culprits(
        self,
        signal: Signal,
        kind: Kind,
        was: NDArray[Any],
        now: NDArray[Any],
        comparing: Compare,
        before: Columns,
        after: Columns,
    ) -> list[Culprit]:
        found = culprits.categories(was, now, self._level) if kind == "mix" else []
        if isinstance(signal.comparison, VectorComparison):
            found = [culprits.cluster(signal.comparison)]
        for names in (AGENT, VERSION):
            column = named(after, names)
            if column and column in before and column != signal.name:
                found += culprits.groups(column, was, now, before[column], after[column], comparing, self._level)
        return found

    def _examples(self, signal: Signal, now: NDArray[Any], found: list[Culprit], after: Columns) -> list[str]:
        group = next((culprit for culprit in found if culprit.what in after), None)
        rows = culprits.examples(signal.comparison, now, found, after[group.what] if group else None)
        ids = named(after, ID)
        return [str(after[ids][row]) if ids else str(row) for row in rows]


def _sessions(table: Columns) -> Sessions | None:
    name = named(table, SESSION)
    return numbered(table[name]) if name else None


def _queries_of(table: Columns, sessions: Sessions | None) -> Columns:
    name = named(table, QUERY)
    return table if name is None or sessions is None else one_query_each(table, name, sessions)


def _in_season(before: Columns, after: Columns) -> tuple[str, Columns]:
    time = named(after, TIME)
    if not time or time not in before or before[time].dtype.kind != "M" or after[time].dtype.kind != "M":
        return "", before
    season, rows = same_season(before[time], after[time])
    return season, before if rows is None else taken(before, rows)


def _summary(values: NDArray[Any], kind: Kind) -> dict[str, float]:
    if kind != "number":
        return {"n": float(len(values))}
    known = values[~np.isnan(values)]
    if not len(known):
        return {"n": 0.0}
    quantiles = np.quantile(known, list(QUANTILES.values()))
    return {
        "n": float(len(known)),
        "mean": float(known.mean()),
        **dict(zip(QUANTILES, quantiles.tolist(), strict=True)),
    }
