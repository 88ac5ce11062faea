"""The detector takes any table, names who moved and why, and does not call the time of day drift."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from consumers.drift.detector import DriftDetector
from consumers.drift.report import DriftReport, SignalReport
from headrace.errors import ConfigError
from headrace.settings import DriftDetection

AGENTS = np.array(["billing", "travel", "retail"], object)
MIDDLE = {"billing": 200.0, "travel": 400.0, "retail": 1_600.0}


def traffic(seed: int, rows: int, shares: tuple[float, ...] = (0.4, 0.4, 0.2), **slower: float) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    agents = rng.choice(AGENTS, rows, p=shares)
    middle = np.array([MIDDLE[agent] * slower.get(agent, 1.0) for agent in agents])
    ratings = rng.choice([1.0, 2, 3, 4, 5], rows)
    return {
        "interaction_id": [f"{seed}-{row}" for row in range(rows)],
        "agent_selected": agents,
        "agent_version": rng.choice(np.array(["v1", "v2"], object), rows),
        "latency_ms": middle * rng.lognormal(0, 0.5, rows),
        "rating": np.where(rng.random(rows) < 0.7, np.nan, ratings),
        "error": [("timeout" if draw < 0.03 else None) for draw in rng.random(rows)],
    }


def signal(report: DriftReport, name: str) -> SignalReport:
    return next(signal for signal in report.signals if signal.name == name)


def test_quiet_traffic_is_no_drift() -> None:
    report = DriftDetector().compare(traffic(1, 3_000), traffic(2, 500))
    assert report.drifted == []
    assert {"rating", "rating given", "error given", "agent_selected"} <= {signal.name for signal in report.signals}
    assert "interaction_id" in report.skipped


def test_a_slow_agent_is_the_culprit_with_examples_of_its_own() -> None:
    current = traffic(2, 500, travel=2.0)
    report = DriftDetector().compare(traffic(1, 3_000), current)
    assert report.drifted == ["latency_ms"]
    slow = signal(report, "latency_ms")
    assert slow.cause == "within"
    assert (slow.culprits[0].what, slow.culprits[0].name) == ("agent_selected", "travel")
    agents = dict(zip(current["interaction_id"], current["agent_selected"], strict=True))
    assert {agents[example] for example in slow.examples} == {"travel"}


def test_more_traffic_for_a_slow_agent_is_a_shift_of_the_mix() -> None:
    report = DriftDetector().compare(traffic(1, 3_000), traffic(2, 500, shares=(0.25, 0.25, 0.5)))
    assert set(report.drifted) == {"latency_ms", "agent_selected"}
    assert signal(report, "latency_ms").cause == "mix"
    assert signal(report, "agent_selected").culprits[0].name == "retail"


def test_the_hour_of_the_day_is_not_drift() -> None:
    rng = np.random.default_rng(3)
    hours = np.arange(0, 28 * 24, 0.2)
    times = np.datetime64("2026-01-05T00:00", "us") + (hours * 3_600e6).astype("timedelta64[us]")
    latency = rng.lognormal(0, 0.3, len(hours)) * np.where(hours % 24 > 12, 3.0, 1.0)
    month = {"timestamp": times, "latency_ms": latency}
    evening = {"timestamp": times[60:110] + np.timedelta64(28, "D"), "latency_ms": rng.lognormal(0, 0.3, 50) * 3.0}
    report = DriftDetector().compare(month, evening)
    assert report.season
    assert report.drifted == []
    assert DriftDetector().compare({"latency_ms": latency}, {"latency_ms": evening["latency_ms"]}).drifted


def test_new_queries_are_shown() -> None:
    rng = np.random.default_rng(4)
    reference = {"id": np.arange(600).astype(str).astype(object), "vectors": rng.standard_normal((600, 16))}
    vectors = rng.standard_normal((200, 16))
    vectors[:40] += 4.0
    current = {"id": [f"new-{n}" for n in range(200)], "vectors": vectors}
    found = signal(DriftDetector().compare(reference, current), "vectors")
    assert found.alarm
    assert set(found.examples) <= {f"new-{n}" for n in range(40)}


def test_any_table_gives_the_same_report() -> None:
    plain, arrow = (traffic(1, 400), traffic(2, 200)), (pa.table(traffic(1, 400)), pa.table(traffic(2, 200)))
    one, other = DriftDetector().compare(*plain), DriftDetector().compare(*arrow)
    assert [s.p_value for s in one.signals] == [s.p_value for s in other.signals]
    assert one.reference.id == DriftDetector().compare(plain[0], plain[1]).reference.id


def test_a_report_survives_msgpack() -> None:
    report = DriftDetector().compare(traffic(1, 400), traffic(2, 200, travel=3.0))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(report), type=DriftReport) == report


def test_the_settings_choose_the_number_that_is_quoted() -> None:
    report = DriftDetector(DriftDetection(detection_method="psi")).compare(traffic(1, 400), traffic(2, 200))
    assert signal(report, "latency_ms").method == "psi"


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ConfigError, match="unequal lengths"):
        DriftDetector().compare({"a": [1.0], "b": [1.0, 2.0]}, {"a": [1.0]})


def test_times_may_be_text_with_or_without_a_zone() -> None:
    rng = np.random.default_rng(3)
    hours = np.sort(rng.integers(0, 24 * 28, 4_000))
    times = np.datetime64("2026-03-01T00:00") + hours.astype("timedelta64[h]")
    latencies = 100 * np.where(hours % 24 < 12, 3.0, 1.0) * rng.lognormal(0, 0.2, len(hours))
    whole, mornings = np.ones(len(hours), bool), (hours % 24 < 12) & (hours > 24 * 14)
    for zone in ("", "Z", "+00:00"):
        reference, current = (
            {
                "timestamp": [f"{time}{zone}" for time in times[rows].astype("datetime64[s]")],
                "latency_ms": latencies[rows],
            }
            for rows in (whole, mornings)
        )
        report = DriftDetector().compare(reference, current)
        assert (report.season[:4], report.drifted) == ("hour", [])
