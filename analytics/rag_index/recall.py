"""Whether the index finds the answer to questions it has not seen.

A fixed tenth of the sessions never enters the index. For each of their questions whose answer was good, the
index should find, among the first k, an entry that says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
import numpy as np
from scipy.stats import binomtest

from headrace.embedding import Embedder
from headrace.retrieval import Entry, RetrievalIndex

HELD_BACK_OF = 10
"""One session in ten."""
SAME = 0.9
"""Cosine similarity from which on two answers say the same."""


class Recall(msgspec.Struct, frozen=True):
    """Share of held-back questions that were answered among the first k, with its 95 % interval (Wilson)."""

    k: int
    value: float
    lower: float
    upper: float
    questions: int


def is_held_back(entry: Entry) -> bool:
    """Whether an entry belongs to a session that never enters the index; documents always enter."""
    if entry.origin == "document":
        return False
    digest = blake2b((entry.session_id or entry.entry_id).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % HELD_BACK_OF == 0


def recall(index: RetrievalIndex, held_back: Sequence[Entry], embed: Embedder, k: int = 5) -> Recall:
    """How many of the held-back questions find an answer that says what theirs did."""
    found = [_finds(index, entry, embed, k) for entry in held_back]
    if not found:
        return Recall(k, float("nan"), float("nan"), float("nan"), 0)
    interval = binomtest(sum(found), len(found)).proportion_ci(method="wilson")
    return Recall(k, sum(found) / len(found), float(interval.low), float(interval.high), len(found))


def _finds(index: RetrievalIndex, entry: Entry, embed: Embedder, k: int) -> bool:
    hits = index.search(entry.text, k, entry.tenant)
    if not hits:
        return False
    vectors = embed([entry.answer, *(hit.entry.answer for hit in hits)])
    return bool(np.max(vectors[1:] @ vectors[0]) >= SAME)
