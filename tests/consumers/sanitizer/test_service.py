"""The sanitizer's loop in this process, on a real broker."""

from __future__ import annotations

import pytest
from confluent_kafka import Producer
from msgspec.structs import replace

from consumers.sanitizer import service
from headrace import kafka
from headrace.errors import Fatal
from headrace.ids import KeyRing
from headrace.settings import Settings
from headrace.topics import RAW, REJECTED
from tests.support.records import read_all
from tests.support.sanitized import assert_nothing_wrong, fill_raw, lag

pytestmark = pytest.mark.broker


def test_a_batch_that_takes_too_long_is_committed_in_parts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no time at all a transaction holds one slice; each record still has its one outcome, in order."""
    monkeypatch.setattr(service, "OPEN_AT_MOST_S", 0.0)
    fill_raw(settings, 600)
    _sanitize_all(settings)
    assert_nothing_wrong(settings)


def test_where_everything_is_rejected_it_stops_and_rejects_nothing_more(settings: Settings) -> None:
    """Also at the next start; accepted by a person, the records are rejected like others."""
    _fill_with_poison(settings, 600)
    strict = replace(settings, sanitizer=replace(settings.sanitizer, rejected_in_a_row=200))
    for _ in range(2):
        with pytest.raises(Fatal, match="all rejected, the last one as undecodable"):
            _sanitize_all(strict)
        assert read_all(settings, REJECTED) == []
    _sanitize_all(replace(settings, sanitizer=replace(settings.sanitizer, rejected_in_a_row=0)))
    assert len(read_all(settings, REJECTED)) == 600


def _fill_with_poison(settings: Settings, count: int) -> None:
    producer = Producer(kafka.producer(settings.kafka))
    for number in range(count):
        producer.produce(settings.kafka.topic(RAW), b"no event", str(number).encode())
    assert producer.flush(10.0) == 0


def _sanitize_all(settings: Settings) -> None:
    loop = service.Loop(settings, KeyRing.from_environment())
    loop.start()
    try:
        while lag(settings):
            loop.turn()
    finally:
        loop.close()
