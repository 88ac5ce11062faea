"""A real Apache Kafka as a child process, for developers and tests: one KRaft node from Maven's jars."""

from headrace.broker.local import LocalBroker

__all__ = ["LocalBroker"]
