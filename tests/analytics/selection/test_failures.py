"""Failures that recur matter more than failures that are alone, and those that grow the most."""

from __future__ import annotations

import numpy as np

from analytics.selection.failures import FailureCluster, weighed
from analytics.selection.selector import ActiveLearningSelector
from consumers.failures.state import Cluster, Failing, WindowCount
from consumers.lake.batch import Batch, Records
from consumers.lake.store import Store
from consumers.windows.reports import ClusterReport
from headrace.codec import encode
from headrace.settings import Settings
from headrace.topics import CLUSTERS
from tests.analytics.selection.test_selector import FAILED, Letters
from tests.analytics.selection.test_selector import store as store
from tests.consumers.lake.support import CLEAN_TOPIC, NOON, REJECTED_TOPIC, interaction_id

AXES = np.eye(4, dtype=np.float32)
SLOW = range(200, 212)
"""Interactions without an error, which a rule found too slow: only their cluster knows that they failed."""


def near(axis: int, how: float) -> np.ndarray:
    vector = how * AXES[axis] + (1 - how) * AXES[3]
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def chosen_failures(settings: Settings) -> set[str]:
    selection = ActiveLearningSelector(settings, embed=Letters()).select_for_annotation(8, "failure")
    return {one.interaction_id for one in selection.selected if one.kind == "failure"}


def test_a_row_weighs_what_its_cluster_does_and_more_than_any_failure_alone() -> None:
    vectors = np.array([near(0, 1.0), near(0, 0.8), near(0, 0.9), near(1, 1.0), near(2, 1.0), near(0, 0.9)])
    ids = ["grave-1", "grave-2", "like grave", "mild-1", "alone", "well"]
    own = np.array([1, 1, 0.5, 0, 1, 0], np.float32)
    clusters = [FailureCluster(0.8, frozenset({"grave-1", "grave-2"})), FailureCluster(0.1, frozenset({"mild-1"}))]
    found = weighed(own, ids, vectors, clusters)
    np.testing.assert_allclose(found, [0.9, 0.9, 0.9, 0.55, 0.5, 0.0], atol=1e-6)


def test_without_clusters_each_rows_own_severity_stands() -> None:
    own = np.array([1.0, 0.5], np.float32)
    assert weighed(own, ["a", "b"], AXES[:2], []) is own
    assert weighed(own, ["a", "b"], AXES[:2], [FailureCluster(1.0, frozenset({"elsewhere"}))]) is own


def test_what_only_a_cluster_knows_as_a_failure_is_selected(store: Settings) -> None:
    failed = {interaction_id(n) for n in FAILED}
    assert chosen_failures(store) <= failed
    topic = CLEAN_TOPIC.replace("clean", CLUSTERS)
    members = [Failing(interaction_id(n), NOON, "billing", None, "", [], b"") for n in SLOW]
    cluster = Cluster(
        cluster_id="c-slow",
        first_seen=NOON,
        last_seen=NOON,
        size=len(members),
        flags={"slow_response": len(members)},
        exemplars=members,
        windows=[WindowCount(NOON, len(members), 100)],
    )
    with Store(store) as opened:
        opened.begin(topic, "id of clusters", 1)
        batch = Batch(CLEAN_TOPIC, REJECTED_TOPIC, (topic,))
        batch.add(Records(topic, [0], [0], [encode(ClusterReport("default", "c-slow", 0, 1, cluster))]))
        opened.write(batch)
    assert chosen_failures(store) & {interaction_id(n) for n in SLOW}
