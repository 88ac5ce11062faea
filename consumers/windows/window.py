"""A window's contents, merged from the parts of chunks. Pure values."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property

import msgspec

from consumers.digests.examples import (
    MAX_FAILURES,
    MAX_SAMPLE,
    MAX_SLOW,
    Example,
    by_hash,
    by_latency,
    first,
)
from consumers.digests.keys import Variant, bounded
from consumers.digests.messages import Key
from consumers.digests.summary import EMPTY, Summary, merged
from consumers.failures.finding import findings_without
from consumers.windows.spread import Spread, by_agent, factors_of, spread_of, united_spread

MOST_SAMPLED, MOST_SLOW = 8_192, 4_096
"""Examples of one tenant and window, whatever the number of its agents: at most 6 and 4 MB."""


class Window(msgspec.Struct, array_like=True, frozen=True, dict=True):
    """Everything that is known of one tenant's window."""

    tenant: str
    start_us: int
    summaries: dict[Variant, Summary]
    sample: dict[str, tuple[Example, ...]]
    """By agent, in the order of their hashes."""
    failures: tuple[Example, ...]
    slow: dict[str, tuple[Example, ...]]
    """By agent, slowest first."""
    spread: Spread = {}
    """How those windows varied of which this one is joined; empty where it is one by itself."""

    @cached_property
    def by_agent(self) -> dict[str, Summary]:
        """Each agent's interactions, all versions and variants."""
        return by_agent(self.summaries)

    @property
    def agents(self) -> list[str]:
        return list(self.by_agent)

    @property
    def interactions(self) -> int:
        return sum(summary.interactions for summary in self.summaries.values())

    def of_agent(self, agent: str) -> Summary:
        """The agent's interactions; nothing where it had none."""
        return self.by_agent.get(agent, EMPTY)

    @cached_property
    def factors(self) -> dict[str, float]:
        """The dispersion of every signal among the windows that were joined (`consumers.drift.dispersion`)."""
        return factors_of(self.by_agent, self.spread)

    @cached_property
    def whole(self) -> Summary:
        """All interactions of the tenant."""
        return merged(self.by_agent.values())

    @cached_property
    def own_spread(self) -> Spread:
        """Of the windows that were joined, or what this one by itself adds to such."""
        return self.spread or spread_of(self.by_agent)

    def signature(self) -> int:
        """Equal for equal contents."""
        parts = (list(self.summaries.items()), self.sample, self.failures, self.slow, self.spread)
        return zlib.crc32(msgspec.msgpack.encode(parts, order="deterministic"))


class Examples(msgspec.Struct, array_like=True, frozen=True):
    """Examples of one window, from one part or from many."""

    sample: tuple[Example, ...] = ()
    failures: tuple[Example, ...] = ()
    slow: tuple[Example, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sample or self.failures or self.slow)


def without(examples: Examples, interactions: Collection[str]) -> Examples:
    """The examples of all other interactions; what they name as evidence is none of these, either."""
    kinds = (examples.sample, examples.failures, examples.slow)
    return Examples(*(tuple(_unnamed(e, interactions) for e in kind if e.id not in interactions) for kind in kinds))


def _unnamed(example: Example, interactions: Collection[str]) -> Example:
    if not interactions or not example.findings:
        return example
    return msgspec.structs.replace(example, findings=findings_without(example.findings, interactions))


def united(several: Iterable[Examples]) -> Examples:
    """The examples of a window's parts that may still matter, each interaction once; uniting such sets is exact."""
    parts = list(several)
    return Examples(
        _of_all(_by_agent((e for part in parts for e in part.sample), MAX_SAMPLE, by_hash), MOST_SAMPLED, by_hash),
        tuple(first((e for part in parts for e in part.failures), MAX_FAILURES, by_hash)),
        _of_all(_by_agent((e for part in parts for e in part.slow), MAX_SLOW, by_latency), MOST_SLOW, by_latency),
    )


def bare_examples(examples: Examples) -> Examples:
    """What a reference needs of them."""
    return Examples(tuple(map(_bare, examples.sample)))


def assemble(
    tenant: str, start_us: int, summaries: Mapping[Key, Iterable[Summary]], examples: Iterable[Examples]
) -> Window:
    """One window of summaries by key, and of the examples of all its keys."""
    kept = united(examples)
    return Window(
        tenant,
        start_us,
        bounded({(key.agent, key.version, key.variant): merged(parts) for key, parts in summaries.items()}),
        _by_agent(kept.sample, MAX_SAMPLE, by_hash),
        kept.failures,
        _by_agent(kept.slow, MAX_SLOW, by_latency),
    )


def joined(windows: Iterable[Window]) -> Window:
    """Several windows of one tenant as one long one, which begins with the first."""
    several = list(windows)
    keys = {variant for window in several for variant in window.summaries}
    return Window(
        several[0].tenant,
        min(window.start_us for window in several),
        bounded({key: merged(w.summaries[key] for w in several if key in w.summaries) for key in keys}),
        _by_agent((e for w in several for es in w.sample.values() for e in es), MAX_SAMPLE, by_hash),
        tuple(first((e for w in several for e in w.failures), MAX_FAILURES, by_hash)),
        _by_agent((e for w in several for es in w.slow.values() for e in es), MAX_SLOW, by_latency),
        united_spread(window.own_spread for window in several),
    )


def bare(window: Window) -> Window:
    """What a reference needs of a window: counts and the queries' vectors, no texts."""
    sample = {agent: tuple(map(_bare, examples)) for agent, examples in window.sample.items()}
    return msgspec.structs.replace(window, sample=sample, failures=(), slow={})


def _bare(example: Example) -> Example:
    return msgspec.structs.replace(example, query="", error=None, model=None, findings=())


def _of_all(
    by_agent: Mapping[str, Iterable[Example]], limit: int, order: Callable[[Example], tuple[float, str]]
) -> tuple[Example, ...]:
    return tuple(first((example for examples in by_agent.values() for example in examples), limit, order))


def _by_agent(
    examples: Iterable[Example], limit: int, order: Callable[[Example], tuple[float, str]]
) -> dict[str, tuple[Example, ...]]:
    found: dict[str, list[Example]] = {}
    for example in examples:
        found.setdefault(example.agent, []).append(example)
    return {agent: tuple(first(found[agent], limit, order)) for agent in sorted(found)}
