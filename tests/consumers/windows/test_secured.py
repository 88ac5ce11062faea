"""Digester and windows on a cluster with SASL/SCRAM and an authorizer, as the role `service` with its ACLs alone."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from consumers.windows.reports import DriftReport, decode
from headrace.settings import Digester, Settings, Windows
from headrace.topics import REPORTS, WINDOWS_STATE
from tests.conftest import write_settings
from tests.faults.test_windows import fill_clean
from tests.headrace.test_acls import acting_as, may_read
from tests.headrace.test_acls import cluster as cluster
from tests.headrace.test_acls import secured as secured
from tests.support.digests import events
from tests.support.processes import Service
from tests.support.records import read_all
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.broker, pytest.mark.fault, pytest.mark.timeout(300)]


def reports(settings: Settings) -> list[DriftReport]:
    said = [decode(record.value) for record in read_all(settings, REPORTS)]
    return [report for report in said if isinstance(report, DriftReport)]


def test_windows_report_with_what_the_role_may_do(cluster: Settings, tmp_path: Path) -> None:
    windows = Windows(web_port=0, seconds=300, lateness_seconds=0.0, reference_windows=3)
    own = msgspec.structs.replace(cluster, digester=Digester(publish_seconds=0.2), windows=windows)
    fill_clean(acting_as("sanitizer", own, tmp_path), events(600, seed=5, step_s=3.0))
    file = write_settings(acting_as("service", own, tmp_path), tmp_path / "service.yaml")
    with Service("digester", file) as digester, Service("windows", file) as service:
        found = wait_for(lambda: reports(own) if len(reports(own)) > 10 else [], "reports", 90)
        assert {report.agent for report in found} == {"*", "billing", "returns"}
        assert service.terminate() == 0, service.tail()
        assert digester.terminate() == 0, digester.tail()
    assert not may_read(acting_as("analyst", own, tmp_path), WINDOWS_STATE, "tail")
