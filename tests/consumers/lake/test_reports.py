"""What windows said is kept: reports, alerts and clusters become rows, counted by the ledger."""

from __future__ import annotations

from datetime import datetime

from consumers.failures.state import Cluster, Failing
from consumers.lake import ledger
from consumers.lake.batch import Batch, Records
from consumers.lake.store import Store
from consumers.windows.reports import Alert, ClusterReport, DriftReport, SignalReport, encode
from tests.consumers.lake.support import CLEAN_TOPIC, REJECTED_TOPIC, rows

REPORTS_TOPIC, CLUSTERS_TOPIC = (CLEAN_TOPIC.replace("clean", name) for name in ("reports", "clusters"))
NOON_US = 1_772_366_400_000_000
NOON = datetime(2026, 3, 1, 12)

REPORT = DriftReport(
    tenant="default",
    agent="billing",
    start_us=NOON_US,
    seconds=300,
    revision=2,
    interactions=100,
    failing=3,
    flags={"error": 3},
    signals=[SignalReport(name="latency_ms", p_value=0.001, adjusted_p_value=0.01, alarm=True)],
)
ALERT = Alert(
    alert_id="a1",
    kind="drift",
    severity="warning",
    tenant="default",
    agent="billing",
    start_us=NOON_US,
    subject="latency_ms",
    summary="latency_ms of billing drifted",
    runbook="docs/runbook.md#drift",
)
CLUSTER = ClusterReport(
    "default",
    "c1",
    NOON_US,
    1,
    Cluster(
        cluster_id="c1",
        first_seen=NOON,
        last_seen=NOON,
        size=7,
        agents={"billing": 7},
        exemplars=[Failing("i1", NOON, "billing", None, "never stored", [], b"")],
    ),
)


def test_reports_alerts_and_clusters_are_rows_that_the_ledger_counts(store: Store) -> None:
    for topic in (REPORTS_TOPIC, CLUSTERS_TOPIC):
        store.begin(topic, f"id of {topic}", 1)
    batch = Batch(CLEAN_TOPIC, REJECTED_TOPIC, (REPORTS_TOPIC, CLUSTERS_TOPIC))
    batch.add(Records(REPORTS_TOPIC, [0, 0], [0, 1], [encode(REPORT), encode(ALERT)]))
    batch.add(Records(CLUSTERS_TOPIC, [0], [0], [encode(CLUSTER)]))
    store.write(batch)
    assert rows(store, "SELECT timestamp, agent_selected, revision, rules->>'error' FROM drift_reports") == [
        (NOON, "billing", 2, "3")
    ]
    assert rows(store, "SELECT signals->0->>'name' FROM drift_reports") == [("latency_ms",)]
    assert rows(store, "SELECT alert_id, kind, subject FROM alerts") == [("a1", "drift", "latency_ms")]
    assert rows(store, "SELECT cluster_id, size, agents->>'billing', severity, examples FROM clusters") == [
        ("c1", 7, "7", 0.0, ["i1"])
    ]
    assert ledger.disagreements(store.connection) == []
