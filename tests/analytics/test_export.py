"""`headrace export`: everything once, in files that appear when they are complete."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from analytics.query_command import app
from headrace.errors import ConfigError
from headrace.settings import Settings
from tests.analytics.conftest import INTERACTIONS
from tests.consumers.lake.support import NOON


def export(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["export", *arguments], catch_exceptions=False)


@pytest.fixture(params=["stored", "live"], autouse=True)
def either(request: pytest.FixtureRequest) -> Settings:
    settings: Settings = request.getfixturevalue(request.param)
    return settings


def test_more_rows_than_one_statement_may_return_become_one_parquet_file(tmp_path: Path) -> None:
    said = export("--to", str(tmp_path / "all.parquet"))
    assert f"{INTERACTIONS} rows of interactions" in said.stdout
    table = pq.read_table(tmp_path / "all.parquet")
    assert sorted(table.column("seq").to_pylist()) == list(range(1, INTERACTIONS + 1))
    assert table.schema.field("day").type == "date32[day]"


def test_gzipped_json_lines(tmp_path: Path) -> None:
    export("--to", str(tmp_path / "all.json.gz"))
    with gzip.open(tmp_path / "all.json.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    assert sorted(row["metadata"] for row in rows) == sorted(f'{{"n":{n}}}' for n in range(INTERACTIONS))
    assert rows[0]["tags"] == ["a"]


def test_a_folder_gets_a_file_for_each_day(tmp_path: Path) -> None:
    export("--to", str(tmp_path / "days"))
    path = tmp_path / "days" / f"day={NOON.date()}" / "interactions.parquet"
    assert duckdb.connect().execute(f"SELECT count(*) FROM '{path}'").fetchone() == (INTERACTIONS,)


def test_days_are_chosen_by_their_bounds(tmp_path: Path) -> None:
    assert "0 rows" in export("--to", str(tmp_path / "later.parquet"), "--from", "2026-03-02").stdout
    day = str(NOON.date())
    within = export("--to", str(tmp_path / "within.parquet"), "--from", day, "--to-day", day).stdout
    assert f"{INTERACTIONS} rows" in within


def test_other_tables(tmp_path: Path) -> None:
    assert "2 rows of feedback" in export("--to", str(tmp_path / "f.parquet"), "--table", "feedback").stdout
    assert "1 rows of rejected" in export("--to", str(tmp_path / "r.parquet"), "--table", "rejected").stdout


def test_a_table_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no table 'nope' to export; there are: interactions"):
        export("--to", str(tmp_path / "x.parquet"), "--table", "nope")
    assert not (tmp_path / "x.parquet").exists()
