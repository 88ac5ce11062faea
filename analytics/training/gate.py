"""The gate: a model that breaks what worked is refused, and the decision says what broke.

Pure: answers of the old and the new model to the same held-out examples, by slice, to a decision with reasons. A
slice is anything that has to go on working: all traffic, an agent, an intent, a tenant, a failure cluster that was
resolved. For each the gate says one of four things:

    held       shown not to be worse by the margin or more
    broken     shown to be worse; one such slice refuses the model
    unclear    neither is shown, though a serious drop would have been seen
    too small  a serious drop could have gone unseen; told with the number of examples it would take

The slices that are too small are judged together as one more slice. `broken` is tested at the level over all
slices together (Holm), so that a model that is as good as the old one is refused at most so often, however many
slices there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np

from analytics.training.paired import Bools, Paired, better, examples_to_see, not_within, paired, power_to_see, worse

Verdict = Literal["held", "broken", "unclear", "too small"]
TOGETHER = "small slices together"


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate tolerates."""

    margin: float = 0.02
    """Accuracy that a slice may lose and still count as held."""
    level: float = 0.05
    """Chance of refusing a model that is as good as the old one; and of calling a slice held that lost the margin."""
    serious: float = 0.1
    """A drop in a slice's accuracy that must not go unseen."""
    power: float = 0.8
    """Chance at which a serious drop has to be seen for a slice to be judged on its own."""
    must_hold: tuple[str, ...] = ("all",)
    """Slices that have to be shown not inferior: `unclear` or `too small` is not enough for them."""
    must_improve: tuple[str, ...] = ()
    """Slices on which the new model has to be shown better."""


class SliceVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate says of one slice, and from which numbers."""

    slice: str
    verdict: Verdict
    examples: int
    old_accuracy: float
    new_accuracy: float
    lost: int
    """Examples that the old model had right and the new one has wrong."""
    gained: int
    worse_p: float
    """p-value of the test for a drop, before it is corrected for the number of slices."""
    inferior_p: float
    """p-value of the test for a drop of the margin or more."""
    why: str


class GateDecision(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the new model may be published."""

    accepted: bool
    reasons: list[str]
    """Why it was refused; or, where it was accepted, what could not be judged."""
    slices: list[SliceVerdict]
    policy: Policy


def judge(
    old_right: Bools, new_right: Bools, slices: Mapping[str, Bools], policy: Policy | None = None
) -> GateDecision:
    """Whether the model that answered `new_right` may follow the one that answered `old_right`.

    `slices` are masks over the same examples; the slice "all" is added. Examples have to be independent of each
    other and unseen by either model: of a session take one. Raises ValueError where lengths differ, or where the
    policy names a slice that is not there.
    """
    rules = policy or Policy()
    masks = {"all": np.ones(len(old_right), bool), **slices}
    if missing := {*rules.must_hold, *rules.must_improve} - set(masks):
        raise ValueError(f"the policy names slices that are not there: {', '.join(sorted(missing))}")
    if (small := _together(masks, rules)) is not None:
        masks[TOGETHER] = small
    strict = rules.level / len(masks)
    pairs = {name: paired(old_right[mask], new_right[mask]) for name, mask in masks.items()}
    broken = holm({name: worse(pair) for name, pair in pairs.items()}, rules.level)
    verdicts = [
        _verdict(
            name, pair, float(old_right[masks[name]].mean()) if pair.examples else 0.0, name in broken, strict, rules
        )
        for name, pair in pairs.items()
    ]
    refusals = [*_refusals(verdicts, rules), *_not_improved(pairs, rules)]
    told = [verdict.why for verdict in verdicts if verdict.verdict == "too small"]
    return GateDecision(accepted=not refusals, reasons=refusals or told, slices=verdicts, policy=rules)


def holm(p_values: Mapping[str, float], level: float) -> set[str]:
    """The names whose p-values are shown at `level` over all of them together.

    >>> sorted(holm({"a": 0.01, "b": 0.02, "c": 0.9}, 0.05))
    ['a', 'b']
    """
    shown: set[str] = set()
    for place, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        if p_values[name] > level / (len(p_values) - place):
            break
        shown.add(name)
    return shown


def _together(masks: Mapping[str, Bools], rules: Policy) -> Bools | None:
    level = rules.level / len(masks)
    small = [mask for mask in masks.values() if power_to_see(rules.serious, int(mask.sum()), level) < rules.power]
    return np.logical_or.reduce(small) if len(small) > 1 else None


def _verdict(name: str, pair: Paired, old: float, broken: bool, strict: float, rules: Policy) -> SliceVerdict:
    """`strict` is the level that the slice's test for a drop has to reach beside all the others."""
    inferior = not_within(pair, rules.margin)
    verdict = _kind(pair, broken, inferior, strict, rules)
    return SliceVerdict(
        slice=name,
        verdict=verdict,
        examples=pair.examples,
        old_accuracy=old,
        new_accuracy=old + pair.change,
        lost=pair.lost,
        gained=pair.gained,
        worse_p=worse(pair),
        inferior_p=inferior,
        why=f"{name}: {verdict}: {_told(verdict, pair, old, strict, rules)}",
    )


def _kind(pair: Paired, broken: bool, inferior: float, strict: float, rules: Policy) -> Verdict:
    if broken:
        return "broken"
    if inferior <= rules.level:
        return "held"
    return "unclear" if power_to_see(rules.serious, pair.examples, strict) >= rules.power else "too small"


def _told(verdict: Verdict, pair: Paired, old: float, strict: float, rules: Policy) -> str:
    seen = (
        f"accuracy {old:.3f} to {old + pair.change:.3f} on {pair.examples} examples, "
        f"{pair.lost} lost, {pair.gained} gained"
    )
    if verdict == "too small":
        needed = examples_to_see(rules.serious, strict, rules.power)
        return f"{seen}; a drop of {rules.serious:.0%} could go unseen, {needed} examples would show it"
    if verdict == "unclear":
        return f"{seen}; a loss of {rules.margin:.0%} is not ruled out"
    return seen


def _refusals(verdicts: Sequence[SliceVerdict], rules: Policy) -> list[str]:
    broken = [verdict.why for verdict in verdicts if verdict.verdict == "broken"]
    unproven = [v.why for v in verdicts if v.slice in rules.must_hold and v.verdict in ("unclear", "too small")]
    return [*broken, *(f"{why}; it has to be shown to hold" for why in unproven)]


def _not_improved(pairs: Mapping[str, Paired], rules: Policy) -> list[str]:
    return [
        f"{name}: no improvement is shown: {pairs[name].gained} gained, {pairs[name].lost} lost "
        f"of {pairs[name].examples} examples (p = {better(pairs[name]):.2f})"
        for name in rules.must_improve
        if better(pairs[name]) > rules.level
    ]
