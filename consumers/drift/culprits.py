"""Who moved: the groups in which a signal changed, the categories that grew, and rows that show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.drift.categorical import moved
from consumers.drift.embedding import VectorComparison
from consumers.drift.frame import adjusted
from consumers.drift.matching import matched
from consumers.drift.numeric import Comparison
from consumers.drift.report import Cause, Culprit

LEAST_GROUP = 20
"""Rows that a group needs in both samples to be compared by itself."""
MOST_CULPRITS = 5
EXAMPLES = 5

Array = NDArray[Any]
Compare = Callable[[Array, Array], Comparison]
"""Compares rows of one signal."""


def groups(
    what: str, before: Array, after: Array, group_before: Array, group_after: Array, compare: Compare, level: float
) -> list[Culprit]:
    """Groups in which the signal changed by itself, the surest first, at this false discovery rate."""
    names = [
        name
        for name in dict.fromkeys(group_after.tolist())
        if name is not None and min((group_before == name).sum(), (group_after == name).sum()) >= LEAST_GROUP
    ]
    compared = [compare(before[group_before == name], after[group_after == name]) for name in names]
    corrected = adjusted([comparison.p_value for comparison in compared])
    culprits = [
        Culprit(
            what=what,
            name=str(name),
            reference_share=float(np.mean(group_before == name)),
            current_share=float(np.mean(group_after == name)),
            z=comparison.z,
            p_value=comparison.p_value,
        )
        for name, comparison, p in zip(names, compared, corrected, strict=True)
        if p <= level
    ]
    return sorted(culprits, key=lambda culprit: culprit.p_value)[:MOST_CULPRITS]


def within_groups(
    before: dict[str, Array],
    after: dict[str, Array],
    group_before: Array,
    group_after: Array,
    comparing: Mapping[str, Compare],
) -> dict[str, float]:
    """Of each signal the smallest p-value in any one group, adjusted over all signals and groups."""
    names = [
        (signal, name)
        for name in dict.fromkeys(group_after.tolist())
        if name is not None and min((group_before == name).sum(), (group_after == name).sum()) >= LEAST_GROUP
        for signal in before
    ]
    p_values = [
        comparing[signal](before[signal][group_before == name], after[signal][group_after == name]).p_value
        for signal, name in names
    ]
    smallest = dict.fromkeys(before, 1.0)
    for (signal, _), p in zip(names, adjusted(p_values).tolist(), strict=True):
        smallest[signal] = min(smallest[signal], p)
    return smallest


def categories(before: Array, after: Array, level: float) -> list[Culprit]:
    """Categories whose share moved, the surest first."""
    found = moved(before, after)
    corrected = adjusted([category.p_value for category in found])
    return [
        Culprit(
            what="category",
            name=str(category.name),
            reference_share=category.reference_share,
            current_share=category.current_share,
            z=category.z,
            p_value=category.p_value,
        )
        for category, p in zip(found, corrected, strict=True)
        if p <= level
    ][:MOST_CULPRITS]


def cluster(comparison: VectorComparison) -> Culprit:
    """The cluster of queries that grew most; its members are the examples."""
    before, after = comparison.grown_shares
    return Culprit(
        what="cluster",
        name="new queries" if comparison.views["novelty"] <= comparison.views["fine clusters"] else "grown topic",
        reference_share=before,
        current_share=after,
        z=0.0,
        p_value=min(comparison.views["novelty"], comparison.views["fine clusters"]),
    )


def cause(
    before: Array, after: Array, agent_before: Array, agent_after: Array, compare: Compare, level: float
) -> Cause:
    """Whether the change is still there once the reference has the current mix of agents."""
    rows = matched(agent_before.astype(str), agent_after.astype(str))
    if rows is None or len(rows) < LEAST_GROUP:
        return ""
    return "within" if compare(before[rows], after).p_value <= level else "mix"


def examples(comparison: Comparison, after: Array, found: list[Culprit], group: Array | None) -> list[int]:
    """Current rows that show the change: new queries or those of the grown cluster, rows of the category that moved,
    or the outermost values of the culprit group (whose column is `group`).
    """
    if isinstance(comparison, VectorComparison):
        if comparison.views["novelty"] <= comparison.views["fine clusters"]:
            return comparison.newest[:EXAMPLES]
        return comparison.grown[:EXAMPLES]
    if after.dtype.kind != "f":
        shown = after.astype(str) == found[0].name if found else np.zeros(len(after), bool)
        return [int(row) for row in np.flatnonzero(shown)[:EXAMPLES]]
    own = group.astype(str) == found[0].name if found and group is not None else np.ones(len(after), bool)
    rows = np.flatnonzero(own & ~np.isnan(after))
    outermost = rows[np.argsort(after[rows], kind="stable")]
    return [int(row) for row in (outermost[::-1] if comparison.z > 0 else outermost)[:EXAMPLES]]
