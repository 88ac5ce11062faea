"""The schedule: at its hour, one at a time, and never ended by a job that fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from analytics.jobs.service import do, schedule
from analytics.jobs.table import JOBS, Job, retrain
from headrace.errors import ConfigError
from headrace.settings import CONFIG_VARIABLE, Settings
from tests.analytics.retraining.support import settings_in, store, turn

TIMEOUT_S = 60.0


def test_each_job_has_its_hour(tmp_path: Path) -> None:
    scheduler = schedule(settings_in(tmp_path))
    after = datetime(2026, 3, 2, 12, tzinfo=UTC)
    hours = {job.id: job.trigger.get_next_fire_time(None, after) for job in scheduler.get_jobs()}
    assert set(hours) == {job.name for job in JOBS}
    assert hours["retrain"] == datetime(2026, 3, 3, 2, tzinfo=UTC)
    assert hours["select"] - after <= timedelta(days=7)


def test_a_run_that_was_cut_off_goes_on_at_once(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (settings.storage / "runs").mkdir(parents=True)
    (settings.storage / "runs" / "unfinished.json").write_text("{}")
    due = next(job for job in schedule(settings).get_jobs() if job.id == "retrain")
    assert due.next_run_time <= datetime.now(UTC)


def test_a_job_that_fails_is_told_without_the_words_of_a_stranger(tmp_path: Path) -> None:
    def quoting(_: Settings) -> str:
        raise ValueError("ada@example.org")

    def ours(_: Settings) -> str:
        raise ConfigError("no store yet")

    with capture_logs() as logs:
        for run in (quoting, ours, lambda _: "done"):
            do(Job("job", "0 0 * * *", run), settings_in(tmp_path))
    assert [entry.get("error", entry.get("outcome")) for entry in logs] == ["ValueError", "no store yet", "done"]


def test_retraining_says_when_it_is_not_due(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, min_new_samples=100)
    store(settings, map(turn, range(20)))
    assert "100 are needed" in retrain(settings)


@pytest.mark.broker
def test_the_service_ends_when_asked(settings: Settings, settings_file: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "headrace.cli", "run", "jobs"], env=os.environ | {CONFIG_VARIABLE: str(settings_file)}
    )
    heartbeat = settings.storage / "state" / "jobs.heartbeat"
    deadline = time.monotonic() + TIMEOUT_S
    while not heartbeat.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(TIMEOUT_S) == 0
