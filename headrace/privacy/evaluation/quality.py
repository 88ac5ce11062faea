"""Recall by kind and group, what leaks, what is altered for nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from headrace.privacy.corpus import Sample
from headrace.privacy.evaluation.score import Bounds, Finder, Scored, scored, share, wilson
from headrace.privacy.evaluation.targets import CLASSIC, CONTEXT, CORE


@dataclass(frozen=True)
class Quality:
    by_kind: dict[str, Bounds]
    """Recall of plain values."""
    groups: dict[str, Bounds]
    """By the names of the targets."""
    leak: Bounds
    by_generator: dict[str, Bounds]
    misses: Sequence[Scored]
    """Values that were not found."""
    accused: Sequence[Scored]
    """Texts without a value in which one was found."""


def quality(samples: Iterable[Sample], find: Finder) -> Quality:
    """What `find` reaches on labelled samples; mixed ones, which are for speed, are left out."""
    scores = [scored(sample, find(sample.text)) for sample in samples if sample.task != "mixed"]
    tasks = _grouped(scores, lambda one: one.sample.task)
    plain, disguised = tasks.get("plain", []), tasks.get("disguised", [])
    kinds = {kind: _recall(own) for kind, own in _grouped(plain, _kind).items()}
    return Quality(
        by_kind=kinds,
        groups=_groups(kinds, tasks),
        leak=share(one.leaked for one in plain),
        by_generator={name: _recall(own) for name, own in _grouped([*plain, *disguised], _generator).items()},
        misses=[one for one in scores if one.sample.labels and not one.found],
        accused=[one for one in scores if not one.sample.labels and not one.found],
    )


def _groups(kinds: dict[str, Bounds], tasks: dict[str, list[Scored]]) -> dict[str, Bounds]:
    every = [one for own in tasks.values() for one in own]
    return {
        "classic": _mean(kinds, CLASSIC),
        "core": _mean(kinds, CORE),
        "mean_of_kinds": _mean(kinds, tuple(kinds)),
        "context": _mean(kinds, CONTEXT),
        "secret": kinds.get("secret", wilson(0, 0)),
        "vendor_key": kinds.get("vendor_key", wilson(0, 0)),
        "disguised": _recall(tasks.get("disguised", [])),
        "look_alikes_altered": share(not one.found for one in tasks.get("look_alike", [])),
        "harmless_altered": share(not one.found for one in tasks.get("harmless", [])),
        "tokens_lost": wilson(sum(one.tokens_lost for one in every), sum(one.tokens for one in every)),
    }


def _mean(kinds: dict[str, Bounds], members: Sequence[str]) -> Bounds:
    """Each kind counts the same; the interval is that of as many trials."""
    own = [kinds[kind] for kind in members if kind in kinds]
    if not own:
        return wilson(0, 0)
    trials = sum(bounds.trials for bounds in own)
    mean = sum(bounds.share for bounds in own) / len(own)
    return wilson(round(mean * trials), trials)._replace(share=mean)


def _recall(scores: Iterable[Scored]) -> Bounds:
    return share(one.found for one in scores)


def _kind(one: Scored) -> str:
    return one.sample.labels[0].kind


def _generator(one: Scored) -> str:
    return one.sample.generator


def _grouped(scores: Iterable[Scored], key: Callable[[Scored], str]) -> dict[str, list[Scored]]:
    groups: dict[str, list[Scored]] = defaultdict(list)
    for one in scores:
        groups[key(one)].append(one)
    return dict(groups)
