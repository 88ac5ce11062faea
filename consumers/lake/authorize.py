"""What an analyst's statement may be: decided on DuckDB's own parse tree, not on its text.

Exactly one statement, a SELECT, over the store's tables and views, with functions that only compute. Every
list is closed: a kind of node, a table or a function that is not on one is refused, so what a later DuckDB
adds is refused until somebody has looked at it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import duckdb

from consumers.lake.tables import TABLES
from consumers.lake.views import VIEWS

RELATIONS = {table.name for table in TABLES} | {view.name for view in VIEWS}
CATALOG_RELATIONS = {"schemata", "tables", "columns", "views"}
"""Of information_schema: an attaching client lists tables with them."""
CATALOGS = {"", "headrace", "memory"}
TABLE_FUNCTIONS = {
    *("range", "generate_series", "unnest", "json_each", "json_tree"),
    *("duckdb_tables", "duckdb_views", "duckdb_columns"),
}
VOLATILE = {"random", "uuid", "uuidv4", "uuidv7", "gen_random_uuid"}
"""Functions without side effects, though they answer anew each time."""
REFUSED_FUNCTIONS = {
    *("getenv", "current_setting", "getvariable", "which_secret", "pg_sleep", "in_search_path"),
    *("inet_client_addr", "inet_client_port", "inet_server_addr", "inet_server_port"),
}
"""They only compute, but tell of the server, or keep it busy."""
NODES = {
    *("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"),
    *("LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "ORDER_MODIFIER", "DISTINCT_MODIFIER"),
    *("ORDER_DEFAULT", "ASCENDING", "DESCENDING"),
    *("EMPTY", "BASE_TABLE", "TABLE_FUNCTION", "SUBQUERY", "JOIN", "EXPRESSION_LIST", "SHOW_REF", "PIVOT"),
}
SHOWN = {"DESCRIBE", "SUMMARY"}
JUDGED = 256
"""Statements whose judgement is remembered: dashboards ask the same ones, and a judgement takes 1 to 3 ms."""


@lru_cache(JUDGED)
def refusal(sql: str) -> str | None:
    """Why an analyst may not run this; None if they may.

    >>> refusal("SELECT count(*) FROM interactions")
    >>> refusal("WITH x AS (SELECT 1) DELETE FROM interactions")
    'only SELECT statements are allowed, this is a DELETE'
    >>> refusal("FROM read_text('/etc/passwd')")
    'the table function read_text is not allowed'
    """
    try:
        tree = _parse(sql)
    except _Refused as refused:
        return str(refused)
    except duckdb.Error:
        return "it cannot be parsed"
    known = {name.lower() for name in _cte_names(tree)}
    return next(_refusals(tree, known), None)


@lru_cache(JUDGED)
def row_limit(sql: str) -> int | None:
    """The most rows that an allowed statement can return by its own words; None where they do not say."""
    node = _parse(sql)["statements"][0]["node"]
    limits = [m["limit"] for m in node.get("modifiers", ()) if m["type"] == "LIMIT_MODIFIER" and m.get("limit")]
    if limits and limits[0].get("class") == "CONSTANT" and isinstance(limits[0]["value"].get("value"), int):
        return int(limits[0]["value"]["value"])
    return 1 if _is_one_row(node) else None


class _Refused(Exception):
    pass


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"enable_external_access": "false", "threads": 1})


def _parser() -> duckdb.DuckDBPyConnection:
    """A connection for the caller alone: statements are judged in many threads at once, and two that share a
    connection take each other's rows."""
    return _database().cursor()


@cache
def _functions() -> frozenset[str]:
    """Names of the functions that only compute, of a DuckDB without anything of ours."""
    rows = (
        _parser()
        .execute(
            "SELECT DISTINCT lower(function_name), coalesce(has_side_effects, false) OR stability = 'VOLATILE' "
            "FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate', 'macro')"
        )
        .fetchall()
    )
    volatile = {name for name, is_volatile in rows if is_volatile} - VOLATILE
    return frozenset({name for name, _ in rows} - volatile - REFUSED_FUNCTIONS | {"unnest"})


def _parse(sql: str) -> dict[str, Any]:
    if "\0" in sql:
        raise _Refused("it holds a NUL character")
    parser = _parser()
    statements = parser.extract_statements(sql)
    if len(statements) != 1:
        raise _Refused(f"exactly one statement is allowed, these are {len(statements)}")
    kind = statements[0].type
    if kind != duckdb.StatementType.SELECT:
        raise _Refused(f"only SELECT statements are allowed, this is a {kind.name}")
    row = parser.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    tree = json.loads(row[0]) if row else {"error": True}
    if tree["error"]:
        raise _Refused("its form is not supported")
    return dict(tree)


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)


def _cte_names(tree: dict[str, Any]) -> Iterator[str]:
    for node in _walk(tree):
        for entry in (node.get("cte_map") or {}).get("map", ()):
            yield entry["key"]


def _refusals(tree: dict[str, Any], ctes: set[str]) -> Iterator[str]:
    table_functions = {id(n["function"]) for n in _walk(tree) if n.get("type") == "TABLE_FUNCTION"}
    for node in _walk(tree):
        kind = node.get("type")
        if isinstance(kind, str) and "class" not in node and kind not in NODES and not kind.endswith("_TYPE_INFO"):
            yield f"its part {kind} is not supported"
        if kind == "BASE_TABLE":
            yield from _table_refusals(node, ctes)
        if kind == "SHOW_REF" and (node.get("show_type") not in SHOWN or not node.get("query")):
            yield "of the SHOW family only DESCRIBE and SUMMARIZE are allowed"
        if "function_name" in node:
            yield from _function_refusals(str(node["function_name"]).lower(), id(node) in table_functions)


def _table_refusals(node: dict[str, Any], ctes: set[str]) -> Iterator[str]:
    catalog, schema = (str(node.get(f"{part}_name") or "").lower() for part in ("catalog", "schema"))
    name = str(node["table_name"]).lower()
    if schema == "information_schema" and name in CATALOG_RELATIONS:
        return
    own = catalog in CATALOGS and schema in {"", "main", *CATALOGS} and name in RELATIONS
    if not own and not (name in ctes and not catalog and not schema):
        yield f"there is no table {name!r} for analysts; there are: {', '.join(sorted(RELATIONS))}"


def _function_refusals(name: str, is_table_function: bool) -> Iterator[str]:
    if is_table_function and name not in TABLE_FUNCTIONS:
        yield f"the table function {name} is not allowed"
    if not is_table_function and name not in _functions():
        yield f"the function {name} is not allowed"


def _is_one_row(node: dict[str, Any]) -> bool:
    """An aggregate over everything: every selected column is one aggregate, and nothing is grouped."""
    if node["type"] != "SELECT_NODE" or node.get("group_expressions") or node.get("group_sets"):
        return False
    return all(item["class"] == "FUNCTION" and item["function_name"] in _aggregates() for item in node["select_list"])


@cache
def _aggregates() -> frozenset[str]:
    rows = (
        _parser()
        .execute("SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'")
        .fetchall()
    )
    return frozenset(name for (name,) in rows)
