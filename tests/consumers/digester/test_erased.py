"""What the digester takes of people who were erased: nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consumers.digester.erased import Erased
from headrace.decisions import Erasure
from headrace.events import AnyEvent, Feedback, ProductionInteraction
from tests.support.digests import BEGIN, batch, clean_records


def said(name: str, user: str | None = None, session: str | None = None) -> ProductionInteraction:
    return ProductionInteraction(
        interaction_id=name, timestamp=BEGIN, agent_selected="a", user_query="?", user_id=user, session_id=session
    )


def rated(name: str, rater: str | None = None, session: str | None = None) -> Feedback:
    moment = BEGIN + timedelta(seconds=1)
    return Feedback(interaction_id=name, timestamp=moment, score=1.0, rater=rater, session_id=session)


def refused(events: list[AnyEvent], erased: Erased) -> list[int]:
    return erased.places(batch(range(len(events)), clean_records(events)))


@pytest.fixture
def erased() -> Erased:
    one = Erased()
    assert one.add(Erasure(users=["new key", "old key"], interactions=["known"]))
    return one


def test_theirs_under_every_pseudonym(erased: Erased) -> None:
    assert refused([said("1", "new key"), said("2", "somebody"), said("3", "old key"), said("4")], erased) == [0, 2]


def test_what_nobody_said_in_a_session_of_theirs_is_theirs(erased: Erased) -> None:
    theirs: list[AnyEvent] = [said("2", "new key", "s"), said("3", None, "s"), rated("9", None, "s")]
    others: list[AnyEvent] = [said("4", "somebody", "s"), said("5", None, "t"), rated("5", "other", "s")]
    assert refused([said("1", None, "s"), *theirs, *others], erased) == [1, 2, 3]


def test_what_an_erasure_names_and_ratings_of_theirs(erased: Erased) -> None:
    assert refused([said("known"), rated("5", "old key"), rated("5", "other"), rated("5")], erased) == [0, 1]


def test_an_erasure_said_twice_is_no_news(erased: Erased) -> None:
    assert not erased.add(Erasure(users=["old key"], interactions=["known"]))
    assert erased.add(Erasure(users=["old key"], interactions=["another"]))


def test_with_nobody_erased_nothing_is_refused() -> None:
    assert refused([said("1", "u", "s"), rated("1")], Erased()) == []
