"""The corpus put together: a pure function of seed, size and split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice

from headrace.privacy.corpus.contexts import FAMILIES, Family, filled
from headrace.privacy.corpus.contexts.family import Group
from headrace.privacy.corpus.dice import Dice
from headrace.privacy.corpus.disguises import DISGUISES
from headrace.privacy.corpus.harmless import HARMLESS, LOOK_ALIKES
from headrace.privacy.corpus.mixed import template
from headrace.privacy.corpus.sample import SPLITS, Label, Sample, Split, Task
from headrace.privacy.corpus.values import MAKERS, Maker
from headrace.privacy.corpus.values.maker import VALUE_CLOSE, VALUE_OPEN

_MIXED_KINDS = ("email", "phone_us", "phone_international", "credit_card", "ipv4", "ssn", "iban")


def corpus(seed: int = 1, size: int = 100, split: Split = "held_out") -> Iterator[Sample]:
    """`size` plain texts of each kind, and as many of each kind of disguise, of harmless text and of look-alike.

    >>> next(corpus(size=1, split="tune")).text == next(corpus(size=1, split="tune")).text
    True
    """
    yield from _plain(seed, size, split)
    yield from _disguised(seed, max(1, size // 2), split)
    yield from _without_values(seed, size, split, "harmless", HARMLESS[split])
    yield from _without_values(seed, size, split, "look_alike", LOOK_ALIKES[split])
    yield from _mixed(seed, size, split)


def _plain(seed: int, size: int, split: Split) -> Iterator[Sample]:
    for kind, makers in _by_kind(split).items():
        for number, maker in enumerate(islice(cycle(makers), max(size, len(makers)))):
            dice = Dice(f"{seed} {split} {kind} {maker.name} {number}")
            family = dice.pick(_families(split, _groups(maker)))
            yield _sample(dice, maker, maker.make(dice), family, dice.pick(family.templates), "plain")


def _disguised(seed: int, size: int, split: Split) -> Iterator[Sample]:
    makers = _by_kind(split)
    for disguise in (disguise for disguise in DISGUISES if disguise.split == split):
        for number in range(size):
            dice = Dice(f"{seed} {split} {disguise.name} {number}")
            maker = dice.pick([maker for kind in disguise.kinds for maker in makers[kind] if not maker.needs_word])
            family = dice.pick(_families(split, ("labelled",)))
            value = disguise.apply(dice, maker.make(dice))
            yield _sample(dice, maker, value, family, dice.pick(family.templates), "disguised", disguise.name)


def _without_values(
    seed: int, size: int, split: Split, task: Task, families: dict[str, tuple[str, ...]]
) -> Iterator[Sample]:
    for family, templates in families.items():
        for number, chosen in enumerate(islice(cycle(templates), max(size, len(templates)))):
            dice = Dice(f"{seed} {split} {family} {number}")
            text, _ = filled(dice, chosen, "", "")
            yield Sample(text, (), task, family, family, split)


def _mixed(seed: int, size: int, split: Split) -> Iterator[Sample]:
    makers = [maker for maker in MAKERS if maker.split == split and maker.kind in _MIXED_KINDS and not maker.needs_word]
    for number in range(20 * size):
        dice = Dice(f"{seed} {split} mixed {number}")
        chosen, maker = template(dice), dice.pick(makers)
        if "⟨v⟩" in chosen:
            yield _sample(dice, maker, maker.make(dice), _INTERACTION[split], chosen, "mixed")
        else:
            yield Sample(filled(dice, chosen, "", "")[0], (), "mixed", "none", "interaction", split)


_INTERACTION: dict[Split, Family] = {split: Family("interaction", split, "bare", ()) for split in SPLITS}


def _sample(
    dice: Dice, maker: Maker, value: str, family: Family, chosen: str, task: Task, disguise: str = ""
) -> Sample:
    text, start = filled(dice, chosen, dice.pick(maker.words), value)
    plain, label = _unmarked(text, start, start + len(value), maker.kind)
    generator = f"{maker.kind}.{maker.name}" + (f".{disguise}" if disguise else "")
    surroundings = start, start + len(value) - (len(text) - len(plain))
    return Sample(plain, (label,), task, generator, family.name, maker.split, surroundings)


def _unmarked(text: str, start: int, end: int, kind: str) -> tuple[str, Label]:
    """Without the marks around the part of a made value that is the secret, and that part's place."""
    if VALUE_OPEN in text:
        start, end = text.index(VALUE_OPEN), text.index(VALUE_CLOSE) - 1
        text = text.replace(VALUE_OPEN, "").replace(VALUE_CLOSE, "")
    return text, Label(start, end, kind)


def _by_kind(split: Split) -> dict[str, list[Maker]]:
    makers: dict[str, list[Maker]] = defaultdict(list)
    for maker in MAKERS:
        if maker.split == split:
            makers[maker.kind].append(maker)
    return makers


def _groups(maker: Maker) -> Sequence[Group]:
    if maker.kind == "private_key":
        return ("block",)
    if maker.kind == "secret":
        return ("assigned",)
    if maker.kind == "vendor_key":
        return ("bare",)
    return ("labelled",) if maker.needs_word else ("labelled", "bare")


def _families(split: Split, groups: Iterable[Group]) -> list[Family]:
    return [family for family in FAMILIES if family.split == split and family.group in groups]
