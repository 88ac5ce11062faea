"""What the simulator planted, as values: enough to compute every expected result without the system.

Positions are in characters (Unicode code points) of the event as it was published; `path` names the
field (`user_query`, `metadata.crm.contact`, …).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Failure = Literal[
    "low_rating",
    "poor_retrieval",
    "routing_mistake",
    "hallucination",
    "slow_response",
    "error",
    "rephrase",
    "abandoned",
]
PersonalKind = Literal["email", "phone", "ssn", "credit_card", "api_key", "ip_address"]


class PlantedSpan(msgspec.Struct, frozen=True, array_like=True):
    """One piece of personal data: characters [start, end) of the text at `path`."""

    path: str
    start: int
    end: int
    kind: PersonalKind


class DriftTruth(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="drift"):
    """From `at` on: a new topic in the queries, and one agent slower and rated lower."""

    at: datetime
    agent: str
    latency_factor: float
    novelty_share: float
    """Share of all sessions that open with a question nobody asked before."""
    poor_rating_shift: float
    """Added to the agent's chance of a rating of 1 or 2."""


class InteractionTruth(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="interaction"
):
    interaction_id: str
    session_id: str
    intent: str
    right_agent: str
    failures: list[Failure] = []
    repeats: str | None = None
    """The interaction whose question the user asked again here."""
    personal: list[PlantedSpan] = []


class FeedbackTruth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="feedback"):
    feedback_id: str
    interaction_id: str
    seconds_late: float
    """Event time after its interaction's."""
    published_first: bool = False
    """It comes before its interaction in the stream."""
    personal: list[PlantedSpan] = []


class ResentTruth(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="resent"):
    """An interaction published a second time, the same to the byte."""

    interaction_id: str


Truth = DriftTruth | InteractionTruth | FeedbackTruth | ResentTruth
