"""Who was erased, and which arriving rows are theirs.

A person's are the interactions with their id, those without an id in a session of theirs, and what was said
about any of these; and the ratings and labels that they gave. The ids of their sessions and interactions
are remembered, so that what comes later is known as theirs too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from consumers.lake.tables import FEEDBACK, INTERACTIONS, Table

KINDS = ("user", "session", "interaction", "external")
Noted = tuple[str, str]
"""Kind and id."""


class Subjects:
    """The ids in the table `erasures`, by kind."""

    def __init__(self, noted: Iterable[Noted] = ()) -> None:
        self._ids: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self.add(noted)

    def __bool__(self) -> bool:
        return any(self._ids.values())

    def knows_users(self, users: Iterable[str]) -> bool:
        """Whether all these pseudonyms are erased people's."""
        return self._ids["user"].issuperset(users)

    def add(self, noted: Iterable[Noted]) -> None:
        for kind, id_ in noted:
            self._ids[kind].add(id_)

    def split(self, table: Table, arrived: pa.Table) -> tuple[pa.Table, pa.Table]:
        """Rows that may be stored, and rows that are refused; learns the sessions and interactions of the latter."""
        self.add(noted(table, arrived.filter(self._mask(table, arrived))))
        mask = pc.fill_null(self._mask(table, arrived), False)
        refused = arrived.filter(mask)
        self.add(noted(table, refused))
        return (arrived.filter(pc.invert(mask)), refused) if refused.num_rows else (arrived, refused)

    def _mask(self, table: Table, arrived: pa.Table) -> pa.ChunkedArray:
        if table is INTERACTIONS:
            nameless = pc.and_(pc.is_null(arrived["user_id"]), self._has("session", arrived["session_id"]))
            return _any(self._has("user", arrived["user_id"]), nameless, self._is_about(arrived))
        if table is FEEDBACK:
            nameless = pc.and_(pc.is_null(arrived["rater"]), self._has("session", arrived["session_id"]))
            return _any(self._has("user", arrived["rater"]), nameless, self._is_about(arrived))
        return _any(self._has("user", arrived["annotator"]), self._is_about(arrived))

    def _is_about(self, arrived: pa.Table) -> pa.ChunkedArray:
        return _any(self._has("interaction", arrived["interaction_id"]), self._has("external", arrived["external_id"]))

    def _has(self, kind: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
        return pc.is_in(column, pa.array(self._ids[kind], pa.string()))


def read(connection: DuckDBPyConnection) -> Subjects:
    """Everybody who was erased from this store."""
    return Subjects(connection.execute("SELECT DISTINCT kind, id FROM erasures").fetchall())


def note(connection: DuckDBPyConnection, noted: Iterable[Noted]) -> None:
    """Remembers ids in the store."""
    if rows := sorted(set(noted)):
        connection.executemany("INSERT INTO erasures VALUES (?, ?)", rows)


def noted(table: Table, refused: pa.Table) -> Iterator[Noted]:
    """What is remembered of refused rows: of interactions their ids and sessions, of others nothing."""
    if table is INTERACTIONS:
        for kind, name in (("session", "session_id"), ("interaction", "interaction_id"), ("external", "external_id")):
            yield from ((kind, id_) for id_ in refused[name].unique().to_pylist() if id_ is not None)


def _any(first: pa.ChunkedArray, *others: pa.ChunkedArray) -> pa.ChunkedArray:
    for other in others:
        first = pc.or_kleene(first, other)
    return first
