"""States over a real Kafka: everybody who reads sees the last word."""

from __future__ import annotations

from pathlib import Path
from queue import Queue
from time import sleep

import pytest

from headrace import kafka
from headrace.errors import BrokerUnavailable
from headrace.settings import Kafka, Settings
from headrace.states import Follower, State, publish, read_all
from headrace.topic_admin import create_topics
from tests.conftest import settings_for
from tests.headrace.states.test_current import experiment, model

TIMEOUT_S = 20.0


@pytest.mark.broker
def test_the_last_word_on_each_is_read(settings: Settings) -> None:
    publish(settings.kafka, [model("1", "production"), model("2", "candidate"), experiment("a")])
    publish(settings.kafka, [model("1", "candidate", 5)])
    assert read_all(settings.kafka) == {
        "model/router/1": model("1", "candidate", 5),
        "model/router/2": model("2", "candidate"),
        "experiment/a": experiment("a"),
    }


@pytest.mark.broker
def test_a_follower_hears_what_holds_and_then_what_changes(settings: Settings) -> None:
    publish(settings.kafka, [model("1", "production")])
    heard: Queue[dict[str, State]] = Queue()
    follower = Follower(settings.kafka, heard.put)
    try:
        assert list(heard.get(timeout=TIMEOUT_S)) == ["model/router/1"]
        publish(settings.kafka, [model("1", "candidate", 5)])
        assert heard.get(timeout=TIMEOUT_S) == {"model/router/1": model("1", "candidate", 5)}
    finally:
        follower.close()


@pytest.mark.broker
def test_a_follower_may_be_there_before_the_topic(broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headrace.kafka.BROKER_TIMEOUT_S", 0.5)
    monkeypatch.setattr("headrace.states.log.RETRY_S", 0.1)
    settings = settings_for(broker, tmp_path)
    heard: Queue[dict[str, State]] = Queue()
    follower = Follower(settings.kafka, heard.put)
    sleep(2.0)  # it has asked for the topic, in vain
    monkeypatch.undo()
    create_topics(kafka.admin(settings.kafka), settings)
    publish(settings.kafka, [model("1", "production")])
    try:
        while not (states := heard.get(timeout=TIMEOUT_S)):
            pass
        assert list(states) == ["model/router/1"]
    finally:
        follower.close()


def test_no_broker_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headrace.kafka.BROKER_TIMEOUT_S", 0.5)
    with pytest.raises(BrokerUnavailable):
        read_all(Kafka(bootstrap_servers="127.0.0.1:1"))
