"""Examples beside the counts: a hash-chosen sample of queries, and failing interactions in compact form.

Both are bounded by keeping the smallest hashes of interaction ids, so that a merge of merges keeps the same ones.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from consumers.failures.finding import Finding

MAX_SAMPLE = 256
"""Queries of one agent and window: hundreds suffice for the tests."""
MAX_FAILURES = 1_000
"""Failing interactions of one tenant and window that are kept; all are counted."""
MAX_SLOW = 64
"""Slowest answers of one agent and window that are kept."""
MAX_TEXT = 400
"""Characters of a query that travel with it."""
_INT8_ONE = 127.0


class Example(msgspec.Struct, array_like=True, frozen=True, gc=False, kw_only=True):
    """One interaction: sanitized text, and its query's vector as int8."""

    id: str
    at_us: int
    """Event time, microseconds since 1970."""
    agent: str
    version: str | None
    variant: str | None
    query: str
    vector: bytes
    model: str | None = None
    error: str | None = None
    latency_ms: float | None = None
    findings: tuple[Finding, ...] = ()
    """What the rules say is wrong with it, ascending; nothing where it is in the sample only."""

    def with_vector(self, vector: bytes) -> Example:
        return msgspec.structs.replace(self, vector=vector)

    def floats(self) -> NDArray[np.float32]:
        """The vector, of length 1 within its rounding."""
        return unpacked(self.vector)


def rank(interaction_id: str) -> int:
    """What decides whether an interaction is in a sample: uniform, and the same wherever it is computed."""
    return zlib.crc32(interaction_id.encode())


def by_hash(example: Example) -> tuple[float, str]:
    """The order of the query sample and of the failing interactions."""
    return rank(example.id), example.id


def by_latency(example: Example) -> tuple[float, str]:
    """The order of the slow answers: slowest first."""
    return -(example.latency_ms or 0.0), example.id


def first(examples: Iterable[Example], limit: int, order: Callable[[Example], tuple[float, str]]) -> list[Example]:
    """The first `limit` of them in an order, each id once."""
    by_id: dict[str, Example] = {}
    for example in examples:
        known = by_id.get(example.id)
        by_id[example.id] = example if known is None else _joined(known, example)
    return sorted(by_id.values(), key=order)[:limit]


def packed(vectors: NDArray[np.float32]) -> list[bytes]:
    """Rows of length 1 as int8."""
    rounded = np.rint(vectors * _INT8_ONE).astype(np.int8)
    return [row.tobytes() for row in rounded]


def unpacked(vector: bytes) -> NDArray[np.float32]:
    return np.frombuffer(vector, np.int8).astype(np.float32) / np.float32(_INT8_ONE)


def _joined(one: Example, other: Example) -> Example:
    """The same interaction, seen twice: what either knows of it."""
    if one == other:
        return one
    later = max(one, other, key=lambda example: (len(example.findings), msgspec.msgpack.encode(example)))
    return msgspec.structs.replace(later, findings=union(one.findings, other.findings))


def union(*findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in an order of its own."""
    return tuple(sorted({one for several in findings for one in several}, key=msgspec.msgpack.encode))
