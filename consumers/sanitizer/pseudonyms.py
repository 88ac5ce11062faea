"""The ids of an event as they may be kept: keyed hashes, and UUIDs that say nothing. Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from headrace.events import AnyEvent, Feedback, Label, ProducerStatus, ProductionInteraction
from headrace.ids import KeyRing, derived_uuid7, is_uuid7


def hash_ids(event: AnyEvent, ring: KeyRing) -> None:
    """Puts a pseudonym in place of every id of a person or session, and of every foreign id of an event.

    An interaction's foreign id becomes `external_id`, and its row gets the UUIDv7 that time and hash always
    give; feedback and labels that name a foreign id carry the same hash in both fields, to be joined by it.
    """
    if event.producer_id:
        event.producer_id = producer_pseudonym(event.producer_id, ring)
    if isinstance(event, ProductionInteraction):
        _hash_interaction(event, ring)
    elif not isinstance(event, ProducerStatus):
        _hash_judgement(event, ring)


def producer_pseudonym(producer_id: str, ring: KeyRing) -> str:
    """A producer's id if it is a UUID, as our clients' are; else its hash: others may name a person."""
    return producer_id if is_uuid7(producer_id) or _is_uuid(producer_id) else ring.pseudonym("producer", producer_id)


def _hash_interaction(event: ProductionInteraction, ring: KeyRing) -> None:
    if event.session_id:
        event.session_id = ring.pseudonym("session", event.session_id)
    if event.user_id:
        event.user_id = ring.pseudonym("user", event.user_id)
    if is_uuid7(event.interaction_id):
        event.external_id = None
    else:
        event.external_id = _foreign(event.tenant, event.interaction_id, ring)
        event.interaction_id = derived_uuid7(_milliseconds(event.timestamp), event.external_id)


def _hash_judgement(event: Feedback | Label, ring: KeyRing) -> None:
    event.external_id = None
    if not is_uuid7(event.interaction_id):
        event.interaction_id = event.external_id = _foreign(event.tenant, event.interaction_id, ring)
    if isinstance(event, Label):
        event.annotator = ring.pseudonym("user", event.annotator)
        if not is_uuid7(event.label_id):
            event.label_id = _foreign(event.tenant, event.label_id, ring)
        return
    if not is_uuid7(event.feedback_id):
        event.feedback_id = _foreign(event.tenant, event.feedback_id, ring)
    if event.session_id:
        event.session_id = ring.pseudonym("session", event.session_id)
    if event.rater:
        event.rater = ring.pseudonym("user", event.rater)


def _foreign(tenant: str, foreign_id: str, ring: KeyRing) -> str:
    """Two tenants may use the same ids: the hash tells them apart."""
    return (
        foreign_id if ring.verifies("interaction", foreign_id) else ring.hash("interaction", f"{tenant}\0{foreign_id}")
    )


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
