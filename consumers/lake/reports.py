"""What windows said, as rows: reports, alerts and clusters, each record one row of its table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from consumers.failures.advice import severity
from consumers.lake.columns import arrow_table
from consumers.lake.records import Records
from consumers.lake.tables import ALERTS, CLUSTERS, DRIFT_REPORTS, Table
from consumers.windows.reports import Alert, ClusterReport, DriftReport
from headrace.codec import Decoder

Report = DriftReport | Alert | ClusterReport

decode_report: Decoder[Report] = Decoder(Report)

_TABLE_OF: dict[type, Table] = {DriftReport: DRIFT_REPORTS, Alert: ALERTS, ClusterReport: CLUSTERS}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def report_tables(reports: list[Report], records: Records) -> Iterator[tuple[Table, pa.Table]]:
    """The rows of each kind of report, in order; `records` tells where each one stands."""
    for kind, table in _TABLE_OF.items():
        own = [place for place, report in enumerate(reports) if type(report) is kind]
        if own:
            rows = [_row(reports[place], table, records, place) for place in own]
            yield (
                table,
                arrow_table(table, {name: [row[name] for row in rows] for name in table.names if name != "day"}),
            )


def _row(report: Report, table: Table, records: Records, place: int) -> dict[str, Any]:
    said = _of_cluster(report) if isinstance(report, ClusterReport) else _of_report(report)
    return {
        "timestamp": _EPOCH + timedelta(microseconds=report.start_us),
        "tenant": report.tenant,
        **said,
        f"{table.origin}_partition": records.partitions[place],
        f"{table.origin}_offset": records.offsets[place],
    }


def _of_report(report: DriftReport | Alert) -> dict[str, Any]:
    fields = {name: getattr(report, name) for name in report.__struct_fields__}
    return {**fields, "agent_selected": report.agent, "rules": fields.get("flags")}


def _of_cluster(report: ClusterReport) -> dict[str, Any]:
    fields = {name: getattr(report.cluster, name) for name in report.cluster.__struct_fields__}
    return {
        **fields,
        "rules": report.cluster.flags,
        "revision": report.revision,
        "severity": severity(report.cluster),
        "examples": [member.interaction_id for member in report.cluster.exemplars],
    }
