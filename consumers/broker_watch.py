"""Whether a consumer's broker answers, and whether it shut us out: one watch for each reader."""

from __future__ import annotations

import time

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException

from headrace.errors import BrokerUnavailable

PROBE_TIMEOUT_S = 2.0
"""A broker that is there answers within milliseconds."""

log = structlog.get_logger("broker")


class BrokerWatch:
    """Says once that no broker answers and once that it is back; gives up after `patience_s`, or never."""

    def __init__(self, bootstrap_servers: str, patience_s: float | None) -> None:
        self._bootstrap_servers, self._patience_s = bootstrap_servers, patience_s
        self._down_since: float | None = None
        self.fatal: KafkaError | None = None
        """After this only a new consumer can go on."""

    def on_error(self, error: KafkaError) -> None:
        """librdkafka's `error_cb`."""
        if is_fatal(error):
            self.fatal = error
        if error.code() == KafkaError._ALL_BROKERS_DOWN and self._down_since is None:
            self._down_since = time.monotonic()
            log.warning("no broker answers", bootstrap_servers=self._bootstrap_servers)

    def check(self, consumer: Consumer, topic: str) -> None:
        """Asks a broker that was away whether it is back. Raises BrokerUnavailable where patience is at its end."""
        if self._down_since is None:
            return
        try:
            consumer.list_topics(topic, timeout=PROBE_TIMEOUT_S)
        except KafkaException:
            if self._patience_s is not None and time.monotonic() - self._down_since > self._patience_s:
                raise BrokerUnavailable(self._bootstrap_servers, self._patience_s) from None
            return
        self._down_since = None
        log.info("the broker is back")


def is_fatal(error: KafkaError) -> bool:
    """Whether only a new client can go on. librdkafka hands what is fatal to a consumer, like a twin in its group, out
    as a message whose error is `_FATAL` and is not marked as fatal; `error_cb` does not hear of it.
    """
    return error.fatal() or error.code() == KafkaError._FATAL
