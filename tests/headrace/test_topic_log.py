"""Small topics that are read whole."""

from __future__ import annotations

import pytest

from headrace import topic_log
from headrace.errors import BrokerUnavailable, TopicChanged
from headrace.settings import Kafka, Settings
from headrace.topics import TOPICS

pytestmark = pytest.mark.broker


def test_topics_that_were_just_made_are_empty_and_no_broker_is_missed(settings: Settings) -> None:
    for topic in TOPICS:
        assert topic_log.read_all(settings.kafka, topic.name, bytes) == []


def test_a_topic_that_nobody_made_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headrace.kafka.BROKER_TIMEOUT_S", 1.0)
    with pytest.raises(TopicChanged, match="nobody-made-this: no such topic"):
        topic_log.read_all(settings.kafka, "nobody-made-this", bytes)


def test_a_broker_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headrace.kafka.BROKER_TIMEOUT_S", 1.0)
    with pytest.raises(BrokerUnavailable, match=r"127\.0\.0\.1:9"):
        topic_log.read_all(Kafka(bootstrap_servers="127.0.0.1:9"), "states", bytes)
