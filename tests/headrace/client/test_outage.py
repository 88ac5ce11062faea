"""A broker that is not there yet, dies and comes back: nothing raised, the bound holds, every number is explained."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace import kafka
from headrace.broker import LocalBroker
from headrace.broker.local import free_port
from headrace.client import ProductionInteractionLogger
from headrace.settings import Settings
from headrace.topic_admin import create_topics
from tests.conftest import settings_for
from tests.headrace.client.support import (
    ROUTINE,
    adds_up,
    dropped_seqs,
    numbered_on_raw,
    statuses_on_raw,
    with_logging,
)
from tests.support import wait_for

pytestmark = [pytest.mark.broker, pytest.mark.fault]

BOUND = 2 * 1024 * 1024
BULKY = {**ROUTINE, "response": "x" * 1000}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[LocalBroker]:
    broker = LocalBroker(tmp_path / "broker", free_port(), heap_mb=256)
    yield broker
    broker.kill()


@pytest.fixture(params=[True, False], ids=["masked", "unmasked"])
def own(node: LocalBroker, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    settings = settings_for(node.bootstrap_servers, tmp_path)
    return with_logging(settings, buffer_bytes=BOUND, sanitize_pii=request.param)


def make_topics(settings: Settings) -> None:
    client = kafka.admin(settings.kafka)
    create_topics(client, settings)


def assert_every_number_is_explained(settings: Settings, logger: ProductionInteractionLogger) -> None:
    closing = statuses_on_raw(settings, logger.producer_id)[-1]
    assert (closing.closed, closing.last_seq) == (True, logger.last_seq)
    delivered = numbered_on_raw(settings, logger.producer_id)
    assert sorted([*delivered, *dropped_seqs(closing)]) == list(range(1, logger.last_seq + 1))


def test_a_broker_that_comes_later_gets_what_was_kept(node: LocalBroker, own: Settings) -> None:
    logger = ProductionInteractionLogger(own)
    for _ in range(50):
        logger.log(**ROUTINE)
    assert logger.flush(0.2).pending == 50
    node.start()
    make_topics(own)
    result = logger.close(60)
    assert (result.delivered, result.dropped) == (50, {})
    assert_every_number_is_explained(own, logger)


def test_a_broker_killed_in_mid_traffic(node: LocalBroker, own: Settings) -> None:
    node.start()
    make_topics(own)
    logger = ProductionInteractionLogger(own)
    for _ in range(500):
        logger.log(**BULKY)
    node.kill()
    for _ in range(4000):
        logger.log(**BULKY)
    during = logger.counts
    assert during.dropped["queue_full"] > 0
    assert during.pending * 1000 <= BOUND
    logger.log(**BULKY, error="timeout")
    assert logger.counts.accepted == during.accepted + 1
    assert adds_up(logger.counts)
    node.start()
    result = logger.close(60)
    assert result.pending == 0
    assert set(result.dropped) == {"queue_full"}
    assert_every_number_is_explained(own, logger)


def test_an_event_loop_goes_on_through_an_outage(node: LocalBroker, own: Settings) -> None:
    node.start()
    make_topics(own)

    async def agent() -> list[float]:
        logger = ProductionInteractionLogger(own)
        waits = []
        for number in range(300):
            if number == 100:
                node.kill()
            started = time.perf_counter()
            await logger.log_interaction(**BULKY)
            waits.append(time.perf_counter() - started)
            await asyncio.sleep(0.002)
        await asyncio.to_thread(node.start)
        result = await asyncio.to_thread(logger.close, 60)
        assert result.delivered == 300
        return waits

    waits = asyncio.run(agent())
    print(f"longest call while the broker was away: {max(waits[101:]) * 1000:.2f} ms")


def test_forgotten_events_arrive_when_the_broker_is_back(node: LocalBroker, own: Settings) -> None:
    node.start()
    make_topics(own)
    logger = ProductionInteractionLogger(own)
    logger.log(**ROUTINE)
    logger.flush(60)
    node.kill()
    for _ in range(20):
        logger.log(**ROUTINE)
    node.start()
    wait_for(lambda: logger.counts.delivered == 21, "the events kept through the outage")
    logger.close()
    assert_every_number_is_explained(own, logger)
