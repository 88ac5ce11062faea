"""States on Kafka: written with the broker's acknowledgement, read from the start and then as they come.

Guarantee: at-least-once onto `headrace.states`; a state said twice is the same state, so readers see no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Thread

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from headrace import kafka
from headrace.codec import encode
from headrace.errors import BrokerUnavailable, Poison
from headrace.settings import Kafka
from headrace.states.formats import State, decode_state
from headrace.topics import STATES

POLL_S = 0.2
RETRY_S = 5.0
"""A broker that is away is asked again after this long; what is known holds meanwhile."""


def publish(settings: Kafka, states: Sequence[State]) -> None:
    """Writes states and waits for the broker. Raises BrokerUnavailable: then say them again."""
    producer = Producer({**kafka.producer(settings), "delivery.timeout.ms": int(kafka.BROKER_TIMEOUT_S * 1000)})
    failed: list[KafkaError] = []
    for state in states:
        producer.produce(
            settings.topic(STATES),
            encode(state),
            state.key,
            on_delivery=lambda error, _: failed.append(error) if error else None,
        )
    if producer.flush(kafka.BROKER_TIMEOUT_S) or failed:
        raise BrokerUnavailable(settings.bootstrap_servers, kafka.BROKER_TIMEOUT_S)


def read_all(settings: Kafka) -> dict[str, State]:
    """The last state of each key. Raises BrokerUnavailable."""
    reader = _Reader(settings)
    try:
        while not reader.is_at_end:
            reader.poll(kafka.BROKER_TIMEOUT_S)
    finally:
        reader.close()
    return reader.states


class Follower:
    """Keeps `on_change` told of all states, from a thread of its own, until closed.

    It is called once the topic was read to its end, and after every change. While no broker answers, nothing
    changes, and nothing is raised.
    """

    def __init__(self, settings: Kafka, on_change: Callable[[dict[str, State]], None]) -> None:
        self._settings, self._on_change = settings, on_change
        self._ended = Event()
        self._thread = Thread(target=self._run, name="headrace-states", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread."""
        self._ended.set()
        self._thread.join(2 * kafka.BROKER_TIMEOUT_S)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._follow()
            except BrokerUnavailable:
                self._ended.wait(RETRY_S)

    def _follow(self) -> None:
        reader = _Reader(self._settings)
        try:
            told: dict[str, State] | None = None
            while not self._ended.is_set():
                reader.poll(POLL_S)
                if reader.is_at_end and reader.states != told:
                    told = dict(reader.states)
                    self._on_change(told)
        finally:
            reader.close()


class _Reader:
    """All partitions from their start; `states` grows by `poll`."""

    def __init__(self, settings: Kafka) -> None:
        self._settings = settings
        self._topic = settings.topic(STATES)
        self._consumer = Consumer({**kafka.consumer(settings, "states"), "enable.partition.eof": True})
        self._behind = self._assign()
        self.states: dict[str, State] = {}

    @property
    def is_at_end(self) -> bool:
        return not self._behind

    def poll(self, timeout_s: float) -> None:
        """Reads one record, if one comes in time."""
        message = self._consumer.poll(timeout_s)
        if message is None:
            return
        if (error := message.error()) is None:
            self._take(message)
        elif error.code() == KafkaError._PARTITION_EOF:
            self._behind.discard(message.partition())

    def close(self) -> None:
        self._consumer.close()

    def _assign(self) -> set[int | None]:
        try:
            found = self._consumer.list_topics(self._topic, timeout=kafka.BROKER_TIMEOUT_S).topics[self._topic]
            places = [self._start(number) for number in found.partitions]
        except KafkaException:
            self._consumer.close()
            raise BrokerUnavailable(self._settings.bootstrap_servers, kafka.BROKER_TIMEOUT_S) from None
        self._consumer.assign(places)
        return {place.partition for place in places}

    def _start(self, partition: int) -> TopicPartition:
        place = TopicPartition(self._topic, partition)
        first, _ = self._consumer.get_watermark_offsets(place, kafka.BROKER_TIMEOUT_S)
        return TopicPartition(self._topic, partition, first)

    def _take(self, message: Message) -> None:
        key = (message.key() or b"").decode("utf-8", "replace")
        value = message.value()
        if value is None:
            self.states.pop(key, None)
            return
        try:
            self.states[key] = decode_state(value)
        except Poison:
            return
