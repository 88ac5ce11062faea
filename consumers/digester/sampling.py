"""Which interactions become candidates for a chunk's samples: decided by arrays, for most lie beyond the bounds."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from consumers.digester.batch import Interactions, Numbers
from consumers.digester.candidates import First, Group
from consumers.digester.turns import Turn
from consumers.digests.examples import Example


def put_examples(batch: Interactions, opens: NDArray[np.bool_], sample: First, slow: First, window_us: int) -> None:
    """Puts a batch's interactions into the query sample and among the slow answers, where they may belong.

    Queries are sampled one a session, its first (`opens`): what a session goes on to say is no independent query.
    """
    groups, places = _groups(batch, window_us)
    hashes = np.array([*map(crc32, map(str.encode, batch.ids))], np.float64)
    sampled = opens & (hashes <= _bounds(sample, groups)[places])
    slowest = -batch.numbers["latency_ms"] <= _bounds(slow, groups)[places]
    for row in np.flatnonzero(sampled | slowest).tolist():
        example, group = _plain(batch, row), groups[places[row]]
        if sampled[row]:
            sample.put(group, example)
        if slowest[row]:
            slow.put(group, example)


def example_of(turn: Turn) -> Example:
    """A failing interaction, with what is known of it by now."""
    _, agent, version, variant = turn.who
    return Example(
        id=turn.id,
        at_us=turn.at_us,
        agent=agent,
        version=version,
        variant=variant,
        query=turn.query,
        vector=b"",
        model=turn.model,
        error=turn.error,
        latency_ms=turn.latency_ms,
        findings=turn.findings,
    )


def _groups(batch: Interactions, window_us: int) -> tuple[list[Group], NDArray[np.int64]]:
    """The groups of a batch, one for each version and variant, and which of them each interaction belongs to."""
    windows, window_of = np.unique(batch.at_us // window_us, return_inverse=True)
    pairs, places = np.unique(batch.who_of * len(windows) + window_of, return_inverse=True)
    whos = [batch.whos[pair // len(windows)] for pair in pairs.tolist()]
    return [(who[0], who[1], int(windows[pair % len(windows)])) for who, pair in zip(whos, pairs, strict=True)], places


def _bounds(first: First, groups: Sequence[Group]) -> Numbers:
    return np.array([first.bound(group) for group in groups], np.float64)


def _plain(batch: Interactions, row: int) -> Example:
    _, agent, version, variant = batch.whos[batch.who_of[row]]
    latency_ms = float(batch.numbers["latency_ms"][row])
    return Example(
        id=batch.ids[row],
        at_us=int(batch.at_us[row]),
        agent=agent,
        version=version,
        variant=variant,
        query=batch.queries[row],
        vector=b"",
        model=batch.models[row],
        error=batch.errors[row],
        latency_ms=None if latency_ms != latency_ms else latency_ms,
    )
