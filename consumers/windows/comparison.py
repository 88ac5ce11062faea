"""A window against its reference, signal by signal, by the drift detector's functions on digests."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from consumers.digests.examples import MAX_SAMPLE, Example, by_hash, unpacked
from consumers.digests.signals import CATEGORIES
from consumers.digests.summary import Summary, merged, moments
from consumers.drift import culprits
from consumers.drift.categorical import moved
from consumers.drift.dispersion import thinned
from consumers.drift.embedding import LEAST_VECTORS, VectorComparison
from consumers.drift.frame import LEVEL, Signal, compare, frame
from consumers.drift.numeric import Method
from consumers.drift.pooled import Weighted
from consumers.drift.report import Culprit
from consumers.windows.reports import ALL_AGENTS, SignalReport
from consumers.windows.spread import AGENT, Factors
from consumers.windows.window import Window

QUERIES = "queries"
MIN_INTERACTIONS = 50
"""On either side; fewer tell nothing that a person would act on."""
MOST_CULPRITS = 3


def signals_of(window: Window, agent: str, factors: Factors) -> dict[str, Any]:
    """Every signal of an agent, as the drift detector takes it; of all traffic the mix of agents and the queries.

    Counts are thinned by the signals' dispersion; the queries are one of each session and need none of that.
    """
    signals = _signals(window, agent)
    return {name: thinned(signal, factors.get(name, 1.0)) for name, signal in signals.items()}


def _signals(window: Window, agent: str) -> dict[str, Any]:
    vectors = {QUERIES: unpacked(sample)} if len(sample := _sample(window, agent)) >= LEAST_VECTORS else {}
    if agent == ALL_AGENTS:
        return {AGENT: {name: window.of_agent(name).interactions for name in window.agents}, **vectors}
    summary = window.of_agent(agent)
    numbers = {name: Weighted(*numeric.weighted()) for name, numeric in sorted(summary.numeric.items())}
    mixes = {name: summary.categories[name] for name in CATEGORIES if name in summary.categories}
    return {**numbers, **mixes, **vectors}


def compared(window: Window, reference: Window, agent: str, method: Method, factors: Factors) -> list[SignalReport]:
    """Every signal that both have; none where either has too few interactions. `factors` are the reference's."""
    before, after = summary_of(reference, agent), summary_of(window, agent)
    if min(before.interactions, after.interactions) < MIN_INTERACTIONS:
        return []
    found = frame(signals_of(reference, agent, factors), signals_of(window, agent, factors), method)
    return [_report(signal, window, reference, agent, method, factors) for signal in found]


def _report(
    signal: Signal, window: Window, reference: Window, agent: str, method: Method, factors: Factors
) -> SignalReport:
    blamed = (
        list(_culprits(signal, window, reference, agent, method, factors.get(signal.name, 1.0))) if signal.alarm else []
    )
    return SignalReport(
        name=signal.name,
        p_value=signal.comparison.p_value,
        adjusted_p_value=signal.adjusted_p_value,
        alarm=signal.alarm,
        distance=signal.comparison.statistic,
        before=_mean(signal.name, summary_of(reference, agent)),
        after=_mean(signal.name, summary_of(window, agent)),
        culprits=sorted(blamed, key=lambda culprit: culprit.p_value)[:MOST_CULPRITS],
        examples=_examples(signal, window, agent) if signal.alarm else [],
    )


def _culprits(
    signal: Signal, window: Window, reference: Window, agent: str, method: Method, factor: float
) -> Iterator[Culprit]:
    """Versions in which the signal moved by itself, values of a mix, or the cluster of queries that grew."""
    if isinstance(signal.comparison, VectorComparison):
        yield culprits.cluster(signal.comparison)
        return
    before, after = (thinned(_signals(w, agent)[signal.name], factor) for w in (reference, window))
    if isinstance(before, dict):
        for category in moved(before, after):
            if category.p_value <= LEVEL:
                yield _culprit(
                    "category",
                    category.name,
                    category.reference_share,
                    category.current_share,
                    category.z,
                    category.p_value,
                )
    if agent != ALL_AGENTS:
        yield from _versions(signal.name, window, reference, agent, method, factor)


def _versions(
    name: str, window: Window, reference: Window, agent: str, method: Method, factor: float
) -> Iterator[Culprit]:
    """Versions against the whole reference of their agent: a new one has none of its own."""
    before = reference.of_agent(agent)
    totals = [w.of_agent(agent).interactions for w in (reference, window)]
    for version in sorted({v for (a, v, _) in window.summaries if a == agent and v is not None}):
        own = [_of_version(w, agent, version) for w in (reference, window)]
        if own[1].interactions < MIN_INTERACTIONS or name not in {**own[1].numeric, **own[1].categories}:
            continue
        was, now = (thinned(_value(one, name), factor) for one in (before, own[1]))
        comparison = compare(was, now, method)
        if comparison.p_value <= LEVEL:
            shares = [one.interactions / max(total, 1) for one, total in zip(own, totals, strict=True)]
            yield _culprit("agent_version", version, shares[0], shares[1], comparison.z, comparison.p_value)


def _culprit(what: str, name: str, before: float, after: float, z: float, p_value: float) -> Culprit:
    return Culprit(what=what, name=name, reference_share=before, current_share=after, z=z, p_value=p_value)


def _value(summary: Summary, name: str) -> Any:
    return Weighted(*summary.numeric[name].weighted()) if name in summary.numeric else summary.categories[name]


def _of_version(window: Window, agent: str, version: str) -> Summary:
    return merged(one for (a, v, _), one in window.summaries.items() if (a, v) == (agent, version))


def _examples(signal: Signal, window: Window, agent: str) -> list[str]:
    if not isinstance(signal.comparison, VectorComparison):
        return []
    sample = _sample(window, agent)
    comparison = signal.comparison
    is_new = comparison.views["novelty"] <= comparison.views["fine clusters"]
    rows = (comparison.newest if is_new else comparison.grown)[: culprits.EXAMPLES]
    return [sample[row].id for row in rows]


def _sample(window: Window, agent: str) -> list[Example]:
    if agent != ALL_AGENTS:
        return list(window.sample.get(agent, ()))
    return _evenly(window.sample.values())


def _evenly(samples: Collection[tuple[Example, ...]]) -> list[Example]:
    """Every agent's up to one hash: where some samples are full, the share of each agent is that of its traffic."""
    full = [by_hash(sample[-1]) for sample in samples if len(sample) >= MAX_SAMPLE]
    return [e for sample in samples for e in sample if not full or by_hash(e) <= min(full)]


def summary_of(window: Window, agent: str) -> Summary:
    """The agent's interactions, or all of the window's."""
    return window.whole if agent == ALL_AGENTS else window.of_agent(agent)


def _mean(name: str, summary: Summary) -> float | None:
    if name not in summary.numeric:
        return None
    count, total, _ = moments(name, summary.numeric[name])
    return total / count if count else None
