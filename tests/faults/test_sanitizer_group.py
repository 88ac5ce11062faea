"""Sanitizers come, go, hang and are drained while they work (R1 to R3, B6, B7, S1)."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from msgspec.structs import replace

from consumers.sanitizer.positions import GROUP
from consumers.sanitizer.transaction import TRANSACTION_TIMEOUT_MS
from headrace import kafka
from headrace.settings import Settings
from headrace.topics import CLEAN, RAW
from tests.faults.test_sanitizer_steps import instance, runs
from tests.support import Service, count, read_all, wait_for
from tests.support.sanitized import assert_nothing_wrong, await_caught_up, fill_raw, lag

pytestmark = [pytest.mark.broker, pytest.mark.fault]

EXPIRY_CHECK_S = 10.0
"""How often the broker looks for transactions that are open for too long, at most."""


def has_started(sanitizer: Service) -> bool:
    return sanitizer.log.exists() and "event=assigned" in sanitizer.log.read_text()


def test_one_sanitizer_then_three_then_one(settings: Settings, tmp_path: Path) -> None:
    trio = [Service("sanitizer", instance(settings, name, tmp_path)) for name in ("s1", "s2", "s3")]
    try:
        fill_raw(settings, 2_000, seed=1)
        trio[0].start()
        wait_for(lambda: has_started(trio[0]), "the first sanitizer to have partitions")
        for sanitizer in trio[1:]:
            sanitizer.start()
            fill_raw(settings, 2_000, seed=2)
        wait_for(lambda: all(map(has_started, trio)), "all three to have partitions")
        fill_raw(settings, 2_000, seed=3)
        assert [sanitizer.terminate() for sanitizer in trio[1:]] == [0, 0]
        fill_raw(settings, 2_000, seed=4)
        await_caught_up(settings)
        assert trio[0].terminate() == 0
    finally:
        for sanitizer in trio:
            sanitizer.kill()
    assert_nothing_wrong(settings)


@pytest.mark.parametrize("hang_s", [1.0, 13.0], ids=["shorter than the session", "longer than the session"])
def test_a_rebalance_inside_a_transaction_commits_it_whole_or_not_at_all(
    hang_s: float, settings: Settings, tmp_path: Path
) -> None:
    fill_raw(settings, 1_000)
    hanging = Service("sanitizer", instance(settings, "s1", tmp_path), fault="sanitizer.4_after_produce@2:stop")
    joining = Service("sanitizer", instance(settings, "s2", tmp_path))
    try:
        hanging.start()
        wait_for(lambda: count(settings, CLEAN) > 0, "the first transaction")
        joining.start()
        time.sleep(hang_s)
        hanging.process.send_signal(signal.SIGCONT)
        await_caught_up(settings)
    finally:
        hanging.kill()
        joining.kill()
    assert_nothing_wrong(settings)


@pytest.mark.parametrize("step", ["sanitizer.4_after_produce", "sanitizer.5_after_send_offsets"])
def test_one_that_sleeps_longer_than_its_transaction_may_be_open_does_its_batch_again(
    step: str, settings: Settings, tmp_path: Path
) -> None:
    fill_raw(settings, 1_000)
    with Service("sanitizer", instance(settings, "s1", tmp_path), fault=f"{step}@2:stop") as sanitizer:
        wait_for(lambda: count(settings, CLEAN) > 0, "the first transaction")
        time.sleep(TRANSACTION_TIMEOUT_MS / 1000 + EXPIRY_CHECK_S)
        sanitizer.process.send_signal(signal.SIGCONT)
        wait_for(lambda: runs(sanitizer) and lag(settings) == 0, "the sanitizer to reach the end of raw")
    assert_nothing_wrong(settings)


def test_one_that_polls_too_rarely_loses_its_partitions_and_doubles_nothing(settings: Settings, tmp_path: Path) -> None:
    impatient = replace(settings, kafka=replace(settings.kafka, properties={"max.poll.interval.ms": 10_000}))
    fill_raw(settings, 1_000)
    slow = Service("sanitizer", instance(impatient, "s1", tmp_path), fault="sanitizer.2_after_begin@2:sleep")
    other = Service("sanitizer", instance(impatient, "s2", tmp_path))
    try:
        slow.start()
        wait_for(lambda: count(settings, CLEAN) > 0, "the first transaction")
        other.start()
        wait_for(lambda: runs(slow) and runs(other) and lag(settings) == 0, "the sanitizers to reach the end of raw")
    finally:
        slow.kill()
        other.kill()
    assert_nothing_wrong(settings)


def test_sigterm_drains(settings: Settings, tmp_path: Path) -> None:
    with Service("sanitizer", instance(settings, "s1", tmp_path)) as sanitizer:
        fill_raw(settings, 3_000)
        wait_for(lambda: has_started(sanitizer), "the sanitizer to work")
        assert sanitizer.terminate() == 0
        assert "revoked" in sanitizer.log.read_text()
        sanitizer.start()
        await_caught_up(settings)
        assert sanitizer.terminate() == 0
    assert_nothing_wrong(settings)


def test_records_that_expired_unread_stop_it_until_a_person_accepts_the_loss(
    settings: Settings, tmp_path: Path
) -> None:
    fill_raw(settings, 100)
    raw, partition = settings.kafka.topic(RAW), read_all(settings, RAW)[0].partition
    client = kafka.admin(settings.kafka)
    client.delete_records([TopicPartition(raw, partition, 1)])[TopicPartition(raw, partition)].result()
    file = instance(settings, "s1", tmp_path)
    with Service("sanitizer", file) as sanitizer:
        assert sanitizer.wait() == 1
        assert f"headrace skip-gap {raw}:{partition}:1" in sanitizer.tail()
        with Service("skip", file, arguments=["skip-gap", f"{raw}:{partition}:1"]) as command:
            assert command.wait() == 0, command.tail()
        sanitizer.start()
        await_caught_up(settings)
    assert_nothing_wrong(settings)


def test_one_whose_place_in_the_group_is_taken_ends(settings: Settings, tmp_path: Path) -> None:
    fill_raw(settings, 100)
    taker = Consumer({**kafka.consumer(settings.kafka, GROUP), "group.instance.id": "s1"})
    with Service("sanitizer", instance(settings, "s1", tmp_path)) as sanitizer:
        wait_for(lambda: runs(sanitizer) and lag(settings) == 0, "the sanitizer to reach the end of raw")
        taker.subscribe([settings.kafka.topic(RAW)])
        wait_for(lambda: taker.poll(0.1) is not None or not sanitizer.is_running, "the place to be taken")
        assert sanitizer.wait() == 1
        assert "does another process run with the same sanitizer.instance?" in sanitizer.tail()
    taker.close()


def test_a_second_process_with_the_same_instance_is_shut_out(settings: Settings, tmp_path: Path) -> None:
    fill_raw(settings, 500)
    file = instance(settings, "s1", tmp_path)
    with Service("sanitizer", file) as first:
        wait_for(lambda: has_started(first), "the first to work")
        with Service("sanitizer", file) as second:
            wait_for(lambda: has_started(second), "the second to work")
            fill_raw(settings, 500, seed=2)
            assert first.wait() == 1
            await_caught_up(settings)
            assert second.terminate() == 0
    assert_nothing_wrong(settings)
