"""Decisions are rows, and analysts see what was selected and what each version still knew."""

from __future__ import annotations

from consumers.lake import ledger
from consumers.lake.batch import Batch, Records
from consumers.lake.store import Store
from headrace.codec import encode
from headrace.decisions import Erasure, Resolution, Selected, Selection, SliceScore, TrainingRun
from tests.consumers.lake.support import CLEAN_TOPIC, NOON, REJECTED_TOPIC, interaction_id, rows

TOPIC = CLEAN_TOPIC.replace("clean", "decisions")
SELECTION = Selection(
    decided_at=NOON,
    strategy="hybrid",
    open_rows=10,
    selected=[
        Selected(interaction_id=interaction_id(1), kind="random", reason="drawn", propensity=0.1),
        Selected(interaction_id=interaction_id(2), kind="uncertainty", reason="the router hesitated"),
    ],
)
RUN = TrainingRun(
    decided_at=NOON,
    model="router",
    version="2-ab",
    accepted=False,
    reasons=["billing broke"],
    dataset="0" * 64,
    examples=90,
    scores=[
        SliceScore(slice="all", turns=20, accuracy=0.9, lower=0.8, upper=1.0, before=0.95),
        SliceScore(slice="agent billing", turns=5, accuracy=0.2, lower=0.0, upper=0.4),
    ],
)


def test_decisions_are_rows_that_the_ledger_counts_and_views_open(store: Store) -> None:
    store.begin(TOPIC, "decisions-id", 1)
    said = [SELECTION, RUN, Resolution(cluster_id="c1"), Erasure(users=["h1:k:x"]), SELECTION]
    batch = Batch(CLEAN_TOPIC, REJECTED_TOPIC, (TOPIC,))
    batch.add(Records(TOPIC, [0] * len(said), list(range(len(said))), [encode(decision) for decision in said]))
    store.write(batch)
    assert rows(store, "SELECT kind, count(*) FROM decisions GROUP BY 1 ORDER BY 1") == [
        ("erasure", 1),
        ("resolution", 1),
        ("selection", 2),
        ("training_run", 1),
    ]
    assert rows(store, "SELECT interaction_id::VARCHAR, kind, propensity FROM selections ORDER BY 1") == [
        (interaction_id(1), "random", 0.1),
        (interaction_id(2), "uncertainty", None),
    ]
    assert rows(store, "SELECT version, slice, accuracy, before, accepted FROM slice_scores ORDER BY slice") == [
        ("2-ab", "agent billing", 0.2, None, False),
        ("2-ab", "all", 0.9, 0.95, False),
    ]
    assert ledger.disagreements(store.connection) == []
