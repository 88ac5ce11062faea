"""The sanitizer dies at each numbered step, and at random; nothing is lost, doubled or left open (K3, K4, P3)."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

import consumers.sanitizer.service
from headrace import codec
from headrace.errors import Reason
from headrace.settings import Settings
from headrace.topics import REJECTED
from tests.conftest import write_settings
from tests.support import Service, read_all
from tests.support.sanitized import CANARY, assert_nothing_wrong, await_caught_up, fill_raw

pytestmark = [pytest.mark.broker, pytest.mark.fault]

STEPS = [
    "sanitizer.1_after_poll",
    "sanitizer.2_after_begin",
    "sanitizer.3_after_slice",
    "sanitizer.4_after_produce",
    "sanitizer.5_after_send_offsets",
    "sanitizer.6_after_commit",
]
BATCH = 100
"""Small, so that three hundred records are several transactions."""


def instance(settings: Settings, name: str, folder: Path) -> Path:
    """A settings file for one of several sanitizers."""
    own = replace(settings, sanitizer=replace(settings.sanitizer, instance=name, batch_records=BATCH))
    return write_settings(own, folder / f"{name}.yaml")


def runs(sanitizer: Service) -> bool:
    """As its supervisor would: starts it again where it has ended, this time without a fault."""
    if not sanitizer.is_running:
        sanitizer.restart_without_fault()
    return True


def test_every_failpoint_of_the_service_has_its_case() -> None:
    source = Path(consumers.sanitizer.service.__file__).read_text()
    assert re.findall(r'failpoint\("([^"]+)"\)', source) == STEPS


@pytest.mark.parametrize("step", STEPS)
def test_a_death_at_any_step_changes_nothing(step: str, settings: Settings, tmp_path: Path) -> None:
    fill_raw(settings, 550)
    file = instance(settings, "s1", tmp_path)
    with Service("sanitizer", file, fault=f"{step}@2:kill") as sanitizer:
        assert sanitizer.wait() == -9
    with Service("sanitizer", file, fault=f"{step}@2:raise") as sanitizer:
        assert sanitizer.wait() == 1
        sanitizer.restart_without_fault()
        await_caught_up(settings)
        assert sanitizer.terminate() == 0
        assert CANARY not in sanitizer.log.read_text()
    assert_nothing_wrong(settings)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_deaths_under_load_change_nothing(seed: int, settings: Settings, tmp_path: Path) -> None:
    dice = random.Random(seed)
    pair = [Service("sanitizer", instance(settings, name, tmp_path)) for name in ("s1", "s2")]
    for sanitizer in pair:
        sanitizer.start()
    try:
        for round_ in range(4):
            fill_raw(settings, 2_000, seed=10 * seed + round_)
            time.sleep(dice.uniform(0, 2))
            victim = dice.choice(pair)
            victim.kill()
            victim.start()
        await_caught_up(settings)
        assert [sanitizer.terminate() for sanitizer in pair] == [0, 0]
    finally:
        for sanitizer in pair:
            sanitizer.kill()
    assert_nothing_wrong(settings)


def test_a_record_that_kills_the_process_three_times_is_rejected(settings: Settings, tmp_path: Path) -> None:
    fill_raw(settings, 40)
    with Service("sanitizer", instance(settings, "s1", tmp_path), fault=f"{STEPS[1]}:kill") as sanitizer:
        for _ in range(3):
            assert sanitizer.wait() == -9
            sanitizer.start()
        assert sanitizer.wait() == -9
        sanitizer.restart_without_fault()
        await_caught_up(settings)
        sanitizer.terminate()
    rejected = [codec.decode_rejected(record.value) for record in read_all(settings, REJECTED)]
    assert sum(outcome.reason is Reason.CRASH for outcome in rejected) == 1
    assert_nothing_wrong(settings)
