"""What a selection chooses from, and what it says of its choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.selection.uncertainty import Measure, uncertainty

Strategy = Literal["uncertainty", "diversity", "failure", "hybrid", "random"]
Reason = Literal["uncertain", "uncertain and typical", "unlike what is labelled", "failure", "random"]


@dataclass(frozen=True)
class Selection:
    """Rows of the pool, most worth a label first; the three are parallel."""

    indices: NDArray[np.int64]
    kinds: list[Reason]
    reasons: list[str]
    """In words, for annotators and reports."""


@dataclass(frozen=True)
class Pool:
    """One row for each interaction; every array has as many."""

    embeddings: NDArray[np.float32]
    """rows × dimensions, each of length one."""
    uncertainty: NDArray[np.float32]
    """0 where the model is certain, 1 where it knows nothing."""
    is_labelled: NDArray[np.bool_]
    keys: NDArray[np.uint64]
    """What a row is rather than where it stands: order among equals, and the draw of the random ones."""
    severity: NDArray[np.float32] | None = None
    """How bad the failure behind it is; 0 where nothing failed."""
    groups: NDArray[np.int64] | None = None
    """Whose share it counts in: an agent of a tenant."""
    sessions: NDArray[np.int64] | None = None
    """The session it is part of; negative where it is part of none."""

    open_rows: int | None = None
    """How many rows there were before the pool was narrowed; None where it was not."""

    @property
    def unlabelled(self) -> NDArray[np.int64]:
        return np.flatnonzero(~self.is_labelled)


def make_pool(
    probabilities: NDArray[np.floating],
    embeddings: NDArray[np.floating],
    labelled: ArrayLike = (),
    *,
    measure: Measure = "margin",
    seed: int = 0,
    ids: ArrayLike | None = None,
    severity: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    sessions: Sequence[Any] | None = None,
) -> Pool:
    """A pool from plain arrays; `labelled` holds row numbers, or a truth value for each row."""
    vectors = np.ascontiguousarray(embeddings, np.float32)
    return Pool(
        embeddings=vectors,
        uncertainty=uncertainty(probabilities, measure),
        is_labelled=_mask(np.asarray(labelled), len(vectors)),
        keys=keys_of(_words(np.asarray(ids) if ids is not None else vectors), seed),
        severity=None if severity is None else np.asarray(severity, np.float32),
        groups=None if groups is None else _codes(groups),
        sessions=None if sessions is None else _session_codes(sessions),
    )


def keys_of(words: NDArray[np.uint32], seed: int) -> NDArray[np.uint64]:
    """A number for each row of `words`, as good as random, that depends on the row and the seed only."""
    random = np.random.default_rng(seed)
    keys = np.full(len(words), random.integers(2**63), np.uint64)
    for column in words.T:
        keys = _mixed(keys ^ column.astype(np.uint64))
    return keys


def _words(values: NDArray[np.generic]) -> NDArray[np.uint32]:
    """Each row's bytes as 32-bit words; of vectors the first few numbers, which tell texts apart."""
    if values.ndim == 2:
        return np.ascontiguousarray(values[:, :KEY_COLUMNS]).view(np.uint32)
    if values.dtype.kind in "OSU":
        values = values.astype(str)
    return np.ascontiguousarray(values).view(np.uint32).reshape(len(values), -1)


KEY_COLUMNS = 8


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's last step: every bit of the result depends on every bit of the value."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _mask(labelled: NDArray[np.generic], rows: int) -> NDArray[np.bool_]:
    if labelled.dtype == np.bool_:
        return labelled.astype(np.bool_)
    mask = np.zeros(rows, np.bool_)
    mask[labelled.astype(np.int64)] = True
    return mask


def _codes(values: ArrayLike) -> NDArray[np.int64]:
    return np.unique(np.asarray(values).astype(str), return_inverse=True)[1].astype(np.int64)


def _session_codes(values: Sequence[Any]) -> NDArray[np.int64]:
    given = list(values)
    codes = _codes([str(value or "") for value in given])
    codes[[value is None or value == "" for value in given]] = -1
    return codes
