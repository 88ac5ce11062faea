"""The windows' benchmark counts what was digested while chunks are still open."""

from __future__ import annotations

import pytest
from confluent_kafka import Producer

from consumers.digester.partition import PartitionDigester
from consumers.digests.messages import Source, encode, split
from consumers.windows.bench_digested import Digested
from headrace import kafka
from headrace.events import ProductionInteraction
from headrace.settings import FailureAnalysis, Settings
from headrace.topics import DIGESTS
from tests.support.digests import batch, clean_records, embed, events
from tests.support.waiting import wait_for

CHUNK = 64
HAPPENED = events(100, seed=1)
RECORDS = clean_records(HAPPENED)


@pytest.mark.broker
def test_copies_of_open_chunks_count_once(settings: Settings) -> None:
    whole, producer = 0, Producer(kafka.producer(settings.kafka))
    for partition in range(2):
        digester = PartitionDigester(Source("topic", partition, 300_000_000, CHUNK), 0, FailureAnalysis(), embed)
        for start in range(0, len(RECORDS), 10):
            digester.take(batch(range(start, start + 10), RECORDS[start : start + 10]))
            for part in digester.parts():
                for message in split(part):
                    producer.produce(settings.kafka.topic(DIGESTS), encode(message))
            producer.produce(settings.kafka.topic(DIGESTS), encode(digester.progress(0, False, 2)))
        whole += len({event.interaction_id for event in HAPPENED if isinstance(event, ProductionInteraction)})
    producer.flush()
    digested = Digested(settings)
    wait_for(lambda: digested.look() >= whole, "all copies")
    assert digested.look() == whole
