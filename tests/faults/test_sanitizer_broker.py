"""The broker dies and comes back under a working sanitizer, or is not there at all (B1, B3, B5)."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from headrace import kafka
from headrace.broker.local import LocalBroker, free_port
from headrace.kafka import SESSION_TIMEOUT_MS
from headrace.settings import BOOTSTRAP_VARIABLE
from headrace.topic_admin import create_topics
from headrace.topics import CLEAN
from tests.conftest import settings_for
from tests.faults.test_sanitizer_steps import instance, runs
from tests.support import Service, count, wait_for
from tests.support.sanitized import assert_nothing_wrong, fill_raw, lag

pytestmark = [pytest.mark.broker, pytest.mark.fault]


@pytest.fixture(autouse=True)
def _own_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The services take the address from their settings, not from the session's broker."""
    monkeypatch.delenv(BOOTSTRAP_VARIABLE, raising=False)


def test_a_broker_that_is_killed_and_started_again_costs_nothing(tmp_path: Path) -> None:
    broker = LocalBroker(tmp_path / "broker", free_port())
    broker.start()
    settings = settings_for(broker.bootstrap_servers, tmp_path)
    create_topics(kafka.admin(settings.kafka), settings)
    fill_raw(settings, 5_000)
    try:
        with Service("sanitizer", instance(settings, "s1", tmp_path)) as sanitizer:
            wait_for(lambda: count(settings, CLEAN) > 0, "the first transaction")
            broker.kill()
            time.sleep(1.0)
            broker.start()
            fill_raw(settings, 1_000, seed=2)
            wait_for(lambda: runs(sanitizer) and lag(settings) == 0, "the sanitizer to reach the end of raw")
            assert sanitizer.terminate() == 0
        assert_nothing_wrong(settings)
    finally:
        broker.kill()


def test_a_broker_that_hangs_for_longer_than_a_session_costs_nothing(tmp_path: Path) -> None:
    broker = LocalBroker(tmp_path / "broker", free_port())
    broker.start()
    settings = settings_for(broker.bootstrap_servers, tmp_path)
    create_topics(kafka.admin(settings.kafka), settings)
    fill_raw(settings, 5_000)
    assert broker.pid is not None
    try:
        with (
            Service("sanitizer", instance(settings, "s1", tmp_path)) as first,
            Service("sanitizer", instance(settings, "s2", tmp_path)) as second,
        ):
            wait_for(lambda: count(settings, CLEAN) > 0, "the first transaction")
            os.kill(broker.pid, signal.SIGSTOP)
            time.sleep(2 * SESSION_TIMEOUT_MS / 1000)
            os.kill(broker.pid, signal.SIGCONT)
            fill_raw(settings, 1_000, seed=2)
            wait_for(lambda: runs(first) and runs(second) and lag(settings) == 0, "both to reach the end of raw")
        assert_nothing_wrong(settings)
    finally:
        broker.kill()


def test_without_a_broker_it_waits_and_can_be_stopped(tmp_path: Path) -> None:
    settings = settings_for(f"127.0.0.1:{free_port()}", tmp_path)
    with Service("sanitizer", instance(settings, "s1", tmp_path)) as sanitizer:
        wait_for(lambda: "no broker yet" in sanitizer.log.read_text(), "a word about the broker")
        assert sanitizer.is_running
        sanitizer.process.send_signal(signal.SIGTERM)
        assert sanitizer.wait() == 0
