"""One event of each type with every field set, and one with only what it must have."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from headrace.errors import Reason
from headrace.events import (
    Clean,
    DroppedRange,
    Feedback,
    Label,
    ProducerStatus,
    ProductionInteraction,
    Rejected,
    Retrieval,
)

MOMENT = datetime(2026, 1, 5, 12, 30, 15, 250_000, tzinfo=UTC)
FIRST_ID = "019b8e0c-6a12-7abc-8def-0123456789ab"
SECOND_ID = "019b8e0c-6a13-7abc-8def-0123456789ab"

FULL_INTERACTION = ProductionInteraction(
    timestamp=MOMENT,
    tenant="acme",
    producer_id="p-1",
    seq=7,
    interaction_id=FIRST_ID,
    session_id="s-1",
    user_id="u-1",
    agent_selected="billing",
    agent_version="2.1",
    user_query="Where is my invoice? Żółć 日本",
    response="It was sent on Monday.",
    latency_ms=812.5,
    user_feedback_score=4.0,
    routing_confidence=0.75,
    routing_scores={"billing": 0.75, "travel": 0.25},
    propensity=0.5,
    retrieval=Retrieval(ids=["d1"], scores=[0.9], texts=["Invoices are sent on Mondays."]),
    hallucination_score=0.125,
    model="m-large",
    tokens_in=210,
    tokens_out=64,
    cost_usd=0.0021,
    error="Timeout",
    experiment="router-3",
    variant="b",
    tags=["beta", "mobile"],
    metadata={"turn": 3, "nested": {"deep": [1, None, True]}},
    external_id="h1:aaaaaaaa:bbbbbbbbbbbbbbbbbbbbbbbbbb",
)
FULL_FEEDBACK = Feedback(
    timestamp=MOMENT,
    tenant="acme",
    producer_id="p-1",
    seq=8,
    feedback_id=SECOND_ID,
    interaction_id=FIRST_ID,
    session_id="s-1",
    name="helpfulness",
    score=2.0,
    label="bad",
    comment="wrong invoice",
    correction="invoice 17",
    correct_agent="travel",
    rater="r-1",
    source="llm",
    agent_selected="billing",
    agent_version="2.1",
    variant="b",
    external_id="h1:aaaaaaaa:bbbbbbbbbbbbbbbbbbbbbbbbbb",
)
FULL_LABEL = Label(
    timestamp=MOMENT,
    tenant="acme",
    producer_id="p-1",
    seq=9,
    label_id=SECOND_ID,
    interaction_id=FIRST_ID,
    annotator="ann-1",
    name="correct_agent",
    value="travel",
    comment="clear case",
    correct_agent="travel",
    source="code",
    external_id="h1:aaaaaaaa:bbbbbbbbbbbbbbbbbbbbbbbbbb",
)
FULL_STATUS = ProducerStatus(
    timestamp=MOMENT,
    tenant="acme",
    producer_id="p-1",
    started_at=MOMENT,
    last_seq=9,
    dropped=[DroppedRange(2, 4, "queue_full"), DroppedRange(6, 6, "too_large")],
    closed=True,
)
FULL_CLEAN = Clean(
    event=FULL_INTERACTION,
    sanitizer="0.1.0",
    policy="sha256:0123456789abcdef",
    findings={"EMAIL": 2},
    flags=["unknown_fields"],
    raw_partition=3,
    raw_offset=4711,
    appended_at=MOMENT,
)
FULL_REJECTED = Rejected(
    reason=Reason.TOO_LONG,
    path="$.user_query",
    stage="sanitizer",
    raw_partition=3,
    raw_offset=4711,
    appended_at=MOMENT,
    producer_id="p-1",
    seq=7,
)
EXAMPLES: dict[str, msgspec.Struct] = {
    "interaction.v1 full": FULL_INTERACTION,
    "interaction.v1 least": ProductionInteraction(
        timestamp=MOMENT, interaction_id=FIRST_ID, agent_selected="billing", user_query="hello"
    ),
    "feedback.v1 full": FULL_FEEDBACK,
    "feedback.v1 least": Feedback(timestamp=MOMENT, feedback_id=SECOND_ID, interaction_id=FIRST_ID),
    "label.v1 full": FULL_LABEL,
    "label.v1 least": Label(
        timestamp=MOMENT, label_id=SECOND_ID, interaction_id=FIRST_ID, annotator="ann-1", name="ok", value="yes"
    ),
    "producer_status.v1 full": FULL_STATUS,
    "producer_status.v1 least": ProducerStatus(timestamp=MOMENT, producer_id="p-1", started_at=MOMENT, last_seq=0),
    "clean.v1 full": FULL_CLEAN,
    "clean.v1 of feedback": Clean(
        event=FULL_FEEDBACK, sanitizer="0.1.0", policy="p", raw_partition=0, raw_offset=0, appended_at=MOMENT
    ),
    "rejected.v1 full": FULL_REJECTED,
    "rejected.v1 least": Rejected(
        reason=Reason.UNDECODABLE, path="$", stage="sanitizer", raw_partition=0, raw_offset=0, appended_at=MOMENT
    ),
}
