"""`headrace topics`: the table on a real cluster."""

from __future__ import annotations

import msgspec
import pytest
from confluent_kafka.admin import NewPartitions

from headrace import kafka
from headrace.settings import Settings
from headrace.topic_admin import create_topics, describe, differences
from headrace.topics import CLEAN, RAW
from tests.support import count, produce, read_all, wait_for

pytestmark = pytest.mark.broker


def test_creating_twice_creates_once_and_leaves_no_difference(settings: Settings) -> None:
    client = kafka.admin(settings.kafka)
    assert create_topics(client, settings) == []
    assert differences(describe(client, settings), settings) == []


def test_differences_name_the_topic_the_property_and_both_values(settings: Settings) -> None:
    client = kafka.admin(settings.kafka)
    clean = settings.kafka.topic(CLEAN)
    client.create_partitions([NewPartitions(clean, 9)])[clean].result()
    wait_for(lambda: describe(client, settings)[clean]["partitions"] == "9", "the new partitions")
    privacy = msgspec.structs.replace(settings.continual_learning.privacy, retention_days=20)
    learning = msgspec.structs.replace(settings.continual_learning, privacy=privacy)
    lines = differences(describe(client, settings), msgspec.structs.replace(settings, continual_learning=learning))
    assert lines[:2] == [
        f"{clean}: partitions is 9, the table says 6",
        f"{clean}: retention.ms is 2592000000, the table says 1728000000",
    ]
    kept_longer = {settings.kafka.topic("reports"), settings.kafka.topic("decisions")}
    assert {line.partition(":")[0] for line in lines[2:]} == kept_longer


def test_a_missing_topic_is_told_with_the_command_that_makes_it(settings: Settings) -> None:
    client = kafka.admin(settings.kafka)
    raw = settings.kafka.topic(RAW)
    client.delete_topics([raw])[raw].result()
    wait_for(lambda: raw not in describe(client, settings), "the topic's end")
    assert differences(describe(client, settings), settings) == [f"{raw}: missing; `headrace topics create` makes it"]


def test_records_written_are_read_back(settings: Settings) -> None:
    produce(settings, RAW, [b"a", b"b"], key=b"k", producer_id="p")
    assert [(record.value, record.headers) for record in read_all(settings, RAW)] == [
        (b"a", {"producer_id": b"p"}),
        (b"b", {"producer_id": b"p"}),
    ]
    assert count(settings, CLEAN) == 0
