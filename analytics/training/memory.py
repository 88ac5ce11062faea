"""Which past examples are kept: a balanced reservoir, the same whatever the batches were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.router.corpus import Corpus

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Memory:
    """Kept examples, each with the key it was drawn by, and how much of each label went by."""

    kept: Corpus
    keys: Doubles
    arrived: int
    """Examples seen so far."""
    seen: dict[str, float]
    """Label to the summed weight of all its examples so far."""


def remember(memory: Memory | None, new: Corpus, size: int | None, seed: int) -> Memory:
    """`memory` after `new`: at most `size` examples (None: all), shared out evenly among the labels.

    Each label's examples are a uniform sample of all of that label so far: an example's key depends on the seed
    and its place in the stream alone, and the smallest keys stay.
    """
    arrived = 0 if memory is None else memory.arrived
    keys = np.random.default_rng((seed, arrived)).random(len(new))
    every = new if memory is None else memory.kept.append(new)
    keys = keys if memory is None else np.concatenate((memory.keys, keys))
    stay = _balanced(every.labels, keys, size)
    seen = dict(memory.seen) if memory is not None else {}
    for label in np.unique(new.labels):
        seen[str(label)] = seen.get(str(label), 0.0) + float(new.weights[new.labels == label].sum())
    return Memory(every.take(stay), keys[stay], arrived + len(new), seen)


def weighted(memory: Memory, new: Corpus) -> Corpus:
    """The kept examples, each weighing for those of its label that were let go, then `new` at its own weights.

    `memory` is from before `new`: without this, a label of which few are kept would seem rare.
    """
    old, labels = memory.kept, np.array(list(memory.seen))
    held = {str(label): float(old.weights[old.labels == label].sum()) for label in labels}
    stands_for = {label: memory.seen[label] / held[label] for label in held if held[label] > 0}
    factors = np.array([stands_for[str(label)] for label in old.labels], np.float32)
    return Corpus(old.counts, old.labels, old.weights * factors, old.fold, old.vectors).append(new)


def _balanced(labels: NDArray[np.str_], keys: Doubles, size: int | None) -> NDArray[np.int64]:
    if size is None or len(labels) <= size:
        return np.arange(len(labels))
    order = np.argsort(keys)
    rank = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        of_label = order[labels[order] == label]
        rank[of_label] = np.arange(len(of_label))
    # The lowest ranks of every label first: even shares, and what a small label leaves goes to the others.
    return np.sort(np.lexsort((keys, rank))[:size])
