"""Whatever the shape of an event, no planted value is in the bytes that leave the sanitizer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.canary.values import VALUES
from consumers.sanitizer.transform import RawRecord, Transform
from headrace import codec
from headrace.events import AnyEvent, Feedback, Label, ProductionInteraction, Retrieval
from headrace.ids import KeyRing
from headrace.privacy import Sanitizer, sanitize_event

pytestmark = pytest.mark.slow

SANITIZER = Sanitizer()
BARE = {kind: value for kind, value in VALUES.items() if kind != "url_credentials"}
"""A password alone is a word like any other; in its URL it is planted as such."""
PLANTED = st.sampled_from([*BARE.values(), f"https://app:{VALUES['url_credentials']}@example.org/"])
WORDS = st.text(st.characters(categories=("Ll", "Lu", "Lo")), max_size=6)
SEPARATOR = st.sampled_from([" ", "\n", ", ", " | ", "\t", ' "', " <"])
SAID = st.builds(
    lambda before, a, value, b, after: f"{before}{a}{value}{b}{after}", WORDS, SEPARATOR, PLANTED, SEPARATOR, WORDS
)
LEAVES = st.none() | st.booleans() | st.integers(-1000, 1000) | WORDS | SAID | SAID.map(str.encode)
TREES = st.recursive(
    LEAVES,
    lambda tree: st.lists(tree, max_size=4) | st.dictionaries(WORDS | SAID, tree, max_size=4),
    max_leaves=25,
)
METADATA = st.dictionaries(WORDS | SAID, TREES, max_size=4)
RETRIEVAL = st.builds(
    lambda ids, texts: Retrieval(ids=ids, scores=[0.5] * len(ids), texts=texts),
    st.lists(WORDS | SAID, max_size=2),
    st.lists(SAID, max_size=2),
)
INTERACTIONS = st.builds(
    ProductionInteraction,
    agent_selected=st.just("billing"),
    user_query=SAID,
    response=SAID,
    error=st.none() | SAID,
    model=st.none() | SAID,
    tags=st.lists(WORDS | SAID, max_size=3),
    routing_scores=st.dictionaries(SAID, st.floats(0, 1), max_size=2),
    retrieval=st.none() | RETRIEVAL,
    session_id=st.none() | SAID,
    user_id=st.none() | SAID,
    metadata=METADATA,
)
FEEDBACK = st.builds(Feedback, interaction_id=SAID, comment=SAID, correction=SAID, rater=st.none() | SAID)
LABELS = st.builds(
    Label, interaction_id=SAID, annotator=SAID, name=st.just("intent"), value=SAID, comment=st.none() | SAID
)
EVENTS: st.SearchStrategy[AnyEvent] = INTERACTIONS | FEEDBACK | LABELS
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=25)


def leaked(encoded: bytes) -> list[str]:
    """The kinds of planted values that stand in these bytes."""
    return [kind for kind, value in VALUES.items() if value.encode() in encoded]


@UNHURRIED
@given(INTERACTIONS)
def test_no_planted_value_is_in_a_sanitized_interaction(event: ProductionInteraction) -> None:
    event.session_id = event.user_id = None
    clean, findings = sanitize_event(event, SANITIZER)
    assert leaked(codec.encode(clean)) == []
    assert findings


@UNHURRIED
@given(st.lists(EVENTS, max_size=4))
def test_no_planted_value_leaves_the_sanitizer_service(events: list[AnyEvent]) -> None:
    records = [RawRecord(codec.encode(event), [], 0, offset, 0) for offset, event in enumerate(events)]
    for outcome in Transform(ring())(records):
        assert leaked((outcome.key or b"") + outcome.value) == []


@UNHURRIED
@given(EVENTS)
def test_the_certificate_counts_what_was_replaced(event: AnyEvent) -> None:
    transform = Transform(ring())
    (outcome,) = transform([RawRecord(codec.encode(event), [], 0, 0, 0)])
    if outcome.reason is None:
        clean = codec.decode_clean(outcome.value)
        assert (clean.sanitizer, clean.policy) == (transform.version, transform.policy)
        assert sum(clean.findings.values()) > 0


def ring() -> KeyRing:
    return KeyRing.from_environment()


def test_depth_hides_nothing() -> None:
    tree: Any = VALUES["email"]
    for depth in range(400):
        tree = [tree] if depth % 2 else {f"to {VALUES['ipv4']}": tree}
    event = ProductionInteraction(agent_selected="a", user_query="", response="", metadata={"deep": tree})
    clean, findings = sanitize_event(event, SANITIZER)
    assert leaked(codec.encode(clean)) == []
    assert sum(findings.values()) == 201
