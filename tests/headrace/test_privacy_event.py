"""Every string of an event is looked at, at any depth, and nothing else of it changes."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace import codec
from headrace.errors import Poison, Reason
from headrace.events import Feedback, Label, ProducerStatus, ProductionInteraction, Retrieval, now
from headrace.privacy import Sanitizer, sanitize_event, sanitize_events

SANITIZER = Sanitizer()
MAIL = "ada@example.org"
TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.just(MAIL),
    lambda tree: st.lists(tree, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just(MAIL), tree, max_size=3),
    max_leaves=12,
)


def interaction(**fields: Any) -> ProductionInteraction:
    return ProductionInteraction(agent_selected="billing", **{"user_query": "Why?", "response": "So.", **fields})


def test_every_text_of_an_interaction_is_sanitized() -> None:
    said = f"mail {MAIL} now"
    dirty = interaction(
        user_query=said,
        response=said,
        model=said,
        error=said,
        experiment=said,
        variant=said,
        tags=["a", said],
        routing_scores={said: 0.5, "b": 0.25},
        retrieval=Retrieval(ids=[said], scores=[0.5], texts=[said]),
        metadata={said: [said, {"deep": [{said: said}]}]},
    )
    clean, findings = sanitize_event(dirty, SANITIZER)
    assert MAIL.encode() not in codec.encode(clean)
    assert findings == {"email": 14}
    assert clean.metadata == {
        "mail [EMAIL] now": ["mail [EMAIL] now", {"deep": [{"mail [EMAIL] now": "mail [EMAIL] now"}]}]
    }
    assert clean.retrieval is not None
    assert clean.retrieval.scores == [0.5]
    assert clean.routing_scores == {"mail [EMAIL] now": 0.5, "b": 0.25}
    assert clean.interaction_id == dirty.interaction_id


@pytest.mark.parametrize(
    "judgement",
    [
        Feedback(interaction_id="i", name=MAIL, label=MAIL, comment=MAIL, correction=MAIL, variant=MAIL),
        Label(interaction_id="i", annotator="a", name=MAIL, value=MAIL, comment=MAIL),
    ],
)
def test_every_text_of_feedback_and_labels_is_sanitized(judgement: Feedback | Label) -> None:
    clean, _ = sanitize_event(judgement, SANITIZER)
    assert MAIL.encode() not in codec.encode(clean)


def test_ids_are_not_text() -> None:
    """A hash may look like a phone number; whoever holds the key deals with ids."""
    event = interaction(session_id="4155552671", user_id=MAIL, interaction_id=MAIL, producer_id=MAIL)
    assert sanitize_event(event, SANITIZER) == (event, {})


def test_an_event_without_personal_data_is_the_very_same_object() -> None:
    event = interaction(metadata={"order": [1, 2.5, None, "x"]}, tags=["a"])
    assert sanitize_event(event, SANITIZER)[0] is event
    status = ProducerStatus(producer_id="p", started_at=now(), last_seq=3)
    assert sanitize_event(status, SANITIZER)[0] is status


def test_a_number_that_is_a_phone_or_card_is_replaced_and_others_are_not() -> None:
    numbers = {"phone": 4155552671, "card": 4111111111111111.0, "stamp": 1700000000000, "small": 12, "flag": True}
    clean, findings = sanitize_event(interaction(metadata=numbers), SANITIZER)
    assert clean.metadata == {**numbers, "phone": "[PHONE]", "card": "[CREDIT_CARD]"}
    assert findings == {"phone": 1, "credit_card": 1}


def test_keys_that_become_equal_lose_nothing() -> None:
    metadata = {"a@b.com": 1, "c@d.com": 2, "[EMAIL]": 3, "[EMAIL] 2": 4}
    clean, _ = sanitize_event(interaction(metadata=metadata), SANITIZER)
    assert sorted(clean.metadata.values()) == [1, 2, 3, 4]


def test_depth_has_no_limit_of_ours() -> None:
    tree: Any = MAIL
    for _ in range(50_000):
        tree = [tree]
    clean, findings = sanitize_event(interaction(metadata={"deep": tree}), SANITIZER)
    node = clean.metadata["deep"]
    while isinstance(node, list):
        node = node[0]
    assert (node, findings) == ("[EMAIL]", {"email": 1})


def test_metadata_that_contains_itself_is_poison() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(Poison, match="too_large"):
        sanitize_event(interaction(metadata={"loop": loop}), SANITIZER)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("agent_selected", MAIL),
        ("agent_selected", "the billing agent"),
        ("agent_selected", ""),
        ("agent_version", "x" * 65),
        ("tenant", "415-555-2671"),
        ("tenant", "acme\n"),
    ],
)
def test_a_name_that_is_none_is_poison(field: str, name: str) -> None:
    event = msgspec.structs.replace(interaction(), **{field: name})
    for _ in range(2):
        with pytest.raises(Poison) as poison:
            sanitize_event(event, SANITIZER)
        assert (poison.value.reason, poison.value.path) == (Reason.INVALID_NAME, f"$.{field}")


def test_a_version_may_look_like_an_address() -> None:
    event = interaction(agent_version="10.2.0.1")
    assert sanitize_event(event, SANITIZER)[0].agent_version == "10.2.0.1"


@given(st.lists(st.builds(interaction, user_query=st.text() | st.just(MAIL), tenant=st.text(max_size=3)), max_size=4))
def test_many_events_at_once_give_what_each_gives_alone(events: list[ProductionInteraction]) -> None:
    for event, result in zip(events, sanitize_events(events, SANITIZER), strict=True):
        if isinstance(result, Exception):
            with pytest.raises(type(result), match=re.escape(str(result))):
                sanitize_event(event, SANITIZER)
        else:
            assert result == sanitize_event(event, SANITIZER)


@given(st.dictionaries(st.text(max_size=5), TREES, max_size=4))
def test_whatever_metadata_holds_no_value_passes_and_a_second_pass_finds_nothing(metadata: dict[str, Any]) -> None:
    clean, _ = sanitize_event(interaction(metadata=metadata), SANITIZER)
    assert MAIL.encode() not in codec.encode(clean)
    assert sanitize_event(clean, SANITIZER) == (clean, {})
