"""What the report is made of: read from the store, the registry and the queue of selections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

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
from headrace.settings import Settings

WATCHED_DAYS = 7
REFERENCE_DAYS = 28
"""Before the watched days: four of each weekday."""

_FINDINGS = "SELECT findings, count(*) AS n FROM interactions WHERE findings IS NOT NULL GROUP BY 1"
_REJECTED = "SELECT reason, path, count(*) AS n FROM rejected GROUP BY ALL ORDER BY n DESC"


def report_sections(settings: Settings, store: LiveStore) -> Iterator[Section]:
    """All sections, one after the other: each may take some seconds."""
    yield sections.traffic(store.rows("SELECT * FROM agent_days ORDER BY day"))
    yield sections.personal(store.rows(_FINDINGS), store.rows(_REJECTED))
    (newest,) = store.rows("SELECT max(day) AS day FROM interactions")
    if newest["day"] is not None:
        first = newest["day"] - timedelta(days=WATCHED_DAYS - 1)
        yield sections.drift(list(_drift(settings, store, first)))
        events, feedback = read_failing(store, first, newest["day"], settings.store.query_rows)
        yield sections.failures(FailurePatternAnalyzer(settings).analyze_failures(events, feedback).clusters)
    yield sections.selection(queue.cycles(settings))
    yield sections.training(list(_versions(registry_of(settings))))
    if (stands := experiment_report(settings, store)) is not None:
        yield sections.experiment(stands.action, stands.reason)


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
