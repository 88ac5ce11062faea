"""Decisions on Kafka: a decision has an id, and said twice it is the same decision."""

from __future__ import annotations

from headrace import topic_log
from headrace.decisions.formats import Decision, decode_decision
from headrace.settings import Kafka
from headrace.topics import DECISIONS


def publish(settings: Kafka, decision: Decision) -> None:
    """Writes a decision and waits for the broker. Raises BrokerUnavailable: then say it again."""
    topic_log.publish(settings, DECISIONS, [decision])


def read_all(settings: Kafka) -> list[Decision]:
    """Every decision that the topic still holds, each partition's in order. Raises BrokerUnavailable."""
    entries = topic_log.read_all(settings, DECISIONS, decode_decision)
    return [entry.value for entry in entries if entry.value is not None]


def reader(settings: Kafka) -> topic_log.Reader[Decision]:
    """Reads all decisions, and those that come. Raises BrokerUnavailable."""
    return topic_log.Reader(settings, DECISIONS, decode_decision)
