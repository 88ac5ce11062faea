"""A log of clean records for the digests' tests: small, with repetitions, feedback, failures and late events."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from consumers.digester.batch import Batch
from consumers.digester.records import batch_of
from headrace.codec import encode
from headrace.events import AnyEvent, Clean, Feedback, ProductionInteraction, Retrieval
from headrace.ids import derived_uuid7

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
QUESTIONS = ("Where is my {}?", "I want to cancel my {}", "Cancel my {} please", "Reset my {}", "Why is the {} late?")
THINGS = (
    "parcel",
    "order",
    "password",
    "invoice",
    "refund",
    "card",
    "address",
    "train",
    "ticket",
    "phone",
    "lamp",
    "key",
)


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """A vector of length 1 for each text, the same for the same text."""
    rows = np.array([np.random.default_rng(zlib.crc32(text.encode())).normal(size=16) for text in texts], np.float32)
    lengths: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, lengths)


def events(count: int, seed: int, step_s: float = 7.0) -> list[AnyEvent]:
    """Interactions of two agents, some sent twice, some rated later, some late by minutes."""
    dice = random.Random(seed)
    made: list[AnyEvent] = []
    for number in range(count):
        moment = BEGIN + timedelta(seconds=number * step_s - (dice.random() < 0.1) * 400)
        earlier = [event for event in made if isinstance(event, ProductionInteraction)]
        choice = dice.random()
        if earlier and choice < 0.1:
            made.append(dice.choice(earlier[-20:]))
        elif earlier and choice < 0.25:
            rated = dice.choice(earlier[-20:])
            made.append(
                Feedback(interaction_id=rated.interaction_id, timestamp=moment, score=float(dice.randint(1, 5)))
            )
        else:
            made.append(interaction(dice, f"{seed}/{number}", moment))
    return made


def interaction(dice: random.Random, name: str, moment: datetime) -> ProductionInteraction:
    """One turn of one of five sessions."""
    return ProductionInteraction(
        interaction_id=derived_uuid7(int(moment.timestamp() * 1000), name),
        timestamp=moment,
        agent_selected=dice.choice(["billing", "returns"]),
        agent_version=dice.choice(["1", None]),
        session_id=f"session {dice.randrange(5)}",
        user_query=dice.choice(QUESTIONS).format(dice.choice(THINGS)),
        response=dice.choice(["", "Yes.", "Which one?"]),
        latency_ms=dice.choice([None, dice.lognormvariate(6, 1)]),
        user_feedback_score=dice.choice([None, None, 1.0, 5.0]),
        routing_confidence=dice.random(),
        retrieval=dice.choice([None, Retrieval(ids=["a"], scores=[dice.random()])]),
        error=dice.choice([None, None, "Timeout: 3 s"]),
        cost_usd=dice.random(),
        metadata={"language": "de-DE"} if zlib.crc32(name.encode()) % 4 == 0 else {},
    )


def clean_records(happened: Sequence[AnyEvent]) -> list[bytes]:
    """The records of `clean` that say so."""
    return [
        encode(Clean(event=e, sanitizer="s", policy="p", raw_partition=0, raw_offset=0, appended_at=e.timestamp))
        for e in happened
    ]


def batch(offsets: Sequence[int], records: list[bytes]) -> Batch:
    """What the digester reads of records."""
    read, undecodable = batch_of(offsets, records)
    assert not undecodable
    return read
