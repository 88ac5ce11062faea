"""`headrace drift` on files and on the store, for people, for programs and as a page."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from analytics.drift_command import app
from headrace.errors import ConfigError


def drift(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["drift", *arguments], env={"COLUMNS": "120"})


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    rng = np.random.default_rng(1)
    made = [
        pa.table({"latency_ms": factor * rng.lognormal(5, 0.5, rows), "model": rng.choice(["a", "b"], rows)})
        for factor, rows in ((1.0, 2_000), (1.5, 400))
    ]
    pq.write_table(made[0], tmp_path / "before.parquet")
    pyarrow.csv.write_csv(made[1], tmp_path / "after.csv")
    return str(tmp_path / "before.parquet"), str(tmp_path / "after.csv")


def test_two_files_are_compared_without_a_store(files: tuple[str, str]) -> None:
    shown = drift("compare", *files)
    assert shown.exit_code == 0
    assert "latency_ms" in shown.stdout
    assert "yes" in shown.stdout


def test_what_alarms_is_shown_with_examples(tmp_path: Path) -> None:
    places = [str(tmp_path / name) for name in ("before.jsonl", "after.jsonl")]
    for seed, place in enumerate(places):
        _write_events(Path(place), slower=1.0 + seed)
    shown = drift("compare", *places).stdout
    assert "latency_ms, for example: slow-" in shown
    assert "2,000" not in shown
    report = json.loads(drift("compare", *places, "--json").stdout)
    assert (report["rows"], report["reference"]["first"][:10]) == (400, "2026-03-01")
    assert not {"type", "score", "score given"} & {signal["name"] for signal in report["signals"]}


def _write_events(place: Path, slower: float) -> None:
    """Interactions as clients and the simulator write them, a minute apart, and feedback on half of them."""
    rng, moment = np.random.default_rng(1), datetime(2026, 3, 1, tzinfo=UTC)
    with place.open("w") as lines:
        for row, latency_ms in enumerate(slower * rng.lognormal(5, 0.3, 400)):
            at = (moment + timedelta(minutes=row)).isoformat()
            event = {"type": "interaction.v1", "interaction_id": f"slow-{row}", "timestamp": at}
            lines.write(json.dumps({**event, "latency_ms": latency_ms}) + "\n")
            if row % 2:
                feedback = {"type": "feedback.v1", "interaction_id": f"slow-{row}", "timestamp": at}
                lines.write(json.dumps({**feedback, "score": float(row % 5)}) + "\n")


def test_programs_get_the_report(files: tuple[str, str]) -> None:
    report = json.loads(drift("compare", *files, "--json").stdout)
    assert [signal["name"] for signal in report["signals"] if signal["alarm"]] == ["latency_ms"]
    assert report["reference"]["rows"] == 2_000


def test_a_page_holds_everything_it_needs(files: tuple[str, str], tmp_path: Path) -> None:
    drift("compare", *files, "--page", str(tmp_path / "drift.html"))
    page = (tmp_path / "drift.html").read_text()
    assert page.count("<svg") == 2
    assert "<script" not in page
    assert "latency_ms" in page


@pytest.mark.usefixtures("stored")
def test_windows_of_the_store_are_compared_with_a_period() -> None:
    shown = drift("report", "--reference", "2000-01-01..2100-01-01", "--period", "2000-01-01..2099-12-31",
                  "--hours", "876000", "--json")  # fmt: skip
    assert shown.exit_code == 0, shown.exception
    report = json.loads(shown.stdout.splitlines()[0])
    assert not any(signal["alarm"] for signal in report["signals"])


@pytest.mark.usefixtures("stored")
def test_two_periods_of_the_store_are_compared() -> None:
    report = json.loads(drift("compare", "2000-01-01..2100-01-01", "2000-01-01..2100-01-01", "--json").stdout)
    assert report["rows"] == report["reference"]["rows"] > 0


def test_what_is_neither_file_nor_period_is_said() -> None:
    assert isinstance(drift("compare", "january", "2026-01-01..2026-01-02").exception, ConfigError)
