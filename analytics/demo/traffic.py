"""What the demo publishes: a file or the simulator's traffic, some bad input, and a few events to time."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from analytics.audit.rows import Query
from analytics.demo.setting import DemoFailed, headrace
from headrace import kafka
from headrace.client.logger import ProductionInteractionLogger
from headrace.settings import Settings
from headrace.topics import RAW

_START = b'{"type": "interaction.v1", "user_query": "?", "response": "!", "agent_selected": '
BAD_INPUT = {
    "a line that is no JSON": b"hello, is anybody there?",
    "JSON cut short": _START,
    "a number for a name": _START + b"7}",
    "no question": b'{"type": "interaction.v1", "agent_selected": "billing"}',
    "no word of anybody": b'{"type": "interaction.v1", "user_query": " ", "agent_selected": "billing"}',
    "an unknown type": b'{"type": "weather.v1", "degrees": 21}',
    "an event from a future version": b'{"type": "interaction.v9", "user_query": "?"}',
    "a rating of nine stars": _START + b'"billing", "user_feedback_score": 9}',
    "an agent with spaces in its name": _START + b'"the billing agent"}',
    "metadata 2,000 levels deep": _START + b'"billing", "metadata": {"a": ' + b"[" * 2000 + b"]" * 2000 + b"}}",
}
"""Each is to be rejected with a reason; no client of ours would send them."""
FLUSH_S = 30.0
PROBES = 60
"""So many that each partition gets one, but once in ten thousand demos: they end the windows, without a wait for
silence."""
PROBE = "probe"
PROBE_EVERY_S = 0.02
PROBE_TIMEOUT_S = 60.0


class Publisher:
    """`headrace emit` or `headrace simulate` in a process of its own."""

    def __init__(self, folder: Path, data: Path | None, interactions: int, rate: float) -> None:
        self.truth = folder / "truth.jsonl"
        self._output, self._errors = folder / "publisher.json", folder / "publisher.log"
        arguments = (
            ["emit", str(data)]
            if data
            else ["simulate", "--interactions", str(interactions), "--truth", str(self.truth)]
        )
        command = [*headrace(), *arguments, "--rate", str(rate), "--json"]
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(command, stdout=output, stderr=errors)

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def account(self) -> dict[str, Any]:
        """What it says it published. Raises DemoFailed where it came to no such end."""
        self._process.wait()
        try:
            account: dict[str, Any] = json.loads(self._output.read_bytes())
        except ValueError:
            raise DemoFailed(f"publishing failed: {self._errors.read_text(errors='replace').strip()}") from None
        return account

    def planted(self) -> Counter[str]:
        """How many values of each kind of personal data the simulator wrote into its texts."""
        kinds: Counter[str] = Counter()
        if self.truth.exists():
            with self.truth.open("rb") as lines:
                for truth in map(json.loads, lines):
                    kinds.update(span[3] for span in truth.get("personal", ()))
        return kinds

    def stop(self) -> None:
        """Ends it, if it still runs."""
        if not self.has_ended:
            self._process.terminate()
            self._process.wait()


def publish_bad_input(settings: Settings) -> None:
    """Writes BAD_INPUT straight to raw, without the ledger's headers. Raises DemoFailed."""
    producer = Producer(kafka.producer(settings.kafka))
    for payload in BAD_INPUT.values():
        producer.produce(settings.kafka.topic(RAW), payload)
    if producer.flush(FLUSH_S):
        raise DemoFailed(f"the broker did not take the bad input within {FLUSH_S:g} s")


def freshness_s(settings: Settings, query: Query) -> list[float]:
    """Seconds from the call to log until a query sees the row, of PROBES events; a second one is logged while the
    first is under way.
    """
    logged: dict[str, float] = {}
    seen: dict[str, float] = {}
    with ProductionInteractionLogger(settings) as logger:
        while len(seen) < PROBES:
            if len(logged) < PROBES:
                started = time.monotonic()
                logged[logger.log(agent_selected=PROBE, user_query="Who sees me?", response="You will.")] = started
            time.sleep(PROBE_EVERY_S)
            found = query(f"SELECT interaction_id::VARCHAR FROM interactions WHERE agent_selected = '{PROBE}'")
            seen = {id_: seen.get(id_, time.monotonic()) for (id_,) in found}
            if time.monotonic() - max(logged.values()) > PROBE_TIMEOUT_S:
                raise DemoFailed(f"an event was not to be seen in the store within {PROBE_TIMEOUT_S:g} s")
    return sorted(seen[id_] - logged[id_] for id_ in logged)
