"""Analysts: a set of interactions in, failures with their clusters, evidence and advice out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from pyarrow import csv, parquet

from consumers.failures import FailurePatternAnalyzer
from consumers.failures.advice import severity, suggestions
from consumers.failures.refine import refine
from consumers.failures.rows import interactions_of, read_events
from consumers.failures.state import Cluster, WindowCount
from consumers.failures.titles import key_phrases
from headrace.errors import ConfigError, Poison
from headrace.events import Feedback, ProductionInteraction
from headrace.settings import Settings

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOPICS = ("cancel the subscription", "parcel is late", "password reset mail")


class OneTopicOneDirection:
    """Vectors by the topic that a text names, a little apart."""

    name, dimensions = "topics", 8

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.random.default_rng(0).normal(0, 0.05, (len(texts), self.dimensions)).astype(np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[next((n for n, topic in enumerate(TOPICS) if topic in text), -1)] += 1
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


def event(number: int, **fields: Any) -> dict[str, Any]:
    known = {
        "interaction_id": f"018bcfe5-6800-7000-8000-{number:012d}",
        "timestamp": START + timedelta(hours=number),
        "agent_selected": "billing",
        "agent_version": "1.0",
        "user_query": "all is well",
        "response": "Good.",
    }
    return known | fields


def traffic() -> list[dict[str, Any]]:
    """Forty turns of which ten ask about a subscription and reach the wrong agent, and eight meet an error."""
    rows = [event(number) for number in range(40)]
    for number in range(10):
        rows[number] |= {"user_query": f"{TOPICS[0]} number {number}", "routing_confidence": 0.2}
    for number in range(20, 28):
        rows[number] |= {"user_query": f"my {TOPICS[1]} by {number} days", "error": "Timeout: no answer"}
    return rows


def corrections() -> list[Feedback]:
    return [
        Feedback(interaction_id=row["interaction_id"], agent_selected="billing", correct_agent="retention")
        for row in traffic()[:7]
    ]


def analyzer() -> FailurePatternAnalyzer:
    return FailurePatternAnalyzer(Settings(), embed=OneTopicOneDirection())


def test_failures_are_flagged_grouped_titled_and_explained() -> None:
    report = analyzer().analyze_failures(traffic(), corrections())
    assert (report.interactions, report.failing) == (40, 18)
    assert report.flags == {"routing_mistake": 10, "error": 8}
    parcels, subscriptions = report.clusters
    assert (parcels.size, subscriptions.size) == (8, 10)
    assert "subscription" in subscriptions.title
    assert "parcel" in parcels.title
    assert "to retention instead of billing: 7 of 7" in subscriptions.suggestions[0]
    assert "Timeout in 8 of 8" in parcels.suggestions[0]
    assert parcels.severity > subscriptions.severity
    assert sum(count.failures for count in parcels.windows) == 8
    assert sum(count.interactions for count in parcels.windows) == 40
    assert set(report.cluster_of) == set(report.findings)


def test_the_order_of_rows_does_not_matter() -> None:
    rows = traffic()
    assert analyzer().analyze_failures(rows).cluster_of == analyzer().analyze_failures(rows[::-1]).cluster_of


def test_nothing_gives_an_empty_report() -> None:
    report = analyzer().analyze_failures([])
    assert (report.interactions, report.failing, report.clusters) == (0, 0, [])


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "csv"])
def test_files_and_tables_say_the_same_as_events(kind: str, tmp_path: Path) -> None:
    path, rows = tmp_path / f"file.{kind}", traffic()
    table = pa.Table.from_pylist([{"error": None, "routing_confidence": None} | row for row in rows])
    if kind == "jsonl":
        path.write_text("\n".join(json.dumps(row, default=str) for row in rows))
    elif kind == "parquet":
        parquet.write_table(table, path)
    else:
        csv.write_csv(table, path)
    events, feedback = read_events(path)
    assert feedback == []
    assert [e.interaction_id for e in events] == [row["interaction_id"] for row in rows]
    assert [e.timestamp for e in events] == [row["timestamp"] for row in rows]
    expected = analyzer().analyze_failures(interactions_of(rows))
    assert analyzer().analyze_failures(events) == expected
    assert analyzer().analyze_failures(table) == expected


def test_a_file_may_hold_feedback_and_columns_of_the_store(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    stored = event(1, retrieval='{"ids": ["d"], "scores": [0.1]}', day="2026-03-02", type="interaction.v1")
    path.write_text(
        "\n".join(
            json.dumps(row, default=str)
            for row in (stored, {"type": "feedback.v1", "interaction_id": stored["interaction_id"], "score": 1})
        )
    )
    report = analyzer().analyze_failures(*read_events(path))
    assert report.flags == {"low_rating": 1, "poor_retrieval": 1}


def test_bad_rows_and_files_are_refused_without_their_text(tmp_path: Path) -> None:
    with pytest.raises(Poison, match=r"wrong_type at \$\.latency_ms") as refused:
        analyzer().analyze_failures([event(1, latency_ms="secret words")])
    assert "secret" not in str(refused.value)
    with pytest.raises(Poison, match=r"missing_field at \$\.agent_selected"):
        analyzer().analyze_failures([{"user_query": "?"}])
    with pytest.raises(ConfigError, match="unknown kind of file"):
        read_events(tmp_path / "events.txt")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_events(tmp_path / "absent.jsonl")
    with pytest.raises(ConfigError, match="failure_analysis"):
        FailurePatternAnalyzer({"min_cluster_size": 0})


def test_tenants_are_never_grouped_together() -> None:
    rows = [event(n, user_query=TOPICS[0], error="Broken", tenant=f"t{n % 2}") for n in range(8)]
    assert analyzer().analyze_failures(rows).clusters == []


def test_an_interaction_given_as_an_event_is_not_copied() -> None:
    one = ProductionInteraction(agent_selected="a", user_query="q")
    assert interactions_of([one])[0] is one


def cluster(**fields: Any) -> Cluster:
    known: dict[str, Any] = {
        "cluster_id": "fc-1",
        "first_seen": START,
        "last_seen": START,
        "size": 10,
        "agents": {"billing": 10},
        "windows": [WindowCount(START, 10, 1_000)],
    }
    return Cluster(**(known | fields))


def test_severity_grows_with_gravity_and_reach() -> None:
    error, slow = cluster(flags={"error": 10}), cluster(flags={"slow_response": 10})
    rare = cluster(flags={"error": 10}, windows=[WindowCount(START, 10, 100_000)])
    everywhere = cluster(flags={"error": 10}, windows=[WindowCount(START, 900, 1_000)])
    assert severity(rare) < severity(error) < severity(everywhere) == 100
    assert severity(slow) < severity(error)
    assert severity(cluster()) == 0


def test_advice_follows_from_the_evidence() -> None:
    def said(**fields: Any) -> str:
        return " ".join(suggestions(cluster(**fields), "refunds"))

    assert "add documents on “refunds”" in said(flags={"poor_retrieval": 9})
    assert "cache or time-box" in said(flags={"slow_response": 9})
    assert "ground billing's answers" in said(flags={"hallucination": 9})
    assert "9 asked again" in said(flags={"rephrase": 9})
    assert "router was unsure" in said(flags={"routing_mistake": 9})
    assert "compare billing 2" in said(flags={"error": 9}, versions={"billing 2": 9, "billing 1": 1})
    assert "no technical cause" in said(flags={"error": 1})


def test_titles_are_phrases_that_others_do_not_have() -> None:
    texts = [
        "my parcel has not arrived",
        "where is the parcel",
        "parcel tracking shows nothing",
        "the parcel arrived wet",
    ]
    assert "parcel" in key_phrases(texts, ["where is my invoice", "the invoice arrived"])[0]
    assert key_phrases([], []) == []


def test_refinement_divides_what_has_two_dense_parts_and_keeps_the_rest() -> None:
    one, other = np.eye(8, dtype=np.float32)[:2]
    rows = np.vstack([np.tile(one, (8, 1)), np.tile(other, (6, 1)), [(one + other) / np.sqrt(2)]]).astype(np.float32)
    refined = refine(rows, np.zeros(15, np.int64), eps=0.2)
    assert refined[:8].tolist() == [0] * 8
    assert refined[8:14].tolist() == [1] * 6
    assert refined[14] in (0, 1)
    assert refine(rows[:8], np.zeros(8, np.int64)).tolist() == [0] * 8
    assert refine(rows, np.full(15, -1)).tolist() == [-1] * 15


def test_who_wrote_it_does_not_drive_clusters() -> None:
    seen: list[str] = []

    class Noted(OneTopicOneDirection):
        def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
            seen.extend(texts)
            return super().__call__(texts)

    rows = [row | {"user_query": row["user_query"] + " [EMAIL_abcdefgh_aaaaaaaaaaaaabbbb]"} for row in traffic()]
    FailurePatternAnalyzer(Settings(), embed=Noted()).analyze_failures(rows)
    assert seen
    assert all(text.endswith(" [EMAIL]") for text in seen)
