"""Rules between the turns of a session: pure, over a bounded look-back.

    rephrase         a question that says again what an earlier one of the session said, or says that it was not
                     answered; flagged on the question that asks again
    routing_mistake  the same, answered by another agent: flagged on the earlier one, which was routed wrongly
    abandoned        the last turn of a session failed, or was asked something back, and then came silence

A follow-up on the same subject is no rephrase: the words themselves have to come back. The list of complaints is
English; in other languages the words decide alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from consumers.failures.finding import Finding
from headrace.events import ProductionInteraction
from headrace.settings import FailureAnalysis

LOOK_BACK_TURNS = 8
"""Earlier turns of a session that a question is compared with."""
LOOK_BACK = timedelta(minutes=30)
"""How long ago they may be: who comes back later begins anew."""
MAX_CHARACTERS = 400
"""Of a query that are compared: what is wanted is said early, and the digester keeps many."""
STEM = 5
"""Letters by which words are compared: `cancelled` and `cancelling` are one."""
COMPLAINT = re.compile(
    r"(?i)\b(?:not what i (?:asked|meant|wanted|said)|wrong (?:topic|answer|question)|as i (?:said|asked)"
    r"|(?:did ?n[o']t|have ?n[o']t) (?:answer|understand)|i (?:already|just) (?:said|asked|told)"
    r"|i asked (?:how|for|about|you)|(?:ask|say|repeat)(?:ing)? (?:it |that |this )?again|try again"
    r"|still (?:not|no|does ?n[o']t|wait|the same))"
)
COMPLAINING = ("asked", "meant", "wante", "said", "wrong", "answe", "under", "told", "again", "still")
"""Every complaint has a word that begins so, behind one of `LEADING` or before one of `FOLLOWING`: what has none need
not be searched."""
LEADING = (
    *("i", "already", "just", "t", "not", "didnot", "havenot", "it", "that", "this", "try"),
    *("ask", "asking", "say", "saying", "repeat", "repeating"),
)
"""Whole words; `t` is that of `didn't`."""
FOLLOWING = ("topic", "answe", "quest", "no", "does", "wait", "the")
"""Beginnings of words, but for `the`."""
_CLOSING = re.compile(
    r"(?i)^\W*(?:ok(?:ay)?|great|perfect|super|thanks?|thank you|thx|nope?|nothing else|(?:good)?bye|merci|danke)\b"
)
_ASKING = "?？"
_WORD = re.compile(r"\w+")
_COMMON_TEXT = """
    a an and any are at be but by can could did do does for from had has have how i if in is it its just me my no not
    of on or our please so some that the then there this to was we what when where which who why will with would you
    your
"""
COMMON_WORDS = frozenset(_COMMON_TEXT.split())
"""English words that say nothing about what a text is about."""

Similarity = Callable[[str, str], float]
"""0 for nothing in common, 1 for the same."""


class SessionTurn(msgspec.Struct, frozen=True, array_like=True):
    """What the rules keep of an interaction."""

    interaction_id: str
    timestamp: datetime
    agent: str
    query: str
    failed: bool
    """A rule on the record found something."""
    asked_back: bool
    """The answer was empty or ended in a question."""


def asks_back(response: str) -> bool:
    """Whether an answer is empty or ends in a question.

    >>> [asks_back(text) for text in ("", "Which one? ", "Done.")]
    [True, True, False]
    """
    last = response[-1:]
    return last in _ASKING or (last.isspace() and response.rstrip()[-1:] in _ASKING)


def turn_of(event: ProductionInteraction, failed: bool) -> SessionTurn:
    """The interaction as the session's rules see it; `failed` tells whether `rules_of_record` found something."""
    return SessionTurn(
        event.interaction_id,
        event.timestamp,
        event.agent_selected,
        event.user_query[:MAX_CHARACTERS],
        failed,
        asks_back(event.response),
    )


def common_words(one: str, other: str) -> float:
    """The share of words that two texts have in common (Dice's coefficient), common ones left out.

    >>> common_words("How do I cancel my order?", "I want my order cancelled!")
    0.8
    """
    left, right = _stems(one), _stems(other)
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else float(one == other)


def rules_of_turn(
    turn: SessionTurn,
    earlier: Sequence[SessionTurn],
    rules: FailureAnalysis,
    similarity: Similarity = common_words,
) -> list[Finding]:
    """What a new turn says about itself and about `earlier` ones of its session, oldest first."""
    near = [one for one in earlier[-LOOK_BACK_TURNS:] if turn.timestamp - one.timestamp <= LOOK_BACK]
    if not near or _CLOSING.match(turn.query):
        return []
    shares = [similarity(turn.query, one.query) for one in near]
    best = max(range(len(near)), key=lambda i: (shares[i], i))
    if shares[best] >= rules.rephrase_similarity:
        return _asked_again(turn, near[best], shares[best], rules.rephrase_similarity)
    if COMPLAINT.search(turn.query):
        return _asked_again(turn, near[-1], None, None)
    return []


def abandoned(last: SessionTurn, as_of: datetime, rules: FailureAnalysis) -> Finding | None:
    """The finding where `last`, the last turn of its session, did not help and nothing came until `as_of`."""
    silent = (as_of - last.timestamp).total_seconds() / 60
    if silent < rules.abandoned_minutes or not (last.failed or last.asked_back) or _CLOSING.match(last.query):
        return None
    return Finding("abandoned", last.interaction_id, limit=rules.abandoned_minutes)


def rules_of_session(
    turns: Sequence[SessionTurn],
    rules: FailureAnalysis,
    as_of: datetime | None = None,
    similarity: Similarity = common_words,
) -> list[Finding]:
    """All findings between the turns of one session, oldest first; abandonment where `as_of` is given."""
    found = [f for i, turn in enumerate(turns) for f in rules_of_turn(turn, turns[:i], rules, similarity)]
    if turns and as_of is not None and (left := abandoned(turns[-1], as_of, rules)):
        found.append(left)
    return found


def _asked_again(turn: SessionTurn, before: SessionTurn, share: float | None, limit: float | None) -> list[Finding]:
    again = Finding("rephrase", turn.interaction_id, share, limit, f"repeats:{before.interaction_id}")
    if turn.agent == before.agent:
        return [again]
    return [again, Finding("routing_mistake", before.interaction_id, share, limit, f"rerouted:{turn.agent}")]


@lru_cache(1_024)
def _stems(text: str) -> frozenset[str]:
    return frozenset(w[:STEM] for w in _WORD.findall(text[:MAX_CHARACTERS].casefold()) if w not in COMMON_WORDS)
