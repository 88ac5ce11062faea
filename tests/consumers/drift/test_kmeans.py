"""k-means: finds what is apart, as closely as scikit-learn, and the same each time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from consumers.drift.kmeans import kmeans, nearest_centre


def rows_of(topics: int, count: int, seed: int) -> NDArray[np.float32]:
    dice = np.random.default_rng(seed)
    centres = dice.normal(size=(topics, 16))
    return (0.5 * centres[dice.integers(topics, size=count)] + dice.normal(size=(count, 16))).astype(np.float32)


def test_the_rows_lie_as_near_to_their_centres_as_with_scikit_learn() -> None:
    ratios = []
    for seed in range(10):
        rows = rows_of(20, 1_000, seed)
        centres, labels = kmeans(rows, 20, rounds=10)
        own = ((rows - centres[labels]) ** 2).sum()
        ratios.append(own / KMeans(20, n_init=1, max_iter=10, random_state=seed).fit(rows).inertia_)
    assert np.mean(ratios) < 1.02


def test_the_same_rows_have_the_same_clusters_and_fewer_where_rows_are_equal() -> None:
    rows = rows_of(5, 300, seed=1)
    first, second = kmeans(rows, 8, rounds=10), kmeans(rows, 8, rounds=10)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
    assert len(set(nearest_centre(rows, first[0]).tolist())) == 8
    equal = kmeans(np.ones((40, 4), np.float32), 8, rounds=10)
    assert len(equal[0]) == 1
    assert not equal[1].any()
