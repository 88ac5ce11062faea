"""Decisions on Kafka: written with the broker's acknowledgement, read whole.

Guarantee: at-least-once onto `headrace.decisions`; a decision has an id, and said twice it is the same decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from headrace import kafka
from headrace.codec import encode
from headrace.decisions.formats import Decision, decode_decision
from headrace.errors import BrokerUnavailable
from headrace.settings import Kafka
from headrace.topics import DECISIONS


def publish(settings: Kafka, decision: Decision) -> None:
    """Writes a decision and waits for the broker. Raises BrokerUnavailable: then say it again."""
    producer = Producer({**kafka.producer(settings), "delivery.timeout.ms": int(kafka.BROKER_TIMEOUT_S * 1000)})
    failed: list[KafkaError] = []
    producer.produce(
        settings.topic(DECISIONS),
        encode(decision),
        decision.key,
        on_delivery=lambda error, _: failed.append(error) if error else None,
    )
    if producer.flush(kafka.BROKER_TIMEOUT_S) or failed:
        raise BrokerUnavailable(settings.bootstrap_servers, kafka.BROKER_TIMEOUT_S)


def read_all(settings: Kafka) -> list[Decision]:
    """Every decision that the topic still holds, each partition's in order. Raises BrokerUnavailable."""
    reader = Consumer({**kafka.consumer(settings, "decisions"), "enable.partition.eof": True})
    try:
        return list(_decisions(reader, settings.topic(DECISIONS)))
    except KafkaException:
        raise BrokerUnavailable(settings.bootstrap_servers, kafka.BROKER_TIMEOUT_S) from None
    finally:
        reader.close()


def _decisions(reader: Consumer, topic: str) -> Iterator[Decision]:
    found = reader.list_topics(topic, timeout=kafka.BROKER_TIMEOUT_S).topics[topic]
    places = [_start(reader, TopicPartition(topic, number)) for number in found.partitions]
    reader.assign(places)
    behind = {place.partition for place in places}
    while behind:
        message = reader.poll(kafka.BROKER_TIMEOUT_S)
        if message is None:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
        if (error := message.error()) is None:
            yield decode_decision(message.value() or b"")
        elif error.code() == KafkaError._PARTITION_EOF:
            behind.discard(message.partition() or 0)
        else:
            raise KafkaException(error)


def _start(reader: Consumer, place: TopicPartition) -> TopicPartition:
    first, _ = reader.get_watermark_offsets(place, kafka.BROKER_TIMEOUT_S)
    return TopicPartition(place.topic, place.partition, first)
