"""What views would else work out from all rows, kept beside the rows: current feedback, ratings, days of agents.

Guarantee: effectively-once into DuckDB, provided that only the lake adds rows: both change in one transaction, so a
view says at every instant what working it out from the rows would say. A store whose rows came or went otherwise (an
older Headrace, an erasure) has it made anew from the rows when it is opened next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from consumers.lake import days
from consumers.lake.dedup import id_ranges, in_ranges
from consumers.lake.tables import FEEDBACK, INTERACTIONS

LAYOUT = 2
"""Raised with any change of what is kept: older stores make it anew then."""

_IS_SAID_BY_PEOPLE = "source = 'human' AND (name = 'rating' OR correction IS NOT NULL OR correct_agent IS NOT NULL)"
_ABOUT_JUDGED = """(
    SELECT * FROM feedback WHERE interaction_id IN (SELECT interaction_id::UUID FROM judged)
    UNION ALL SELECT * FROM feedback WHERE external_id IN (SELECT external_id FROM judged))"""
"""All feedback on what the rows of `judged` are about; a row names its interaction by one of both ids."""


_USED = ("interaction_id", "external_id", "day", "tenant", "agent_selected", "user_feedback_score")
"""What is kept of an interaction, or needed to find what was said of it."""
_ABOUT = "(SELECT * REPLACE (interaction_id::UUID AS interaction_id) FROM about)"


def superseded_sql(feedback: str = "feedback") -> str:
    """The feedback of a relation that a later one of the same interaction, name, source and rater has replaced."""
    return f"""
        SELECT feedback_id FROM {feedback}
        QUALIFY row_number() OVER (
            PARTITION BY coalesce(external_id, interaction_id::VARCHAR), name, source, rater
            ORDER BY timestamp DESC, feedback_id DESC) > 1"""


def ratings_sql(feedback: str = "feedback", interactions: str = "interactions") -> str:
    """One row for each interaction that people judged, from relations of feedback and of interactions."""
    return f"""
        SELECT interaction_id, avg(score) AS rating, count(score) AS ratings,
               max(timestamp) FILTER (score IS NOT NULL) AS rated_at,
               arg_max(comment, (timestamp, name, rater)) AS comment,
               arg_max(correction, (timestamp, name, rater)) AS correction,
               arg_max(correct_agent, (timestamp, name, rater)) AS correct_agent
        FROM (
            SELECT interaction_id, rater, name,
                   arg_max(score, (timestamp, feedback_id)) FILTER (name = 'rating') AS score,
                   max(timestamp) AS timestamp,
                   arg_max(comment, (timestamp, feedback_id)) AS comment,
                   arg_max(correction, (timestamp, feedback_id)) AS correction,
                   arg_max(correct_agent, (timestamp, feedback_id)) AS correct_agent
            FROM (
                SELECT f.* FROM {feedback} f WHERE f.interaction_id IS NOT NULL
                UNION ALL BY NAME
                SELECT f.* REPLACE (i.interaction_id AS interaction_id) FROM {feedback} f
                JOIN {interactions} i ON i.external_id = f.external_id WHERE f.interaction_id IS NULL)
            WHERE {_IS_SAID_BY_PEOPLE}
            GROUP BY ALL)
        GROUP BY interaction_id"""


def _rated_sql(feedback: str = "feedback", interactions: str = "interactions") -> str:
    """Ratings beside what a day of an agent needs of their interactions; nulls where these have not come yet."""
    return f"""
        SELECT r.*, i.day, i.tenant, i.agent_selected, i.user_feedback_score AS sent
        FROM ({ratings_sql(feedback, interactions)}) r LEFT JOIN {interactions} i USING (interaction_id)"""


def prepare(connection: DuckDBPyConnection) -> None:
    """Makes what is kept, unless it is there and belongs to the rows; inside the caller's transaction."""
    if _belongs(connection):
        return
    connection.execute(f"CREATE OR REPLACE TABLE superseded AS {superseded_sql()}")
    connection.execute(f"CREATE OR REPLACE TABLE rated AS {_rated_sql()}")
    days.prepare(connection)
    connection.execute(
        f"CREATE OR REPLACE TABLE kept AS SELECT {LAYOUT} AS layout, "
        "(SELECT count(*) FROM interactions) AS interactions, (SELECT count(*) FROM feedback) AS feedback"
    )


