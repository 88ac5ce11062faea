"""References as values with a name of their content: a report can always say what it compared with."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from consumers.drift.columns import TIME, Columns, length
from consumers.drift.report import ReferenceId, ReferenceKind
from consumers.drift.signals import named

ID_BYTES = 8


def identified(table: Columns, kind: ReferenceKind) -> ReferenceId:
    """The reference's id: a hash of every column's name and content, in any order of columns.

    >>> identified({"a": np.array([1.0])}, "frozen").id == identified({"a": np.array([1.0])}, "frozen").id
    True
    """
    digest = blake2b(kind.encode(), digest_size=ID_BYTES)
    for name in sorted(table):
        column = table[name]
        digest.update(name.encode())
        digest.update(repr(column.tolist()).encode() if column.dtype.kind == "O" else column.tobytes())
    time = named(table, TIME)
    times = table[time] if time and table[time].dtype.kind == "M" and length(table) else np.array([], "datetime64[us]")
    first, last = (str(times.min()), str(times.max())) if len(times) else ("", "")
    return ReferenceId(id=digest.hexdigest(), kind=kind, rows=length(table), first=first, last=last)
