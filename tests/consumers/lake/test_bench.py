"""The lake's benchmarks measure what they say they do: every record stored, every view answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from consumers.lake import bench, bench_views
from consumers.lake.bench_store import fill
from consumers.lake.store import Store
from headrace.settings import Settings
from tests.consumers.lake.support import rows

pytestmark = pytest.mark.slow


def test_the_lakes_stores_stragglers_and_feedback(tmp_path: Path) -> None:
    figures = bench.measure(tmp_path, 1000, stragglers=0.1, feedback=0.2, preloaded=500, data=None)
    assert figures["rows"] == 1000


def test_the_views_are_asked_while_the_lake_writes(tmp_path: Path) -> None:
    figures = bench_views.measure(tmp_path, interactions=2000, rate=500, seconds=1)
    assert set(figures["views"]) == set(bench_views.STATEMENTS)
    assert figures["asked_each"] >= 1


def test_its_month_has_feedback_on_its_interactions(offline: Settings) -> None:
    with Store(offline) as store:
        fill(store.connection, 2000)
    with Store(offline) as store:
        ((interactions, rated),) = rows(store, "SELECT count(*), count(rated_at) FROM interactions_with_feedback")
        assert (interactions, rated) == (2000, rows(store, "SELECT count(*) FROM feedback")[0][0])
