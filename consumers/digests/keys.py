"""Which variants of a window are kept apart: at most `MAX_KEYS`, chosen by hash so that any split chooses the same."""

from __future__ import annotations

import zlib

import msgspec

from consumers.digests.summary import Summary, merged

MAX_KEYS = 1_000
"""Of one tenant and window: agents, times their versions, times their variants."""
OTHER_AGENT = "other"
"""Stands for the agents of the rest."""

Variant = tuple[str, str | None, str | None]
"""Agent, version and variant."""


def bounded(summaries: dict[Variant, Summary]) -> dict[Variant, Summary]:
    """In a fixed order, those with the smallest hashes, and the rest as one, `OTHER_AGENT`."""
    other = (OTHER_AGENT, None, None)
    ranked = sorted((key for key in summaries if key != other), key=_rank)
    ordered = {key: summaries[key] for key in ranked[:MAX_KEYS]}
    folded = [summaries[key] for key in (*ranked[MAX_KEYS:], other) if key in summaries]
    return {**ordered, other: merged(folded)} if folded else ordered


def _rank(key: Variant) -> tuple[int, tuple[str, str, str]]:
    return zlib.crc32(msgspec.msgpack.encode(key)), (key[0], key[1] or "", key[2] or "")
