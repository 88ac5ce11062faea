"""The measurement can tell good rules from bad ones, and holds floors under those of today."""

from __future__ import annotations

import re

import pytest

from headrace.privacy.corpus import Split, corpus
from headrace.privacy.evaluation import Engine, engines, quality, report, wilson
from headrace.privacy.evaluation.speed import adversarial, worst
from headrace.privacy.evaluation.targets import TARGETS

SAMPLES = list(corpus(seed=5, size=6, split="held_out"))
REPORTED: tuple[Split, ...] = ("held_out", "fresh_held_out")
FLOORS = {
    "classic": 0.95,
    "core": 0.95,
    "mean_of_kinds": 0.95,
    "context": 0.85,
    "secret": 0.80,
    "vendor_key": 0.90,
    "disguised": 0.90,
}
CEILINGS = {"look_alikes_altered": 0.03, "harmless_altered": 0.03, "tokens_lost": 0.005}


def test_who_finds_nothing_and_who_takes_all_are_told_apart() -> None:
    nothing = quality(SAMPLES, lambda _: [])
    everything = quality(SAMPLES, lambda text: [(0, len(text))])
    assert {nothing.groups[name].share for name in ("classic", "core", "disguised", "harmless_altered")} == {0.0}
    assert nothing.leak.share == 1.0
    assert {everything.groups[name].share for name in ("classic", "core", "disguised", "harmless_altered")} == {1.0}
    assert everything.leak.share == 0.0
    assert everything.groups["tokens_lost"].share == 1.0


def test_a_kind_that_is_missed_is_a_kind_at_zero() -> None:
    def addresses(text: str) -> list[tuple[int, int]]:
        return [found.span() for found in re.finditer(r"\d+\.\d+\.\d+\.\d+", text)]

    found = quality(SAMPLES, addresses).by_kind
    assert (found["ipv4"].share, found["email"].share) == (1.0, 0.0)


@pytest.mark.parametrize(("found", "trials"), [(0, 10), (10, 10), (95, 100), (1, 3)])
def test_bounds_hold_the_share(found: int, trials: int) -> None:
    share, low, high, _ = wilson(found, trials)
    assert 0 <= low <= share <= high <= 1


def test_the_worst_text_is_the_one_that_takes_longest() -> None:
    def slow_at_dots(text: str) -> str:
        return text if "." not in text else "".join(sorted(text * 20))

    slowest = worst(Engine("made up", lambda _: [], slow_at_dots, len), characters=2000)
    assert "." in slowest.text
    assert {len(text) for _, text in adversarial(1000)} <= set(range(900, 1004))


@pytest.mark.parametrize("split", REPORTED)
def test_the_rules_of_today_keep_their_floors(split: Split) -> None:
    """Floors for a few hundred texts, below what thousands show: they fail when a kind is lost, not by chance."""
    groups = quality(corpus(seed=5, size=12, split=split), engines()[0].find).groups
    assert {name: groups[name].share for name, floor in FLOORS.items() if groups[name].share < floor} == {}
    assert {name: groups[name].share for name, most in CEILINGS.items() if groups[name].share > most} == {}


def test_a_report_has_every_target() -> None:
    blind = Engine("python", lambda _: [], lambda text: text, len)
    measured = report(SAMPLES[:300] + [sample for sample in SAMPLES if sample.task == "mixed"], [blind])
    assert {*TARGETS} == {*measured.as_json()["groups"]}
    assert [name for name, _, _, reached in measured.lines() if not reached][:2] == [
        "recall, the classic 8 kinds",
        "recall, 12 checkable kinds",
    ]
