import pytest

from headrace.client.edge import hash_ids, is_priority, key_of, packed, require_names
from headrace.errors import Poison, Reason
from headrace.events import Feedback, Label, ProductionInteraction
from headrace.ids import KeyRing
from headrace.topics import MAX_EVENT_BYTES

RING = KeyRing([b"k" * 32])


def interaction(**fields: object) -> ProductionInteraction:
    return ProductionInteraction(**{"agent_selected": "billing", "user_query": "?", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["tenant", "agent_selected", "agent_version"])
@pytest.mark.parametrize("text", ["", "two words", "x" * 65, "naïve", "a\n"])
def test_a_name_that_is_none_is_refused_with_its_field(field: str, text: str) -> None:
    with pytest.raises(Poison) as poison:
        require_names(interaction(**{field: text}))
    assert (poison.value.reason, poison.value.path) == (Reason.INVALID_NAME, f"$.{field}")


def test_names_of_feedback_and_labels_are_checked() -> None:
    with pytest.raises(Poison):
        require_names(Feedback(interaction_id="i", agent_version="no version"))
    with pytest.raises(Poison):
        require_names(Label(interaction_id="i", annotator="ann", name="ok", value="yes", tenant="no tenant"))


def test_what_teaches_most_has_priority() -> None:
    assert is_priority(interaction(error="timeout"))
    assert is_priority(interaction(user_feedback_score=2.0))
    assert is_priority(Feedback(interaction_id="i", score=5))
    assert is_priority(Label(interaction_id="i", annotator="ann", name="ok", value="yes"))
    assert not is_priority(interaction(user_feedback_score=3.0))
    assert not is_priority(interaction())


@pytest.mark.parametrize(
    "event",
    [
        interaction(user_id="ada@home", session_id="session-17"),
        Feedback(interaction_id="i", rater="ada@home", session_id="session-17"),
        Label(interaction_id="i", annotator="ada@home", name="ok", value="yes"),
    ],
)
def test_no_id_of_a_person_or_session_is_in_the_bytes(event: ProductionInteraction | Feedback | Label) -> None:
    hash_ids(event, RING)
    payload = packed(event)
    assert b"ada@home" not in payload
    assert b"session-17" not in payload
    assert b"session-17" not in (key_of(event) or b"")
    assert RING.hash("user", "ada@home").encode() in payload


def test_an_id_that_is_a_pseudonym_already_stays() -> None:
    event = interaction(user_id=RING.hash("user", "ada"))
    hash_ids(event, RING)
    assert event.user_id == RING.hash("user", "ada")


def test_an_event_with_too_many_bytes_is_refused() -> None:
    with pytest.raises(Poison) as poison:
        packed(interaction(response="x" * MAX_EVENT_BYTES))
    assert poison.value.reason is Reason.TOO_LARGE
    assert len(packed(interaction(response="x" * (MAX_EVENT_BYTES - 500)))) <= MAX_EVENT_BYTES
