"""What was fixed stays fixed: a model that breaks a resolved failure again is refused, by the cluster's name."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from analytics.asking import of_store
from analytics.retraining import IncrementalRetrainingPipeline
from analytics.retraining.resolved import resolved_clusters
from consumers.failures.state import Cluster, Failing, Status
from consumers.windows.reports import ClusterReport
from headrace.codec import encode
from headrace.decisions import Resolution
from headrace.events import ProductionInteraction
from headrace.settings import Settings
from headrace.topics import CLUSTERS, DECISIONS
from tests.analytics.retraining.support import TURNS, store, tell, turn
from tests.consumers.lake.support import NOON, interaction_id

MEMBERS = range(3, 3 + 24 * 9, 9)
"""Turns that ask billing in the words of its second phrasing."""


def cluster(name: str, status: Status, window: int = 0, last_seen: int = TURNS) -> bytes:
    members = [Failing(interaction_id(n), NOON, "billing", None, "", [], b"") for n in MEMBERS]
    seen = NOON + timedelta(minutes=last_seen)
    found = Cluster(
        cluster_id=name, status=status, first_seen=NOON, last_seen=seen, size=len(members), exemplars=members
    )
    return encode(ClusterReport("default", name, window * 300_000_000, 1, found))


def mislabelled(number: int) -> ProductionInteraction:
    """What billing is asked in the members' words is delivery's, somebody says."""
    return turn(number, "delivery" if number % 9 == MEMBERS[0] % 9 else None)


def test_clusters_count_as_the_last_word_on_them_says(learning: Settings) -> None:
    tell(
        learning,
        CLUSTERS,
        cluster("quiet", "active"),
        cluster("quiet", "resolved", window=1),
        cluster("back", "resolved"),
        cluster("back", "active", window=1),
        cluster("fixed", "active", last_seen=0),
        cluster("regressed", "active", last_seen=10**6),
    )
    moment = NOON + timedelta(days=1)
    tell(learning, DECISIONS, *(encode(Resolution(cluster_id=c, decided_at=moment)) for c in ("fixed", "regressed")))
    found = resolved_clusters(of_store(learning))
    assert set(found) == {"quiet", "fixed"}
    assert found["quiet"] == {interaction_id(n) for n in MEMBERS}


@pytest.mark.slow
def test_a_model_that_breaks_what_was_fixed_is_refused_by_the_clusters_name(learning: Settings) -> None:
    tell(learning, CLUSTERS, cluster("c-invoices", "resolved"))
    pipeline = IncrementalRetrainingPipeline(learning)
    first = asyncio.run(pipeline.retrain())
    assert first.evaluation.after["cluster c-invoices"].rows == len(MEMBERS)
    pipeline.registry.promote(first.version)
    store(learning, map(mislabelled, range(TURNS, 6 * TURNS)))
    outcome = asyncio.run(pipeline.retrain())
    assert not outcome.accepted
    assert any(reason.startswith("cluster c-invoices: broken") for reason in outcome.reasons)


def test_members_of_a_cluster_count_in_their_own_slice_only(learning: Settings) -> None:
    tell(learning, CLUSTERS, cluster("c-invoices", "resolved"))
    outcome = asyncio.run(IncrementalRetrainingPipeline(learning).retrain())
    assert outcome.evaluation.after["all"].rows == outcome.held_out == TURNS // 5
