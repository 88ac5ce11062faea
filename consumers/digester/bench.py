"""`headrace bench digest`: the digester without Kafka: decoding, rules, sampling, embedding, digests to bytes.

Every event is made outside of what is measured: processor time of one core, over windows of event time as a stream at
the measured pace would fill them.
"""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from consumers.digester.partition import PartitionDigester
from consumers.digester.records import batch_of
from consumers.digests import messages
from consumers.digests.messages import Source
from consumers.memory import rarely_collect
from headrace.codec import encode
from headrace.embedding import embedder
from headrace.events import Clean, ProductionInteraction, Retrieval
from headrace.ids import uuid7
from headrace.settings import FailureAnalysis

BATCH = 1_000
"""A fetch of 5,000 records, by six partitions."""
PUBLISHED_EVERY = 13_000
"""A partition's share of 80,000 events a second."""
PACE_MS = 1 / 13
_TEXT = """
    where parcel order cancel refund invoice account password change address delivery late train ticket seat window
    hotel room night breakfast flight gate luggage doctor table garden music concert weather umbrella phone battery
    screen charger jacket size blue green return label courier morning evening weekend holiday passport driver taxi
    station bridge museum river bakery market kitchen recipe sugar coffee bottle yellow pillow blanket mirror candle
"""
WORDS = _TEXT.split()
"""Two questions of fourteen of them hardly ever have the share in common that makes a rephrase."""
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


def digest(
    events: Annotated[int, typer.Option(min=1_000, help="How many interactions.")] = 400_000,
    turns: Annotated[int, typer.Option(min=1, help="Turns of a session.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Digest interactions of 1.2 KB of ten agents, one in twenty failing: microseconds of processor time each."""
    figures = _measure(events, turns)
    typer.echo(json.dumps(figures) if as_json else "\n".join(f"{name:16} {value}" for name, value in figures.items()))


def _measure(events: int, turns: int) -> dict[str, float]:
    dice = random.Random(1)
    digester = PartitionDigester(Source("bench", 0, 300_000_000), 0, FailureAnalysis(), embedder("static"))
    rarely_collect()
    spent_s, written = 0.0, 0
    for start in range(0, events, BATCH):
        values = [_event(dice, start + number, turns) for number in range(BATCH)]
        began = time.process_time()
        digester.take(batch_of(range(start, start + BATCH), values)[0])
        if start % PUBLISHED_EVERY < BATCH:
            parts = (part for whole in digester.parts() for part in messages.split(whole))
            written += sum(len(messages.encode(part)) for part in parts)
        spent_s += time.process_time() - began
    return {
        "us_per_event": round(spent_s / events * 1e6, 2),
        "events_per_s": round(events / spent_s),
        "written_mb": round(written / 1e6, 1),
    }


def _event(dice: random.Random, number: int, turns: int) -> bytes:
    moment = BEGIN + timedelta(milliseconds=number * PACE_MS)
    event = ProductionInteraction(
        interaction_id=uuid7(int(moment.timestamp() * 1000)),
        timestamp=moment,
        agent_selected=f"agent-{number % 10}",
        agent_version="1",
        session_id=f"h1:key:{(number // turns) % (1 << 30):026d}",
        user_id=f"h1:key:{number % 5_000:026d}",
        user_query=" ".join(dice.choices(WORDS, k=14)),
        response="This is what we found for you, and what you can do next. " * 9,
        latency_ms=dice.lognormvariate(6, 1),
        routing_confidence=0.3 if dice.random() < 0.05 else 0.9,
        retrieval=Retrieval(ids=["a", "b"], scores=[dice.uniform(0.5, 1.0), 0.4]),
        model="model",
        tokens_in=100,
        tokens_out=200,
        cost_usd=0.002,
    )
    clean = Clean(event=event, sanitizer="1", policy="p", raw_partition=0, raw_offset=number, appended_at=moment)
    return encode(clean)
