"""One person's records out of everything, and their later ones refused.

Guarantee: effectively-once, provided that the command is given again if it dies:

1. what is theirs is looked up in the store      if we die here: nothing was changed
2. it goes from queues, exports, datasets, indexes  if we die here: the store still knows what is theirs
3. the erasure is published, with their ids      if we die here: lake and windows forget at their next start
4. the store forgets                             the lake does it by itself; where none runs, we do
5. step 2 again, for what jobs wrote meanwhile
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from analytics import live
from analytics.privacy import holders, models
from analytics.privacy.expiry import LastCopy, last_copies
from analytics.privacy.models import Trained
from analytics.selection import queue
from consumers.lake import forgetting
from consumers.lake.access import database_path, quoted
from headrace import decisions
from headrace.decisions import Erasure
from headrace.errors import ConfigError, HeadraceError, Retriable
from headrace.ids import KeyRing
from headrace.settings import Settings

PATIENCE_S = 120.0
"""A running lake ends its batch, copies a store of some gigabytes, and serves again."""
POLL_S = 0.5
MOST_IDS = 10_000
"""In one record: 380 KB."""


class LakeStillAtIt(Retriable):
    """The lake has the erasure, and has not said yet that it is done."""


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What was done."""

    users: list[str]
    """The person's pseudonyms."""
    interactions: int
    """How many of theirs the store had."""
    files: list[Path]
    """Files that were written again or removed; exports have to be made again where they are needed."""
    queued: int
    """Selected interactions taken out of the annotators' queue."""
    index_versions: list[str]
    """Versions of the RAG index that were removed."""
    models: list[Trained]
    last_copies: list[LastCopy]
    """When Kafka holds no copy any more."""


class _Theirs(NamedTuple):
    ids: frozenset[str]
    moments: list[datetime]


def pseudonyms(ring: KeyRing, user: str) -> list[str]:
    """What a user is called in the store, under every key of the ring; one given as a pseudonym is that.

    Raises ConfigError for an empty id: a script that looked nobody up must not believe that somebody was erased.
    """
    if not user.strip():
        raise ConfigError("the user's id is empty: nobody was erased")
    return [user] if ring.verifies("user", user) else ring.hash_under_every_key("user", user)


def erase(settings: Settings, user: str, ring: KeyRing, patience_s: float = PATIENCE_S) -> Erased:
    """Erases a person. Raises BrokerUnavailable before anything was published, LakeStillAtIt after `patience_s`."""
    users = pseudonyms(ring, user)
    copies = last_copies(settings, datetime.now(UTC))
    theirs = _theirs(settings, users)
    trained = models.trained_on(settings, theirs.ids, theirs.moments)
    queued, files, versions = _forget_in_files(settings, theirs.ids)
    for part in batched(sorted(theirs.ids), MOST_IDS) or [[]]:
        decisions.publish(settings.kafka, Erasure(users=users, interactions=part))
    _forget_in_store(settings, users, patience_s)
    more = _forget_in_files(settings, theirs.ids)
    return Erased(
        users=users,
        interactions=len(theirs.ids),
        files=[*files, *more[1]],
        queued=queued + more[0],
        index_versions=[*versions, *more[2]],
        models=trained,
        last_copies=copies,
    )


def batched(ids: Sequence[str], size: int) -> list[list[str]]:
    """Parts of at most `size`.

    >>> batched(["a", "b", "c"], 2)
    [['a', 'b'], ['c']]
    """
    return [list(ids[start : start + size]) for start in range(0, len(ids), size)]


def _theirs(settings: Settings, users: Collection[str]) -> _Theirs:
    """Interactions with one of these users, or without any in a session of theirs."""
    if not database_path(settings).exists():
        return _Theirs(frozenset(), [])
    named = f"user_id IN ({', '.join(map(quoted, users))})"
    with live.connect(settings) as store:
        rows = store.table(
            f"""SELECT interaction_id::VARCHAR AS id, timestamp FROM interactions WHERE {named} OR (user_id IS NULL
                AND session_id IN (SELECT session_id FROM interactions WHERE {named}))"""
        )
    moments = [moment.replace(tzinfo=UTC) for moment in rows.column("timestamp").to_pylist()]
    return _Theirs(frozenset(rows.column("id").to_pylist()), moments)


def _forget_in_files(settings: Settings, ids: frozenset[str]) -> tuple[int, list[Path], list[str]]:
    if not ids:
        return 0, [], []
    versions = models.forget_in_index(settings, ids)
    return queue.forget(settings, ids), holders.forget(settings, ids), versions


def _forget_in_store(settings: Settings, users: Collection[str], patience_s: float) -> None:
    """Waits for the running lake, or does it where none runs."""
    if not database_path(settings).exists():
        return
    deadline = time.monotonic() + patience_s
    while not _is_forgotten(settings, users):
        if time.monotonic() > deadline:
            raise LakeStillAtIt(
                f"published, but the lake has not forgotten within {patience_s:g} s; it goes on by itself: "
                "give the same command again to see it done"
            )
        time.sleep(POLL_S)


def _is_forgotten(settings: Settings, users: Collection[str]) -> bool:
    listed = ", ".join(map(quoted, users))
    try:
        with live.connect(settings) as store:
            (row,) = store.rows(
                f"SELECT count(DISTINCT id) AS n FROM erasures WHERE kind = 'user' AND id IN ({listed})"
            )
            place = store.place
    except HeadraceError:
        return False
    if place == "file":
        forgetting.forget(settings, users)
        return True
    return int(row["n"]) == len(users)
