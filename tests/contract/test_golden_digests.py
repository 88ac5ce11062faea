"""The bytes of digests and reports: what was written once is read for ever, and merges with what is written later."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from consumers.digests import messages
from consumers.digests.buckets import codes_of, values_of
from consumers.digests.examples import Example
from consumers.digests.messages import Key, Part, Progress, Source
from consumers.digests.summary import Numeric, Summary
from consumers.drift.report import Culprit
from consumers.failures.finding import Finding
from consumers.failures.state import Cluster
from consumers.windows import reports
from consumers.windows.reports import Alert, ClusterReport, DriftReport, SignalReport

FILE = Path(__file__).with_name("golden_digests.json")
GOLDEN: dict[str, str] = json.loads(FILE.read_text())
START_US = 1_772_366_400_000_000
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source("topic-id", 3, 300_000_000)
EXAMPLE = Example(
    id="019ca8d0-6800-7000-8000-000000000001",
    at_us=START_US + 1,
    agent="billing",
    version="2",
    variant="b",
    query="Where is my invoice?",
    vector=bytes([1, 255, 127]),
    model="m",
    error="Timeout",
    latency_ms=250.0,
    findings=(Finding("error", "019ca8d0-6800-7000-8000-000000000001", detail="Timeout"),),
)
SUMMARY = Summary(
    2,
    {"latency_ms": Numeric.of(codes_of([100.0, 250.0]), np.array([1, 1]), 35_000, 2**70)},
    {"rated": {"no": 1, "yes": 1}, "failure": {"any": 1, "error": 1}},
)
EXAMPLES: dict[str, Any] = {
    "digest.v1": Part(
        source=SOURCE,
        chunk=7,
        end_offset=60_000,
        key=Key("default", START_US, "billing", "2", "b"),
        summary=SUMMARY,
        sample=(EXAMPLE,),
        failures=(EXAMPLE,),
        slow=(EXAMPLE,),
    ),
    "progress.v1": Progress(
        source=SOURCE, end_offset=60_000, event_time_us=START_US, idle=True, at_us=START_US + 5, partitions=6
    ),
    "drift_report.v1": DriftReport(
        tenant="default",
        agent="billing",
        start_us=START_US,
        seconds=300,
        revision=2,
        interactions=100,
        late=1,
        failing=3,
        flags={"error": 3},
        reference="from 2026-03-01T11:00:00Z",
        signals=[
            SignalReport(
                name="latency_ms",
                p_value=0.001,
                adjusted_p_value=0.01,
                alarm=True,
                distance=0.2,
                before=100.0,
                after=150.0,
                culprits=[
                    Culprit(
                        what="agent_version", name="2", reference_share=0.0, current_share=1.0, z=4.0, p_value=0.0001
                    )
                ],
                examples=["019ca8d0-6800-7000-8000-000000000001"],
            )
        ],
    ),
    "alert.v1": Alert(
        alert_id="a1",
        kind="drift",
        severity="warning",
        tenant="default",
        agent="billing",
        start_us=START_US,
        subject="latency_ms",
        summary="latency_ms of billing drifted: 100 to 150, in version 2",
        runbook="docs/runbook.md#drift",
    ),
    "cluster.v1": ClusterReport(
        "default", "c1", START_US, 1, Cluster(cluster_id="c1", first_seen=NOON, last_seen=NOON, size=7)
    ),
}
CODECS: dict[str, Any] = dict.fromkeys(EXAMPLES, reports) | dict.fromkeys(("digest.v1", "progress.v1"), messages)


def test_every_format_has_golden_bytes() -> None:
    assert GOLDEN.keys() == EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_golden_bytes_decode_to_the_example(name: str) -> None:
    assert CODECS[name].decode(bytes.fromhex(GOLDEN[name])) == EXAMPLES[name]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_encode_to_the_golden_bytes(name: str) -> None:
    assert CODECS[name].encode(EXAMPLES[name]).hex() == GOLDEN[name]


def test_the_buckets_are_where_they_were() -> None:
    values = [1e-10, 0.001, 1.0, 5.0, 250.0, 30_000.0, 1e12]
    assert codes_of(values).tolist() == [0, 705, 1057, 1140, 1339, 1583, 2466]
    assert values_of(codes_of([250.0])).round(3).tolist() == [249.433]


if __name__ == "__main__":
    FILE.write_text(
        json.dumps({name: CODECS[name].encode(one).hex() for name, one in EXAMPLES.items()}, indent=2) + "\n"
    )
