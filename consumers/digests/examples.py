"""Examples beside the counts: a hash-chosen sample of queries, and failing interactions in compact form.

Both are bounded by keeping the smallest hashes of interaction ids, so that a merge of merges keeps the same ones.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence

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
_SMALLEST = 1e-9
"""Nothing is divided by less."""


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
    """Rows as int8, each scaled so that its greatest number is 127: directions to about 1 in 200."""
    greatest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True, initial=0), _SMALLEST)
    return [row.tobytes() for row in np.rint(vectors * (127 / greatest)).astype(np.int8)]


def unpacked(examples: Sequence[Example]) -> NDArray[np.float32]:
    """Their vectors as rows of length 1 (of length 0 for a text without a token)."""
    if not examples:
        return np.zeros((0, 0), np.float32)
    content = b"".join(example.vector for example in examples)
    rows = np.frombuffer(content, np.int8).reshape(len(examples), -1).astype(np.float32)
    lengths: NDArray[np.float32] = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _SMALLEST)
    return np.divide(rows, lengths)


def _joined(one: Example, other: Example) -> Example:
    """The same interaction, seen twice: what either knows of it."""
    if one == other:
        return one
    later = max(one, other, key=lambda example: (len(example.findings), msgspec.msgpack.encode(example)))
    return msgspec.structs.replace(later, findings=union(one.findings, other.findings))


def union(*findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in an order of its own."""
    return tuple(sorted({one for several in findings for one in several}, key=msgspec.msgpack.encode))
