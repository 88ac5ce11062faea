"""`headrace sql`: live and from the file, for people and for programs."""

from __future__ import annotations

import csv
import io
import json
from threading import Timer

import duckdb
import pytest
from typer.testing import CliRunner, Result

from analytics.live import LakeSilent, StatementFailed, StatementRefused, connect
from analytics.query_command import app
from consumers.lake.access import database_path, token_path
from headrace.errors import ConfigError, StoreLocked
from headrace.settings import Settings

COUNT = "SELECT agent_selected, count(*) AS n FROM interactions GROUP BY 1 ORDER BY 1"


def sql(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sql", *arguments], env={"COLUMNS": "120"})


@pytest.fixture(params=["stored", "live"])
def either(request: pytest.FixtureRequest) -> Settings:
    settings: Settings = request.getfixturevalue(request.param)
    return settings


@pytest.mark.usefixtures("either")
def test_a_table_for_people() -> None:
    shown = sql(COUNT)
    assert shown.exit_code == 0
    assert "agent-0" in shown.stdout
    assert "17" in shown.stdout


@pytest.mark.usefixtures("either")
def test_json_lines_for_programs() -> None:
    lines = [json.loads(line) for line in sql(COUNT, "--json").stdout.splitlines()]
    assert lines[0] == {"agent_selected": "agent-0", "n": 17}
    row = json.loads(sql("FROM interactions LIMIT 1", "--json").stdout)
    assert row["interaction_id"].startswith("019")
    assert row["tags"] == ["a"]


@pytest.mark.usefixtures("either")
def test_csv_with_a_header() -> None:
    rows = list(csv.reader(io.StringIO(sql(COUNT, "--csv").stdout)))
    assert rows[:2] == [["agent_selected", "n"], ["agent-0", "17"]]


def test_what_is_not_one_select_is_refused_with_the_reason(either: Settings) -> None:
    with connect(either) as store, pytest.raises(StatementRefused, match="only SELECT statements are allowed"):
        store.query("DELETE FROM interactions")


def test_duckdb_tells_what_is_wrong_with_a_statement(either: Settings) -> None:
    with connect(either) as store, pytest.raises(StatementFailed, match='"nope" not found'):
        store.query("SELECT nope FROM interactions").read_all()


def test_the_running_lake_is_asked_first(live: Settings) -> None:
    with connect(live) as store:
        assert store.place == "lake"


def test_the_file_is_given_back_after_a_statement(stored: Settings) -> None:
    with connect(stored) as store:
        assert store.place == "file"
    duckdb.connect(str(database_path(stored))).close()


def test_a_lake_that_is_asked_for_and_silent_is_named(stored: Settings) -> None:
    with pytest.raises(LakeSilent, match="headrace run lake"):
        connect(stored, "lake")


def test_a_held_file_and_no_answer_is_told(live: Settings) -> None:
    token_path(live).unlink()
    with pytest.raises(StoreLocked, match="held by another process"):
        connect(live)


def test_a_lake_that_is_starting_is_waited_for(stored: Settings) -> None:
    token_path(stored).parent.mkdir(exist_ok=True)
    token_path(stored).touch()
    lake = duckdb.connect(str(database_path(stored)))
    Timer(0.5, lake.close).start()
    with connect(stored) as store:
        assert store.place == "file"


def test_a_store_that_is_not_there_is_told(stored: Settings) -> None:
    database_path(stored).unlink()
    with pytest.raises(ConfigError, match="there is no store yet"):
        connect(stored)
