"""How a reference's windows varied among each other, kept while they are joined, and what follows for the tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from consumers.digests.signals import CATEGORIES
from consumers.digests.summary import Summary, merged, moments
from consumers.drift.dispersion import (
    Excess,
    Parts,
    added,
    dispersion,
    mix_excess,
    mix_parts,
    number_excess,
    number_parts,
)

AGENT = "agent"
"""The mix of agents, a signal of all traffic together."""
EVERYBODY = ""
"""Stands for the agent of that one."""
Spread = dict[str, dict[str, Parts]]
"""By agent and signal."""
Factors = Mapping[str, float]
"""Dispersion of each signal, 1 or more."""


def spread_of(summaries: Mapping[str, Summary]) -> Spread:
    """One window's part, of its agents' summaries."""
    agents = {AGENT: mix_parts(_sizes(summaries))}
    return {EVERYBODY: agents, **{agent: _parts(summary) for agent, summary in summaries.items()}}


def united_spread(several: Iterable[Spread]) -> Spread:
    """The spread of all windows."""
    found: dict[str, dict[str, list[Parts]]] = {}
    for spread in several:
        for agent, signals in spread.items():
            for name, parts in signals.items():
                found.setdefault(agent, {}).setdefault(name, []).append(parts)
    return {agent: {name: added(parts) for name, parts in signals.items()} for agent, signals in found.items()}


def factors_of(summaries: Mapping[str, Summary], spread: Spread) -> dict[str, float]:
    """The dispersion of every signal; what sessions do to one they do at all agents, which are taken together."""
    found: dict[str, list[Excess]] = {
        AGENT: [mix_excess(_sizes(summaries), spread.get(EVERYBODY, {}).get(AGENT, Parts()))]
    }
    for agent, summary in summaries.items():
        for name, excess in _excesses(summary, spread.get(agent, {})):
            found.setdefault(name, []).append(excess)
    return {name: dispersion(excesses) for name, excesses in found.items()}


def by_agent(summaries: Mapping[tuple[str, str | None, str | None], Summary]) -> dict[str, Summary]:
    """One summary for each agent, of all its versions and variants."""
    parts: dict[str, list[Summary]] = {}
    for agent, version, variant in sorted(summaries, key=str):
        parts.setdefault(agent, []).append(summaries[agent, version, variant])
    return {agent: merged(parts[agent]) for agent in sorted(parts)}


def _sizes(summaries: Mapping[str, Summary]) -> dict[str, int]:
    return {agent: summary.interactions for agent, summary in summaries.items()}


def _parts(summary: Summary) -> dict[str, Parts]:
    numbers = {name: number_parts(name, *moments(name, numeric)[:2]) for name, numeric in summary.numeric.items()}
    return {**numbers, **{name: mix_parts(summary.categories[name]) for name in _mixes(summary)}}


def _excesses(summary: Summary, parts: Mapping[str, Parts]) -> Iterator[tuple[str, Excess]]:
    for name, numeric in summary.numeric.items():
        yield name, number_excess(name, *moments(name, numeric), parts.get(name, Parts()))
    for name in _mixes(summary):
        yield name, mix_excess(summary.categories[name], parts.get(name, Parts()))


def _mixes(summary: Summary) -> list[str]:
    return [name for name in CATEGORIES if name in summary.categories]
