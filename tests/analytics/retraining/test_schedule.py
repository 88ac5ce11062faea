"""When training starts by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from analytics.retraining.schedule import due
from headrace.settings import Retraining

NOW = datetime(2026, 3, 9, tzinfo=UTC)


def test_after_a_period_with_enough_samples() -> None:
    for schedule, days in (("daily", 1), ("weekly", 7), ("monthly", 30)):
        settings = Retraining(schedule=schedule)  # type: ignore[arg-type]
        assert due(settings, NOW - timedelta(days=days), 100, NOW).is_due
        assert not due(settings, NOW - timedelta(days=days, seconds=-1), 100, NOW).is_due
        assert not due(settings, NOW - timedelta(days=days), 99, NOW).is_due


def test_drift_does_not_wait_for_the_period() -> None:
    assert due(Retraining(), NOW - timedelta(hours=1), 100, NOW, drifted=True).is_due
    assert not due(Retraining(), NOW - timedelta(hours=1), 99, NOW, drifted=True).is_due


def test_a_schedule_of_drift_waits_for_it() -> None:
    settings = Retraining(schedule="drift")
    assert due(settings, None, 100, NOW).is_due
    assert not due(settings, NOW - timedelta(days=300), 1_000, NOW).is_due
    assert due(settings, NOW - timedelta(hours=1), 100, NOW, drifted=True).is_due


def test_the_reason_is_said() -> None:
    assert "min_new_samples" in due(Retraining(), None, 3, NOW).reason
    assert "2026-03-15" in due(Retraining(), NOW - timedelta(days=1), 500, NOW).reason
