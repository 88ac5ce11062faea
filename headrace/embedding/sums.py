"""Sums of token vectors: by native code where it was built, else by numpy, which takes ten times as long for the same.

The same to the last bit: rows are added one after the other. What is embedded twice, by whomever, is equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Sums = Callable[[Sequence[bytes]], NDArray[np.float32]]
"""A row for each text, of whose tokens the ids are given as int32."""


def summer(table: NDArray[np.float16]) -> Sums:
    """Sums the rows of `table`, which holds finite numbers."""
    try:
        from headrace.embedding._sums import add_rows
    except ImportError:
        return lambda texts: plain_sums(table, texts)
    halves, width = np.ascontiguousarray(table).view(np.uint16), table.shape[1]

    def sums(texts: Sequence[bytes]) -> NDArray[np.float32]:
        found = np.zeros((len(texts), width), np.float32)
        ends = np.cumsum([len(ids) for ids in texts], dtype=np.int64) // np.dtype(np.int32).itemsize
        add_rows(found, halves, b"".join(texts), ends, width)
        return found

    return sums


def plain_sums(table: NDArray[np.float16], texts: Sequence[bytes]) -> NDArray[np.float32]:
    """The same without native code."""
    found = np.zeros((len(texts), table.shape[1]), np.float32)
    for row, ids in zip(found, texts, strict=True):
        table.take(np.frombuffer(ids, np.int32), axis=0).astype(np.float32).sum(axis=0, out=row)
    return found
