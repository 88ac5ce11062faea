"""Which columns of a frame are signals, and of which kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from consumers.drift.columns import Columns
from consumers.drift.embedding import MOST_REFERENCE
from consumers.drift.report import Kind

AGENT = ("agent_selected", "agent")
VERSION = ("agent_version", "version")
QUERY = ("user_query", "query")
ID = ("interaction_id", "id")
SESSION = ("session_id", "session")
NO_SIGNAL = {
    *("interaction_id", "external_id", "id", "session_id", "session", "user_id", "tenant", "producer_id", "seq", "day"),
    *("response", "raw_partition", "raw_offset", "clean_partition", "clean_offset", "appended_at"),
    *("sanitizer", "policy", "propensity", "metadata", "routing_scores", "retrieval", "findings", "flags", "tags"),
}
"""Names, positions, and what depends on how events were handled."""
MOST_CATEGORIES = 1_000
LEAST_REPEATS = 5
"""A column whose values occur fewer times than this on the average holds ids or texts, not categories."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


class Signals(NamedTuple):
    """Signals of two frames by name: arrays that `consumers.drift.frame` compares."""

    reference: dict[str, Any]
    current: dict[str, Any]
    kinds: dict[str, Kind]
    skipped: list[str]


def named(table: Columns, names: tuple[str, ...]) -> str | None:
    """The first of the names that the table has."""
    return next((name for name in names if name in table), None)


def signals(reference: Columns, current: Columns, embed: Embed | None) -> Signals:
    """The signals both frames have; a column with missing values is also a mix of given and missing."""
    found = Signals({}, {}, {}, [])
    for name in reference:
        if name in current and not _add(found, name, reference[name], current[name], embed):
            found.skipped.append(name)
    return found


def _add(found: Signals, name: str, before: NDArray[Any], after: NDArray[Any], embed: Embed | None) -> bool:
    if name in NO_SIGNAL or before.dtype.kind == "M":
        return False
    if before.ndim == 2:
        return _put(found, name, "queries", before, after)
    if name in QUERY:
        return embed is not None and _put(found, name, "queries", _vectors(before, embed), _vectors(after, embed))
    missing = [_missing(column) for column in (before, after)]
    if any(part.any() for part in missing) and not all(part.all() for part in missing):
        _put(found, f"{name} given", "mix", *(np.where(part, "no", "yes") for part in missing))
    if before.dtype.kind == "f" and after.dtype.kind == "f":
        return _varies(before, after) and _put(found, name, "number", before, after)
    return _is_mix(before, after) and _put(found, name, "mix", before.astype(object), after.astype(object))


def _put(found: Signals, name: str, kind: Kind, before: Any, after: Any) -> bool:
    found.reference[name], found.current[name], found.kinds[name] = before, after, kind
    return True


def _missing(column: NDArray[Any]) -> NDArray[np.bool_]:
    if column.dtype.kind == "f":
        return np.asarray(np.isnan(column))
    return np.array([value is None for value in column], bool)


def _varies(before: NDArray[Any], after: NDArray[Any]) -> bool:
    both = np.concatenate([before, after])
    both = both[~np.isnan(both)]
    return len(both) > 0 and bool((both != both[0]).any())


def _is_mix(before: NDArray[Any], after: NDArray[Any]) -> bool:
    values = [value for column in (before, after) for value in column.tolist() if value is not None]
    try:
        distinct = len(set(values))
    except TypeError:
        return False
    return 1 < distinct <= MOST_CATEGORIES and distinct * LEAST_REPEATS <= len(values)


def _vectors(texts: NDArray[Any], embed: Embed) -> NDArray[np.float32]:
    """Vectors of evenly spaced rows at most, the others missing: rows stay rows."""
    rows = np.flatnonzero(~_missing(texts))
    if len(rows) > MOST_REFERENCE:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_REFERENCE).astype(int)]
    made = embed([str(text) for text in texts[rows]])
    vectors = np.full((len(texts), made.shape[1]), np.nan, np.float32)
    vectors[rows] = made
    return vectors
