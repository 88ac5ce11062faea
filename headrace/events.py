"""The event contract: what an agent says, and what the topics carry.

Every event is a tagged struct (`type` = name and version, "interaction.v1"). Adding an optional
field keeps the version; anything else makes a new one, and the old one decodes for ever. On
`headrace.raw` an event travels bare, its ledger pair in the Kafka headers; on `headrace.clean` it
travels inside `Clean`, which says how it was sanitized and where it came from.

Times are UTC. Scores named `…_score` of users run from 1 to 5; confidences and propensities from
0 to 1; latencies are milliseconds; costs are US dollars.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from headrace.errors import Reason
from headrace.ids import uuid7

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Stars = Annotated[float, Meta(ge=1.0, le=5.0)]
NonNegative = Annotated[float, Meta(ge=0.0)]
Count = Annotated[int, Meta(ge=0, le=2**62)]
Source = Literal["human", "llm", "code"]
NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
"""What agents, tenants and versions may be called, whole: they become metric labels and group keys."""
DEFAULT_TENANT = "default"
"""Where there is only one."""
DropPolicy = Literal["queue_full", "too_large", "invalid", "undelivered", "not_sent"]
"""Why the client let go of an event: its memory bound, its size, its content, the broker's refusal, or
the end of the time that close() had."""


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class Retrieval(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What a retriever returned, best first; the three lists are parallel where given."""

    ids: list[str] = []
    scores: list[float] = []
    texts: list[str] = []


class Event(msgspec.Struct, tag_field="type", omit_defaults=True, kw_only=True):
    """What every event has. `producer_id` and `seq` are the ledger pair, from the Kafka headers."""

    timestamp: datetime = field(default_factory=now)
    tenant: str = DEFAULT_TENANT
    producer_id: str | None = None
    seq: Count | None = None


class ProductionInteraction(Event, tag="interaction.v1", kw_only=True):
    """One turn: what a user asked, which agent answered what, and how it went."""

    interaction_id: str = field(default_factory=uuid7)
    session_id: str | None = None
    user_id: str | None = None
    agent_selected: str
    agent_version: str | None = None
    user_query: str
    response: str = ""
    latency_ms: NonNegative | None = None
    user_feedback_score: Stars | None = None
    routing_confidence: Share | None = None
    routing_scores: dict[str, float] = {}
    propensity: Share | None = None
    retrieval: Retrieval | None = None
    hallucination_score: Share | None = None
    model: str | None = None
    tokens_in: Count | None = None
    tokens_out: Count | None = None
    cost_usd: NonNegative | None = None
    error: str | None = None
    experiment: str | None = None
    variant: str | None = None
    tags: list[str] = []
    metadata: dict[str, Any] = {}
    external_id: str | None = None
    """Set by the sanitizer: the keyed hash of an `interaction_id` that was no UUIDv7."""


class Feedback(Event, tag="feedback.v1", kw_only=True):
    """What somebody thought of an interaction; may arrive before it, or weeks after.

    Append-only: the current one is the latest per interaction, name, source and rater.
    """

    feedback_id: str = field(default_factory=uuid7)
    interaction_id: str
    session_id: str | None = None
    name: str = "rating"
    score: float | None = None
    label: str | None = None
    comment: str | None = None
    correction: str | None = None
    correct_agent: str | None = None
    rater: str | None = None
    source: Source = "human"
    agent_selected: str | None = None
    agent_version: str | None = None
    variant: str | None = None
    external_id: str | None = None
    """Set by the sanitizer: the keyed hash of an `interaction_id` that was no UUIDv7."""


class Label(Event, tag="label.v1", kw_only=True):
    """An annotator's verdict on an interaction."""

    label_id: str = field(default_factory=uuid7)
    interaction_id: str
    annotator: str
    name: str
    value: str
    comment: str | None = None
    correct_agent: str | None = None
    source: Source = "human"
    external_id: str | None = None
    """Set by the sanitizer: the keyed hash of an `interaction_id` that was no UUIDv7."""


class DroppedRange(msgspec.Struct, array_like=True, frozen=True):
    """Events `first` to `last` (both included) that a client let go, and why."""

    first: Count
    last: Count
    policy: DropPolicy


class ProducerStatus(Event, tag="producer_status.v1", kw_only=True):
    """A client's account of itself: every 10 s, at flush and at close. It has no `seq` of its own."""

    producer_id: str
    started_at: datetime
    last_seq: Count
    """The greatest `seq` given out so far."""
    dropped: list[DroppedRange] = []
    """All ranges dropped since the start, merged."""
    closed: bool = False


AnyEvent = ProductionInteraction | Feedback | Label | ProducerStatus


class Clean(msgspec.Struct, tag_field="type", tag="clean.v1", omit_defaults=True, kw_only=True):
    """A sanitized event with its provenance: one record of `headrace.clean`."""

    event: AnyEvent
    sanitizer: str
    """Version of the sanitizer."""
    policy: str
    """Hash of the rules and settings that were applied."""
    findings: dict[str, int] = {}
    """How many values of each kind were replaced."""
    flags: list[str] = []
    """`future_timestamp`: event time was capped; `unknown_fields`: some were dropped."""
    raw_partition: int
    raw_offset: int
    appended_at: datetime
    """When the broker took the raw record."""


class Rejected(msgspec.Struct, tag_field="type", tag="rejected.v1", omit_defaults=True, kw_only=True):
    """A record that was refused: why, and where it stands on raw. Never its text."""

    reason: Reason
    path: str
    """Our own field names only."""
    stage: str
    raw_partition: int
    raw_offset: int
    appended_at: datetime
    producer_id: str | None = None
    seq: Count | None = None
