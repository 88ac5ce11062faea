"""What an analyst may ask: every way round that we could think of is refused, and honest work is not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from consumers.lake import authorize
from consumers.lake.authorize import refusal, row_limit

WAYS_ROUND = [
    "DELETE FROM interactions",
    "WITH x AS (SELECT 1) DELETE FROM interactions",
    "WITH x AS (SELECT 1) INSERT INTO interactions FROM interactions",
    "SELECT 1; DELETE FROM interactions",
    "SELECT 1; SELECT 2",
    "/* SELECT */ UPDATE ledger SET next_offset = 0",
    "-- SELECT 1\nDROP TABLE interactions",
    "EXPLAIN ANALYZE DELETE FROM interactions",
    "EXPLAIN SELECT 1",
    "COPY interactions TO '/tmp/stolen.csv'",
    "COPY (SELECT 1) TO '/tmp/stolen.parquet'",
    "EXPORT DATABASE '/tmp/stolen'",
    "IMPORT DATABASE '/tmp/stolen'",
    "ATTACH '/tmp/other.duckdb' AS other",
    "DETACH headrace",
    "USE headrace",
    "PRAGMA database_list",
    "PRAGMA disable_verification",
    "SET memory_limit = '1GB'",
    "SET GLOBAL quack_authorization_function = 'quack_nop_authorization'",
    "RESET GLOBAL quack_authorization_function",
    "CALL quack_stop('quack:127.0.0.1:9494')",
    "CALL pragma_version()",
    "INSTALL httpfs",
    "LOAD httpfs",
    "CREATE TABLE copy_of AS FROM interactions",
    "CREATE MACRO f(a) AS a",
    "CREATE OR REPLACE VIEW agent_days AS SELECT 1",
    "PREPARE p AS DELETE FROM interactions",
    "EXECUTE p",
    "BEGIN TRANSACTION",
    "CHECKPOINT",
    "VACUUM",
    "TRUNCATE interactions",
    "MERGE INTO interactions USING feedback ON false WHEN MATCHED THEN DELETE",
    "FROM read_text('/etc/passwd')",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT * FROM interactions WHERE EXISTS (FROM read_blob('/etc/passwd'))",
    "WITH f AS (FROM read_csv('/etc/passwd')) FROM f",
    "FROM interactions, LATERAL (FROM glob('/etc/*'))",
    "SELECT 1 UNION ALL SELECT count(*) FROM parquet_scan('/tmp/x.parquet')",
    "SELECT * FROM interactions ORDER BY (SELECT count(*) FROM glob('*'))",
    "FROM '/etc/passwd'",
    'FROM "/etc/passwd"',
    "FROM 'https://example.org/x.csv'",
    "FROM query('DELETE FROM interactions')",
    "FROM query_table('interactions')",
    "FROM quack_query('quack:127.0.0.1:9494', 'DELETE FROM interactions')",
    "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "FROM sniff_csv('/etc/passwd')",
    "FROM duckdb_secrets()",
    "FROM duckdb_settings()",
    "FROM duckdb_logs()",
    "FROM pragma_storage_info('interactions')",
    "FROM quack_active_connections()",
    "SELECT getenv('HEADRACE_ID_KEY')",
    "SELECT GETENV('HEADRACE_ID_KEY')",
    "SELECT 'HEADRACE_ID_KEY'.getenv()",
    "SELECT \"getenv\"('HEADRACE_ID_KEY')",
    "SELECT list_transform(['HEADRACE_ID_KEY'], lambda name: getenv(name))",
    "SELECT count(*) FILTER (getenv('A') = 'x') FROM interactions",
    "SELECT sum(1) OVER (PARTITION BY getenv('A')) FROM interactions",
    "SELECT current_setting('quack_authorization_function')",
    "SELECT nextval('s')",
    "SELECT write_log('x')",
    "SELECT pg_sleep(1000)",
    "SELECT sleep_ms(100000)",
    "SELECT headrace_may_run('a', 'b')",
    "SHOW TABLES",
    "SHOW DATABASES",
    "DESCRIBE '/etc/passwd'",
    "SUMMARIZE FROM read_text('/etc/passwd')",
    "FROM sqlite_master",
    "FROM system.main.duckdb_secrets",
    "FROM other.main.interactions",
    "PIVOT interactions ON agent_selected USING count(*)",
    "SELECT * FROM (PIVOT (FROM read_text('/etc/passwd')) ON filename USING count(*))",
    "\ufeffDELETE FROM interactions",
    "ＤＥＬＥＴＥ FROM interactions",
    "SELECT 1\u037e DELETE FROM interactions",
    "SELECT 1;\x00DELETE FROM interactions",
    "",
    ";",
]

HONEST = [
    "SELECT count(*) FROM interactions",
    "FROM agent_days ORDER BY day DESC LIMIT 10;",
    "SELECT * FROM headrace.main.interactions LIMIT 1 -- of them",
    "WITH slow AS (FROM interactions WHERE latency_ms > 1000) SELECT agent_selected, count(*) FROM slow GROUP BY ALL",
    "SELECT agent_selected, quantile_cont(latency_ms, 0.95) FROM interactions GROUP BY 1 HAVING count(*) > 10",
    "SELECT *, row_number() OVER (PARTITION BY session_id ORDER BY timestamp) FROM interactions QUALIFY true",
    "SELECT metadata ->> '$.intent', list_contains(tags, 'web') FROM interactions WHERE user_query ILIKE '%refund%'",
    "SELECT day, CASE WHEN rating < 3 THEN 'bad' END FROM interactions_with_feedback UNION ALL SELECT NULL, 'x'",
    "FROM (FROM interactions SELECT agent_selected, day) PIVOT (count(*) FOR agent_selected IN ('a', 'b'))",
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) FROM n",
    "SELECT strftime(date_trunc('hour', timestamp), '%H'), avg(cost_usd)::DECIMAL(9, 4) FROM interactions GROUP BY 1",
    "SELECT unnest([1, 2]), {'a': 1}.a, [x + 1 FOR x IN [1, 2]]",
    "DESCRIBE interactions",
    "SUMMARIZE feedback",
    "FROM interactions USING SAMPLE 1%",
    "SELECT random(), uuid()",
]


@pytest.mark.parametrize("statement", WAYS_ROUND)
def test_ways_round_are_refused(statement: str) -> None:
    assert refusal(statement)


@pytest.mark.parametrize("statement", HONEST)
def test_honest_work_is_allowed(statement: str) -> None:
    assert refusal(statement) is None


def test_a_name_of_a_cte_is_no_way_to_other_tables() -> None:
    assert refusal("WITH sqlite_master AS (SELECT 1) FROM system.main.sqlite_master")
    assert refusal("WITH mine AS (SELECT 1) FROM mine") is None


@pytest.mark.parametrize(
    ("statement", "limit"),
    [
        ("FROM interactions LIMIT 7", 7),
        ("SELECT count(*), max(latency_ms) FROM interactions", 1),
        ("FROM interactions", None),
        ("SELECT count(*) OVER () FROM interactions", None),
        ("SELECT count(*) FROM interactions GROUP BY day", None),
        ("SELECT count(*), unnest(range(9)) FROM interactions", None),
        ("FROM (FROM interactions LIMIT 7), range(9)", None),
        ("FROM interactions LIMIT (SELECT 7)", None),
        ("FROM interactions LIMIT 5%", None),
    ],
)
def test_the_most_rows_a_statement_can_return_by_its_own_words(statement: str, limit: int | None) -> None:
    assert row_limit(statement) == limit


def test_statements_that_come_at_once_at_the_start_are_judged_alike() -> None:
    threads = 16
    with ThreadPoolExecutor(threads) as pool:
        for round_ in range(8):
            for known in (authorize._functions, authorize._aggregates):
                known.cache_clear()
            statements = [f"SELECT count(*), {round_} - {number} FROM interactions" for number in range(threads)]
            assert set(pool.map(refusal, statements)) == {None}
            assert set(pool.map(row_limit, statements)) == {None}
