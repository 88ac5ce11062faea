"""What goes into the index and what goes out, from what people thought of answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from headrace.retrieval import Entry

GOOD_RATING = 4.0
"""Stars from which on an answer is worth giving again."""
BAD_RATING = 2.0
"""Stars up to which an answer must not be given again."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One interaction with what is thought of it now."""

    interaction_id: str
    tenant: str = "default"
    session_id: str | None = None
    user_id: str | None = None
    question: str
    answer: str
    rating: float | None = None
    correction: str | None = None
    is_retracted: bool = False
    """Somebody labelled it `retracted`, whatever its rating."""


class Changes(NamedTuple):
    """Entries to add (or to put in the place of those with their id), and ids to remove."""

    add: list[Entry]
    remove: set[str]


def changes(exchanges: Iterable[Exchange]) -> Changes:
    """What a retracted answer, a correction and a rating mean for the index, in this order of weight.

    >>> exchange = Exchange(interaction_id="1", question="Opening hours?", answer="9 to 5.", rating=5)
    >>> changes([exchange]).add[0].answer
    '9 to 5.'
    """
    found = Changes([], set())
    for exchange in exchanges:
        entry = _entry(exchange)
        if entry is not None:
            found.add.append(entry)
        elif exchange.is_retracted or (exchange.rating is not None and exchange.rating <= BAD_RATING):
            found.remove.add(exchange.interaction_id)
    return found


def gone(entries: Iterable[Entry], exchanges: Iterable[Exchange]) -> set[str]:
    """Ids of entries that were learnt from an exchange that the store has no more: past `retention_days`, or unrated.

    >>> learnt = Entry(entry_id="1", text="Opening hours?", answer="9 to 5.", origin="answer")
    >>> gone([learnt, Entry(entry_id="faq", text="Returns", answer="30 days.", origin="document")], [])
    {'1'}
    """
    known = {exchange.interaction_id for exchange in exchanges}
    return {entry.entry_id for entry in entries if entry.origin != "document"} - known


def _entry(exchange: Exchange) -> Entry | None:
    if exchange.is_retracted or not exchange.question:
        return None
    good = exchange.rating is not None and exchange.rating >= GOOD_RATING
    answer = exchange.correction or (exchange.answer if good else None)
    if not answer:
        return None
    return Entry(
        entry_id=exchange.interaction_id,
        text=exchange.question,
        answer=answer,
        origin="correction" if exchange.correction else "answer",
        tenant=exchange.tenant,
        session_id=exchange.session_id,
        user_id=exchange.user_id,
    )
