"""The corpus is the same everywhere, its labels are right, and its two halves share nothing."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from headrace.privacy.corpus import SPLITS, Sample, Split, corpus
from headrace.privacy.corpus.values import MAKERS
from headrace.privacy.corpus.values.maker import VALUE_CLOSE, VALUE_OPEN
from headrace.privacy.evaluation.targets import CONTEXT, CORE

HALVES: dict[Split, list[Sample]] = {split: list(corpus(seed=3, size=4, split=split)) for split in SPLITS}
EVERYTHING = [sample for half in HALVES.values() for sample in half]


def test_the_same_seed_is_the_same_corpus_and_another_seed_another() -> None:
    assert HALVES["tune"] == list(corpus(seed=3, size=4, split="tune"))
    other = {sample.text for sample in corpus(seed=4, size=4, split="tune") if sample.task == "plain"}
    assert len(other & {sample.text for sample in HALVES["tune"]}) < len(other) / 10


def test_the_halves_share_no_maker_no_template_and_no_text() -> None:
    for one, other in combinations(SPLITS, 2):
        ours, theirs = ([s for s in HALVES[split] if s.task != "mixed"] for split in (one, other))
        assert not {s.generator for s in ours} & {s.generator for s in theirs}
        assert not {s.family for s in ours} & {s.family for s in theirs}
        assert not {s.text for s in ours} & {s.text for s in theirs}


@pytest.mark.parametrize("split", SPLITS)
def test_every_kind_is_in_both_halves(split: Split) -> None:
    kinds = {label.kind for sample in HALVES[split] for label in sample.labels}
    assert kinds == {maker.kind for maker in MAKERS} >= {*CORE, *CONTEXT, "secret", "vendor_key"}
    assert {sample.task for sample in HALVES[split]} == {"plain", "disguised", "harmless", "look_alike", "mixed"}


def test_labels_stand_where_a_value_is() -> None:
    for sample in EVERYTHING:
        assert not {"⟨", VALUE_OPEN, VALUE_CLOSE} & set(sample.text), sample
        assert sample.labels or sample.task in ("harmless", "look_alike", "mixed"), sample
        for start, end, _ in sample.labels:
            assert any(character.isalnum() for character in sample.text[start:end]), sample
            assert sample.surroundings[0] <= start < end <= sample.surroundings[1], sample


def test_vendors_are_many_and_none_is_there_twice() -> None:
    vendors = Counter(maker.name for maker in MAKERS if maker.kind == "vendor_key")
    assert len(vendors) > 100
    assert set(vendors.values()) == {1}


def test_interactions_for_speed_are_as_long_as_the_ones_that_others_were_measured_on() -> None:
    mixed = [len(sample.text.encode()) for sample in EVERYTHING if sample.task == "mixed"]
    assert 1000 < sum(mixed) / len(mixed) < 1300
