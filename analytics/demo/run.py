"""`headrace demo`: the whole pipeline at work, from a broker of its own to the audit, in one folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from analytics import live
from analytics.audit.query import connect, connect_patiently
from analytics.audit.report import Report
from analytics.audit.rows import Query
from analytics.audit.run import audit
from analytics.demo.learning import learn
from analytics.demo.report import Findings, personal, raw_bytes, rejected, timed_example
from analytics.demo.setting import Setting
from analytics.demo.traffic import Publisher, freshness_s, publish_bad_input
from analytics.demo.truth import read_truth
from analytics.demo.watch import watch
from analytics.demo.watched import watched
from analytics.page import document
from analytics.report.gather import report_sections

FOLDER = Path(".headrace/demo")
LEAST_TO_LEARN = 20_000
"""Made-up interactions: fewer hold too few corrections and ratings for a gate that has to see a drop of 2 %."""


def demo(console: Console, data: Path | None, interactions: int, rate: float, keep: bool) -> tuple[Findings, Report]:
    """Runs the demo; what it found, and its audit. Raises HeadraceError where a part of it fails."""
    setting = Setting(FOLDER)
    try:
        with console.status("starting Kafka"):
            setting.prepare()
        console.print(f"Kafka answers at {setting.settings.kafka.bootstrap_servers}; everything is in {setting.folder}")
        with setting.services():
            found, report = _run(setting, console, data, interactions, rate)
        found.stored_bytes = sum(file.stat().st_size for file in setting.settings.storage.glob("*.duckdb*"))
        return found, report
    finally:
        setting.clean_up(keep)


def write_report(setting: Setting) -> Path:
    """The page with all plots."""
    page = setting.folder / "report.html"
    with live.connect(setting.settings) as store:
        page.write_text(document("Headrace", "The demo.", report_sections(setting.settings, store)))
    return page


def _run(
    setting: Setting, console: Console, data: Path | None, interactions: int, rate: float
) -> tuple[Findings, Report]:
    publish_bad_input(setting.settings)
    with _publishing(Publisher(setting.folder, data, interactions, rate)) as publisher:
        watch(setting, connect(setting.settings), publisher, console)
        query = connect_patiently(setting.settings)
        with console.status("asking the store"):
            found = _findings(setting, query, publisher)
        if data is None and interactions >= LEAST_TO_LEARN:
            with console.status("waiting for the last windows to close"):
                found.watched = watched(setting.settings, query, read_truth(publisher.truth)[0])
            with console.status("learning: select, label, retrain, compare, roll back"):
                found.learnt = learn(setting.settings, publisher.truth)
            with console.status("writing the report"):
                found.page = str(write_report(setting))
    with console.status("auditing"):
        return found, audit(setting.settings, query)


@contextmanager
def _publishing(publisher: Publisher) -> Iterator[Publisher]:
    try:
        yield publisher
    finally:
        publisher.stop()


def _findings(setting: Setting, query: Query, publisher: Publisher) -> Findings:
    example, example_s = timed_example(query)
    return Findings(
        published=publisher.account(),
        personal=personal(query),
        planted=publisher.planted(),
        rejected=rejected(query),
        interactions=query("SELECT count(*) FROM interactions")[0][0],
        raw_bytes=raw_bytes(setting.settings),
        example=example,
        example_s=example_s,
        freshness_s=freshness_s(setting.settings, query),
    )
