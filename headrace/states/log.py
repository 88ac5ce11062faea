"""States on Kafka: read from the start and then as they come; of each key the last word holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Thread

from headrace import topic_log
from headrace.errors import HeadraceError
from headrace.settings import Kafka
from headrace.states.formats import State, decode_state
from headrace.topics import STATES

POLL_S = 0.2
RETRY_S = 5.0
"""A broker that is away is asked again after this long; what is known holds meanwhile."""
CLOSE_S = 1.0
"""An agent that ends waits no longer for the thread, which may be asking a broker that is away: it ends by itself."""


def publish(settings: Kafka, states: Sequence[State]) -> None:
    """Writes states and waits for the broker. Raises BrokerUnavailable: then say them again."""
    topic_log.publish(settings, STATES, states)


def read_all(settings: Kafka) -> dict[str, State]:
    """The last state of each key. Raises BrokerUnavailable."""
    states: dict[str, State] = {}
    for entry in topic_log.read_all(settings, STATES, decode_state):
        _take(states, entry)
    return states


class Follower:
    """Keeps `on_change` told of all states, from a thread of its own, until closed.

    It is called once the topic was read to its end, and after every change. While no broker answers, or the topic
    is not there yet, nothing changes, and nothing is raised.
    """

    def __init__(self, settings: Kafka, on_change: Callable[[dict[str, State]], None]) -> None:
        self._settings, self._on_change = settings, on_change
        self._ended = Event()
        self._thread = Thread(target=self._run, name="headrace-states", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread."""
        self._ended.set()
        self._thread.join(CLOSE_S)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._follow()
            except HeadraceError:
                self._ended.wait(RETRY_S)

    def _follow(self) -> None:
        reader = topic_log.Reader(self._settings, STATES, decode_state)
        states: dict[str, State] = {}
        told: dict[str, State] | None = None
        try:
            while not self._ended.is_set():
                if (entry := reader.poll(POLL_S)) is not None:
                    _take(states, entry)
                if reader.is_at_end and states != told:
                    told = dict(states)
                    self._on_change(told)
        finally:
            reader.close()


def _take(states: dict[str, State], entry: topic_log.Entry[State]) -> None:
    if entry.value is None:
        states.pop(entry.key, None)
    else:
        states[entry.key] = entry.value
