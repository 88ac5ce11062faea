"""Clusters: what is alike is found, what is scattered is not, and names stay."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from consumers.failures.clusters import RESOLVED_AFTER, Update, Window, resolve, update
from consumers.failures.finding import Finding
from consumers.failures.identity import DOUBT, PATIENCE, SURE_SIZE, TRUST, prior
from consumers.failures.newcomers import parted
from consumers.failures.partition import AT_ONCE, NOISE, Vectors, partition
from consumers.failures.state import (
    MAX_EXEMPLARS,
    MAX_PENDING,
    VERSION,
    ClusterState,
    Failing,
    UnreadableState,
    decode,
    encode,
    forget,
    packed,
    unpacked,
)
from headrace.errors import ConfigError

DIMENSIONS = 64
START = datetime(2026, 3, 2, tzinfo=UTC)


def around(seed: int, count: int, spread: float = 0.6, centre: int | None = None) -> Vectors:
    """Unit vectors about a direction of `centre`'s (or `seed`'s) choice; about 0.74 alike at 0.6."""
    middle = np.random.default_rng(centre if centre is not None else seed).normal(size=DIMENSIONS)
    noise = np.random.default_rng([seed, 1]).normal(size=(count, DIMENSIONS))
    return _unit(middle / np.linalg.norm(middle) + spread * noise / np.sqrt(DIMENSIONS))


def scattered(seed: int, count: int) -> Vectors:
    return _unit(np.random.default_rng([seed, 2]).normal(size=(count, DIMENSIONS)))


def _unit(rows: NDArray[np.floating]) -> Vectors:
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def failures(window: int, kind: int, vectors: Vectors) -> list[Failing]:
    moment = START + timedelta(hours=window)
    return [
        Failing(
            f"{window:03d}-{kind:03d}-{number:03d}",
            moment + timedelta(seconds=number),
            f"agent{kind}",
            "1",
            f"text {kind}",
            [Finding("error", "", detail="Timeout")],
            packed(vector),
        )
        for number, vector in enumerate(vectors)
    ]


def run(windows: list[list[Failing]], state: ClusterState | None = None, first: int = 0) -> list[Update]:
    updates: list[Update] = []
    for number, members in enumerate(windows, start=first):
        before = updates[-1].state if updates else state or ClusterState()
        updates.append(update(before, Window(START + timedelta(hours=number), 1_000), members))
    return updates


def of_kind(update_: Update, window: int, kind: int) -> str | None:
    """The cluster that most of a planted failure's members in a window went to."""
    homes = [home for id_, home in update_.cluster_of.items() if id_.startswith(f"{window:03d}-{kind:03d}")]
    return Counter(homes).most_common(1)[0][0] if homes else None


def test_planted_groups_are_found_in_scatter() -> None:
    vectors = np.vstack([around(seed, 30) for seed in range(6)] + [scattered(0, 100)])
    truth = np.repeat([*range(6), NOISE], [30] * 6 + [100])
    found = partition(vectors)
    assert adjusted_rand_score(truth, found) > 0.98
    assert (found[truth == NOISE] == NOISE).all()


def test_scatter_alone_has_no_groups() -> None:
    assert (partition(scattered(1, 300)) == NOISE).all()


@pytest.mark.parametrize("count", [0, 1, 4])
def test_fewer_than_the_least_size_are_no_group(count: int) -> None:
    assert partition(around(1, count), 5).tolist() == [NOISE] * count


def test_exactly_the_least_size_is_a_group() -> None:
    assert partition(around(1, 5, spread=0.3), 5).tolist() == [0] * 5


