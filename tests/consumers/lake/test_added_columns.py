"""A store that an earlier release wrote takes the columns that came later."""

from __future__ import annotations

import duckdb
import pytest

from consumers.lake.tables import TABLES, Table


@pytest.mark.parametrize("table", [table for table in TABLES if table.added], ids=lambda table: str(table.name))
def test_columns_that_came_later_are_added_where_a_new_store_has_them(table: Table) -> None:
    """Rows are inserted by position."""
    earlier = ", ".join(column.ddl for column in table.columns if column.default is None)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE {table.name} ({earlier})")
        for statement in table.added:
            connection.execute(statement)
        assert [row[0] for row in connection.execute(f"DESCRIBE {table.name}").fetchall()] == list(table.names)
