"""Digester and windows as processes: whoever is killed when, the last reports are those of one undisturbed reading."""

from __future__ import annotations

import re
import time
from pathlib import Path

import msgspec
import pytest
from confluent_kafka import Producer

import consumers
from consumers.digester.partition import PartitionDigester
from consumers.digests.messages import Source
from consumers.windows.closing import Horizon, closings
from consumers.windows.reports import DriftReport, decode
from consumers.windows.state import DictTable, State
from headrace import codec, kafka
from headrace.embedding import embedder
from headrace.events import AnyEvent, Clean
from headrace.settings import Digester, Settings, Windows
from headrace.topics import BY_NAME, CLEAN, REPORTS
from tests.conftest import write_settings
from tests.support.digests import batch, events
from tests.support.processes import Service
from tests.support.records import read_all
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.broker, pytest.mark.fault, pytest.mark.timeout(300)]

EVENTS = 3_000
STEP_S = 1.0


@pytest.fixture
def own(settings: Settings) -> Settings:
    """Windows of five minutes over fifty minutes of event time, in a log that is there at the start."""
    changed = msgspec.structs.replace(
        settings,
        digester=Digester(publish_seconds=0.2),
        windows=Windows(web_port=0, seconds=300, lateness_seconds=0.0, reference_windows=3),
    )
    fill_clean(changed, events(EVENTS, seed=5, step_s=STEP_S))
    return changed


def fill_clean(settings: Settings, happened: list[AnyEvent]) -> None:
    """Clean records, by session as the sanitizer keys them."""
    producer = Producer(kafka.producer(settings.kafka))
    for event in happened:
        clean = Clean(
            event=event, sanitizer="s", policy="p", raw_partition=0, raw_offset=0, appended_at=event.timestamp
        )
        key = str(getattr(event, "session_id", None) or getattr(event, "interaction_id", ""))
        producer.produce(settings.kafka.topic(CLEAN), codec.encode(clean), key.encode())
    assert producer.flush(30) == 0


def recomputed(settings: Settings) -> dict[tuple[str, int], DriftReport]:
    """The last revision of each report, by one reading of the log in this process."""
    state = State(DictTable(), 0)
    embed = embedder("static")
    log = read_all(settings, CLEAN)
    for number in range(BY_NAME[CLEAN].partitions):
        own = [record for record in log if record.partition == number]
        source = Source("topic", number, settings.windows.seconds * 1_000_000)
        rules = settings.continual_learning.failure_analysis
        digester = PartitionDigester(source, 0, rules, embed)
        digester.take(batch([r.offset for r in own], [r.value for r in own]))
        for part in digester.parts():
            state.take(part)
        state.note(digester.progress(time.time_ns() // 1000, idle=True, partitions=BY_NAME[CLEAN].partitions))
    found: dict[tuple[str, int], DriftReport] = {}
    for closing in closings(state, Horizon(settings), settings):
        found |= {(report.agent, report.start_us): report for report in closing.reports}
    return {place: comparable(report) for place, report in found.items()}


def comparable(report: DriftReport) -> DriftReport:
    """Without what tells how it came about."""
    return msgspec.structs.replace(report, revision=0, late=0)


def published(settings: Settings) -> dict[tuple[str, int], DriftReport]:
    """The last revision of each report on the topic."""
    found: dict[tuple[str, int], DriftReport] = {}
    for record in read_all(settings, REPORTS):
        report = decode(record.value)
        if isinstance(report, DriftReport):
            known = found.get((report.agent, report.start_us))
            if known is None or report.revision >= known.revision:
                found[report.agent, report.start_us] = report
    return {place: comparable(report) for place, report in found.items()}


def await_reports(settings: Settings) -> None:
    """Waits for the last reports to be those of the recomputation."""
    expected = recomputed(settings)
    assert len({start for _, start in expected}) >= 10
    assert any(signal.p_value < 1 for report in expected.values() for signal in report.signals)
    wait_for(lambda: published(settings) == expected, "the reports of one reading", 90)


def test_the_reports_are_those_of_one_reading(own: Settings, tmp_path: Path) -> None:
    file = write_settings(own, tmp_path / "own.yaml")
    with Service("digester", file) as digester, Service("windows", file) as windows:
        await_reports(own)
        assert digester.terminate() == 0
        assert windows.terminate() == 0


def test_a_digester_killed_at_every_step_changes_no_report(own: Settings, tmp_path: Path) -> None:
    file = write_settings(own, tmp_path / "own.yaml")
    for step in ("1_before_parts@2", "2_after_parts@3", "3_after_progress@2", "4_after_commit@2"):
        with Service("digester", file, fault=f"digester.{step}:kill") as digester:
            assert digester.wait() == -9
    with Service("digester", file), Service("windows", file):
        await_reports(own)


@pytest.mark.parametrize(
    "step", ["1_before_batch@3", "2_after_take@2", "3_after_changelog@2", "4_before_ack@1", "5_after_reports@4"]
)
def test_windows_killed_at_a_step_change_no_report(own: Settings, tmp_path: Path, step: str) -> None:
    file = write_settings(own, tmp_path / "own.yaml")
    with Service("digester", file), Service("windows", file, fault=f"windows.{step}:kill") as windows:
        assert windows.wait() == -9
        windows.restart_without_fault()
        await_reports(own)


def test_every_step_of_both_loops_has_a_case() -> None:
    """The failpoints in the code are those that are killed at."""
    tested = Path(__file__).read_text()
    for module in ("digester/service.py", "windows/worker.py"):
        code = (Path(consumers.__file__).parent / module).read_text()
        for step in re.findall(r'failpoint\("\w+\.(\w+)"\)', code):
            assert f'"{step}@' in tested
