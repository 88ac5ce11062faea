"""What the report is made of: read from the store, the registry and the queue of selections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from analytics.drift_store import Period, compared
from analytics.drift_store import read as read_period
from analytics.experiments.running import report as experiment_report
from analytics.failures_store import read as read_failing
from analytics.live import LiveStore
from analytics.page import Section
from analytics.registry import Manifest, Registry, registry_of
from analytics.report import sections
from analytics.retraining.judging import Evaluation
from analytics.retraining.pipeline import EVALUATION_FILE
from analytics.selection import queue
from consumers.drift.detector import DriftDetector
from consumers.drift.report import DriftReport
from consumers.failures.analyzer import FailurePatternAnalyzer
from headrace.privacy.catalogue import KINDS
from headrace.settings import Settings

WATCHED_DAYS = 7
REFERENCE_DAYS = 28
"""Before the watched days: four of each weekday."""

_REPLACED = r"""
    SELECT kind, count(*) AS n
    FROM (SELECT unnest(regexp_extract_all(concat_ws(' ', user_query, response),
                                           '\[([A-Z][A-Z_]+)(_[a-z0-9_]+)?\]', 1)) AS kind FROM interactions)
    GROUP BY 1
"""
"""Placeholders in the stored texts: the client's pass replaces most values before the sanitizer can count them."""
_DRAWN = """
    SELECT count(*) AS labelled, count(*) FILTER (said.value = i.agent_selected) AS answered_by_the_right_one
    FROM (SELECT DISTINCT interaction_id FROM selections WHERE kind = 'random') AS drawn
    JOIN (SELECT interaction_id, max_by(value, timestamp) AS value FROM labels WHERE name = 'agent' GROUP BY 1) AS said
      USING (interaction_id)
    JOIN interactions i USING (interaction_id)
"""
_REJECTED = "SELECT reason, path, count(*) AS n FROM rejected GROUP BY ALL ORDER BY n DESC"


def report_sections(settings: Settings, store: LiveStore) -> Iterator[Section]:
    """All sections, one after the other: each may take some seconds."""
    yield sections.traffic(store.rows("SELECT * FROM agent_days ORDER BY day"))
    yield sections.personal(_replaced(settings, store), store.rows(_REJECTED))
    (newest,) = store.rows("SELECT max(day) AS day FROM interactions")
    if newest["day"] is not None:
        first = newest["day"] - timedelta(days=WATCHED_DAYS - 1)
        yield sections.drift(list(_drift(settings, store, first)))
        events, feedback = read_failing(store, first, newest["day"], settings.store.query_rows)
        yield sections.failures(FailurePatternAnalyzer(settings).analyze_failures(events, feedback).clusters)
    (drawn,) = store.rows(_DRAWN)
    yield sections.selection(queue.cycles(settings), **drawn)
    yield sections.training(list(_versions(registry_of(settings))))
    if (stands := experiment_report(settings, store)) is not None:
        yield sections.experiment(stands.action, stands.reason)


def _replaced(settings: Settings, store: LiveStore) -> list[dict[str, Any]]:
    """Placeholders of our kinds and the operator's own; what else stands in brackets is somebody's text."""
    privacy = settings.continual_learning.privacy
    known = {*KINDS, *privacy.patterns, *privacy.deny}
    found = ({**row, "kind": row["kind"].lower()} for row in store.rows(_REPLACED))
    return [row for row in found if row["kind"] in known]


def _drift(settings: Settings, store: LiveStore, first: date) -> Iterator[tuple[str, DriftReport]]:
    """Each watched day against the four weeks before the first of them."""
    start = datetime.combine(first, datetime.min.time())
    detector = DriftDetector(settings.continual_learning.drift_detection)
    frozen = read_period(store, Period(start - timedelta(days=REFERENCE_DAYS), start))
    days = Period(start, start + timedelta(days=WATCHED_DAYS)).windows(timedelta(days=1))
    for day, found in compared(store, detector, days, frozen):
        yield str(day.first.date()), found


def _versions(registry: Registry) -> Iterator[tuple[Manifest, Evaluation]]:
    for manifest in registry.manifests():
        if EVALUATION_FILE in manifest.files:
            evaluation = msgspec.json.decode(registry.read(manifest.version, EVALUATION_FILE), type=Evaluation)
            yield manifest, evaluation