def keep(connection: DuckDBPyConnection, stored: Mapping[str, pa.Table]) -> None:
    """Takes over events that were just stored, by table; inside their transaction."""
    if not stored:
        return
    interactions, feedback = (stored.get(table.name) for table in (INTERACTIONS, FEEDBACK))
    if feedback is not None:
        _supersede(connection, feedback)
    if interactions is not None and interactions.num_rows:
        with registered(connection, came=interactions):
            days.add_interactions(connection, "came")
    touched = {
        *(_rated_of(connection, interactions) if interactions is not None else ()),
        *(_judged_by(connection, feedback) if feedback is not None else ()),
    }
    if touched:
        _rate_again(connection, sorted(touched))
    added = [0 if rows is None else rows.num_rows for rows in (interactions, feedback)]
    connection.execute("UPDATE kept SET interactions = interactions + ?, feedback = feedback + ?", added)


def _belongs(connection: DuckDBPyConnection) -> bool:
    found = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND table_name = 'kept'"
    ).fetchone()
    if found != (1,):
        return False
    rows = "(SELECT count(*) FROM interactions), (SELECT count(*) FROM feedback)"
    return connection.execute(f"SELECT (layout, interactions, feedback) = ({LAYOUT}, {rows}) FROM kept").fetchone() == (
        True,
    )


def _supersede(connection: DuckDBPyConnection, feedback: pa.Table) -> None:
    with registered(connection, judged=feedback.select(["interaction_id", "external_id"])):
        connection.execute(f"INSERT INTO superseded {superseded_sql(_ABOUT_JUDGED)} EXCEPT FROM superseded")


def _rated_of(connection: DuckDBPyConnection, interactions: pa.Table) -> set[str]:
    """Those of the interactions that were judged before they came."""
    ids = interactions.select(["interaction_id", "external_id"])
    near = in_ranges("interaction_id", id_ranges(ids["interaction_id"].to_pylist()))
    with registered(connection, came=ids):
        known = (
            f"SELECT interaction_id FROM rated WHERE {near} "
            "AND interaction_id IN (SELECT interaction_id::UUID FROM came)"
        )
        if ids["external_id"].null_count < ids.num_rows:
            known += " UNION SELECT interaction_id::UUID FROM came SEMI JOIN feedback USING (external_id)"
        return _ids(connection, known)


def _judged_by(connection: DuckDBPyConnection, feedback: pa.Table) -> set[str]:
    """The interactions that feedback is about, as far as their ids are known."""
    named = set(pc.unique(feedback["interaction_id"].drop_null()).to_pylist())
    foreign = feedback.select(["external_id"])
    if foreign["external_id"].null_count == foreign.num_rows:
        return named
    with registered(connection, foreign_=foreign):
        return named | _ids(
            connection, "SELECT interaction_id FROM interactions SEMI JOIN foreign_ USING (external_id)"
        )


def _rate_again(connection: DuckDBPyConnection, touched: list[str]) -> None:
    """Works out the ratings of some interactions anew, from all that was said of them."""
    with registered(connection, touched=pa.table({"id": touched})):
        about = connection.execute(
            f"SELECT {', '.join(_USED)} FROM interactions WHERE interaction_id IN (SELECT id::UUID FROM touched)"
        ).to_arrow_table()
        said = "SELECT * FROM feedback WHERE interaction_id IN (SELECT id::UUID FROM touched)"
        if about["external_id"].null_count < about.num_rows:
            said += " UNION ALL SELECT * FROM feedback WHERE external_id IN (SELECT external_id FROM about)"
        rated = "(FROM rated WHERE interaction_id IN (SELECT id::UUID FROM touched))"
        days.remove_ratings(connection, rated)
        connection.execute("DELETE FROM rated WHERE interaction_id IN (SELECT id::UUID FROM touched)")
        with registered(connection, about=about):
            connection.execute(f"INSERT INTO rated {_rated_sql(f'({said})', _ABOUT)}")
        days.add_ratings(connection, rated)


def _ids(connection: DuckDBPyConnection, sql: str) -> set[str]:
    return {id_ for (id_,) in connection.execute(f"SELECT interaction_id::VARCHAR FROM ({sql})").fetchall()}


@contextmanager
def registered(connection: DuckDBPyConnection, **tables: pa.Table) -> Iterator[None]:
    """Arrow tables as relations of these names, for as long as the block runs."""
    for name, rows in tables.items():
        connection.register(name, rows)
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(name)
