"""What happens to an event in the agent's own thread: its names checked, its ids hashed, its bytes taken.

The bytes are a snapshot: what the agent does to its own dictionaries afterwards changes nothing.
"""

from __future__ import annotations

import re
from copy import copy
from functools import lru_cache
from headrace.codec import encode
from headrace.errors import Poison, Reason
from headrace.events import AnyEvent, Feedback, Label, ProductionInteraction
from headrace.ids import KeyRing
from headrace.topics import MAX_EVENT_BYTES

Numbered = ProductionInteraction | Feedback | Label
"""What an agent logs: each has a number in its producer's ledger."""

LOW_RATING = 2.0
"""One or two stars of five: what the later stages learn most from."""
_CACHED_NAMES = 1024
"""A deployment has tens of agents and versions; more than a thousand are somebody's mistake."""

_name = re.compile(r"[A-Za-z0-9_.:-]{1,64}").fullmatch
"""Agents, tenants and versions become metric labels and group keys."""


@lru_cache(_CACHED_NAMES)
def is_name(text: str) -> bool:
    """Whether `text` may name an agent, a tenant or a version.

    >>> is_name("billing-agent:2.1"), is_name("the billing agent")
    (True, False)
    """
    return _name(text) is not None


def require_names(event: Numbered) -> None:
    """Raises Poison with the field whose name is none."""
    if not is_name(event.tenant):
        raise Poison(Reason.INVALID_NAME, "$.tenant")
    if isinstance(event, ProductionInteraction) and not is_name(event.agent_selected):
        raise Poison(Reason.INVALID_NAME, "$.agent_selected")
    if not isinstance(event, Label):
        version = event.agent_version
        if version is not None and not is_name(version):
            raise Poison(Reason.INVALID_NAME, "$.agent_version")


def is_priority(event: Numbered) -> bool:
    """Whether the event may use the part of the buffer that routine successes may not: an error, a low
    rating, feedback, a label.

    >>> routine = ProductionInteraction(agent_selected="billing", user_query="?")
    >>> is_priority(routine), is_priority(Feedback(interaction_id=routine.interaction_id))
    (False, True)
    """
    if not isinstance(event, ProductionInteraction):
        return True
    return event.error is not None or (event.user_feedback_score or LOW_RATING + 1) <= LOW_RATING


def key_of(event: Numbered) -> bytes | None:
    """What keeps a session's events in order: its id, where it is known."""
    session = None if isinstance(event, Label) else event.session_id
    return session.encode() if session else None


def with_hashed_ids(event: Numbered, ring: KeyRing) -> Numbered:
    """The event with pseudonyms in place of the ids of people and sessions; the agent's own is left as it is."""
    event = copy(event)
    if isinstance(event, ProductionInteraction):
        event.user_id = event.user_id and ring.pseudonym("user", event.user_id)
        event.session_id = event.session_id and ring.pseudonym("session", event.session_id)
    elif isinstance(event, Feedback):
        event.rater = event.rater and ring.pseudonym("user", event.rater)
        event.session_id = event.session_id and ring.pseudonym("session", event.session_id)
    else:
        event.annotator = ring.pseudonym("user", event.annotator)
    return event


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