def test_more_than_are_compared_at_once_are_still_grouped() -> None:
    vectors = np.vstack([around(seed, AT_ONCE // 4 + 10) for seed in range(5)])
    truth = np.repeat(range(5), AT_ONCE // 4 + 10)
    assert adjusted_rand_score(truth, partition(vectors)) > 0.98


def test_equal_vectors_and_zeros_do_no_harm() -> None:
    vectors = np.vstack([np.repeat(around(1, 1), 40, axis=0), np.zeros((10, DIMENSIONS), np.float32)])
    assert partition(vectors).tolist() == [0] * 40 + [NOISE] * 10


def test_the_same_failure_keeps_its_name_and_a_new_one_gets_a_new_name() -> None:
    windows = [
        [
            one
            for kind in range(window, window + 5)
            for one in failures(window, kind, around(100 * window + kind, 22, centre=kind))
        ]
        for window in range(6)
    ]
    updates = run(windows)
    seen: set[str | None] = set()
    for window in range(1, 6):
        for kind in range(window, window + 4):
            assert of_kind(updates[window], window, kind) == of_kind(updates[window - 1], window - 1, kind)
        seen |= {of_kind(updates[window - 1], window - 1, kind) for kind in range(window - 1, window + 4)}
        assert of_kind(updates[window], window, window + 4) not in seen


def test_a_replay_in_any_order_gives_the_same_state_to_the_byte() -> None:
    windows = [failures(w, 1, around(w, 20, centre=1)) + failures(w, 2, scattered(w, 20)) for w in range(4)]
    shuffled = [[members[i] for i in np.random.default_rng(0).permutation(len(members))] for members in windows]
    assert encode(run(windows)[-1].state) == encode(run(shuffled)[-1].state)


def test_a_state_read_back_goes_on_as_if_never_written() -> None:
    windows = [failures(w, 1, around(w, 20, centre=1)) for w in range(4)]
    halfway = decode(encode(run(windows[:2])[-1].state))
    assert encode(run(windows[2:], halfway, first=2)[-1].state) == encode(run(windows)[-1].state)


def test_a_failure_that_strikes_twice_a_window_is_found_in_the_third() -> None:
    vectors = around(1, 6, spread=0.3)
    updates = run([failures(w, 1, vectors[2 * w : 2 * w + 2]) for w in range(3)])
    assert [len(u.state.clusters) for u in updates] == [0, 0, 1]
    assert updates[2].state.clusters[0].size == 6
    assert updates[2].state.clusters[0].windows[0].failures == 2


def test_birth_growth_resolution_and_regression_are_reported() -> None:
    sizes = [10, 10, 10, 60, *[0] * RESOLVED_AFTER, 8]
    updates = run([failures(w, 1, around(w, size, centre=1)) for w, size in enumerate(sizes)])
    kinds = [[change.kind for change in u.changes] for u in updates]
    assert kinds == [["born"], [], [], ["growing"], *[[]] * (RESOLVED_AFTER - 1), ["resolved"], ["regressed"]]
    assert len({change.cluster_id for u in updates for change in u.changes}) == 1


def test_what_a_person_resolved_regresses_with_its_next_member() -> None:
    [born] = run([failures(0, 1, around(0, 10, centre=1))])
    state = resolve(born.state, born.state.clusters[0].cluster_id)
    [after] = run([failures(1, 1, around(1, 10, centre=1))], state, first=1)
    assert [change.kind for change in after.changes] == ["regressed"]
    assert after.state.clusters[0].status == "active"


def test_two_failures_that_become_one_are_merged_after_some_patience() -> None:
    apart = [failures(0, 1, around(1, 20)) + failures(0, 2, around(2, 20))]
    middle = _unit(around(1, 1, spread=0.0) + around(2, 1, spread=0.0))
    noise = np.random.default_rng(5).normal(size=(8, 60, DIMENSIONS)) / np.sqrt(DIMENSIONS)
    between = [failures(w + 1, 3, _unit(middle + 0.3 * noise[w])) for w in range(8)]
    updates = run(apart + between)
    merged = [change for u in updates for change in u.changes if change.kind == "merged"]
    if merged:
        assert merged[0].start >= START + timedelta(hours=PATIENCE)
    assert len({of_kind(u, w, 3) for w, u in enumerate(updates) if w}) <= 2


def test_what_is_known_joins_parts_of_one_failure_and_parts_a_new_one_from_it() -> None:
    """Communities 0 and 1 hold cluster 0's exemplars among as many fresh rows, 2 fresh rows alone, 3 too few."""
    fine = np.repeat([0, 1, 2, 3], [10, 10, SURE_SIZE, SURE_SIZE - 1])
    cluster_of = np.full(len(fine), NOISE)
    cluster_of[[*range(5), *range(10, 15)]] = 0
    factors = prior(fine, cluster_of)
    assert factors[0, 1] == pytest.approx(1 + TRUST)
    assert factors[0, 2] == factors[2, 0] == pytest.approx(1 - DOUBT)
    assert factors[0, 3] == factors[2, 3] == 1.0


def test_a_new_failure_in_the_group_of_a_known_one_is_parted_from_it_and_a_sample_of_the_known_one_is_not() -> None:
    known, again, new = around(1, 24), around(2, 22, centre=1), around(3, 22, centre=4)
    leaning = _unit(0.7 * again + 0.7 * new)
    groups, is_known = np.zeros(68, np.int64), np.arange(68) < 24
    assert not parted(np.vstack([known, again, around(5, 22, centre=1)]), groups, is_known).any()
    found = parted(np.vstack([known, again, leaning]), groups, is_known)
    assert (found[:46] == 0).mean() > 0.95
    assert (found[46:] == 1).mean() > 0.9


def test_tenants_name_the_same_failure_differently() -> None:
    members = failures(0, 1, around(0, 10))
    names = {
        update(ClusterState(tenant=tenant), Window(START, 100), members).state.clusters[0].cluster_id
        for tenant in ("a", "b")
    }
    assert len(names) == 2


def test_the_state_is_bounded() -> None:
    updates = run([failures(w, 1, around(w, 200, centre=1)) + failures(w, 2, scattered(w, 400)) for w in range(3)])
    state = updates[-1].state
    assert len(state.clusters[0].exemplars) == MAX_EXEMPLARS
    assert len(state.pending) <= MAX_PENDING


def test_a_person_who_is_erased_leaves_no_text_and_no_vector() -> None:
    state = run([failures(0, 1, around(0, 10)) + failures(0, 2, scattered(0, 3))])[-1].state
    gone = [state.clusters[0].exemplars[0].interaction_id, state.pending[0].interaction_id]
    after = forget(state, gone)
    assert not any(id_.encode() in encode(after) for id_ in gone)
    assert after.clusters[0].size == 10
    assert len(after.clusters[0].exemplars) == 9


def test_vectors_of_another_embedder_are_refused() -> None:
    state = run([failures(0, 1, around(0, 10))])[-1].state
    other = [Failing("x", START, "a", None, "t", [], packed(np.ones(8, np.float32)))]
    with pytest.raises(ConfigError, match="dimensions"):
        update(state, Window(START, 10), other)


def test_a_state_of_a_newer_release_is_refused() -> None:
    with pytest.raises(UnreadableState, match=str(VERSION + 1)):
        decode(encode(ClusterState(version=VERSION + 1)))
    with pytest.raises(UnreadableState):
        decode(b"\xc1")


def test_packing_keeps_the_direction() -> None:
    vectors = np.vstack([scattered(3, 50), np.zeros((1, DIMENSIONS), np.float32)])
    kept = unpacked([packed(vector) for vector in vectors])
    assert (np.einsum("ij,ij->i", vectors, kept)[:50] > 0.999).all()
    assert not kept[50].any()
