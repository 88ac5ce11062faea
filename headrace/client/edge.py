"""What happens to an event in the agent's own thread: its names checked, its ids hashed, its bytes taken.

The bytes are a snapshot: what the agent does to its own dictionaries afterwards changes nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

from headrace.codec import encode
from headrace.errors import Poison, Reason
from headrace.events import NAME, AnyEvent, Feedback, Label, ProductionInteraction
from headrace.ids import KeyRing
from headrace.topics import MAX_EVENT_BYTES

E = TypeVar("E")

Numbered = ProductionInteraction | Feedback | Label
"""What an agent logs: each has a number in its producer's ledger."""

LOW_RATING = 2.0
"""One or two stars of five: what the later stages learn most from."""
_CACHED_NAMES = 4096
"""A deployment has tens of agents and versions; thousands are somebody's mistake."""


@lru_cache(_CACHED_NAMES)
def misnamed(tenant: str, agent_selected: str | None, agent_version: str | None) -> str | None:
    """The field whose text may not be a name, if there is one.

    >>> misnamed("default", "billing-agent:2.1", None), misnamed("default", "the billing agent", None)
    (None, 'agent_selected')
    """
    names = {"tenant": tenant, "agent_selected": agent_selected, "agent_version": agent_version}
    return next((field for field, name in names.items() if name is not None and not NAME.fullmatch(name)), None)


def require_names(event: Numbered) -> None:
    """Raises Poison with the field whose name is none."""
    if isinstance(event, (ProductionInteraction, Feedback)):
        field = misnamed(event.tenant, event.agent_selected, event.agent_version)
    else:
        field = misnamed(event.tenant, None, None)
    if field is not None:
        raise Poison(Reason.INVALID_NAME, f"$.{field}")


def is_priority(event: Numbered) -> bool:
    """Whether the event may use the part of the buffer that routine successes may not: an error, a low
    rating, feedback, a label.

    >>> routine = ProductionInteraction(agent_selected="billing", user_query="?")
    >>> is_priority(routine), is_priority(Feedback(interaction_id=routine.interaction_id))
    (False, True)
    """
    if not isinstance(event, ProductionInteraction) or event.error is not None:
        return True
    return event.user_feedback_score is not None and event.user_feedback_score <= LOW_RATING


def key_of(event: Numbered) -> bytes | None:
    """What keeps a session's events in order: its id, where it is known."""
    session = event.session_id if isinstance(event, (ProductionInteraction, Feedback)) else None
    return session.encode() if session else None


def copied(event: E) -> E:
    """The event again, so that hashing its ids changes nothing of the agent's."""
    return event.__copy__()  # type: ignore[attr-defined, no-any-return]


def hash_ids(event: Numbered, ring: KeyRing) -> None:
    """Puts pseudonyms in place of the ids of people and sessions."""
    user, session = ring.pseudonyms["user"], ring.pseudonyms["session"]
    if isinstance(event, Label):
        event.annotator = user(event.annotator)
        return
    if event.session_id:
        event.session_id = session(event.session_id)
    if isinstance(event, ProductionInteraction):
        event.user_id = event.user_id and user(event.user_id)
    else:
        event.rater = event.rater and user(event.rater)


def packed(event: AnyEvent) -> bytes:
    """The event's bytes. Raises Poison where they are too many, or a value has none."""
    try:
        payload = encode(event)
    except RecursionError:
        raise Poison(Reason.TOO_DEEP) from None
    except UnicodeError:
        raise Poison(Reason.INVALID_TEXT) from None
    except Exception:
        raise Poison(Reason.WRONG_TYPE) from None
    if len(payload) > MAX_EVENT_BYTES:
        raise Poison(Reason.TOO_LARGE)
    return payload
