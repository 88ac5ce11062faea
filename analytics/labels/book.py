"""Tasks and answers in the store, and answers on their way into it.

Guarantee: as the client's: an answer is an event on `headrace.raw`, numbered, sanitized like any other, and
stored once however often it is sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from analytics import live
from analytics.labels import argilla, label_studio, spreadsheet
from analytics.labels.task import AGENT, Format, Labelled, Question, Task
from analytics.selection import queue
from headrace.client import FlushResult, ProductionInteractionLogger
from headrace.errors import ConfigError
from headrace.ids import KeyRing
from headrace.settings import Settings

NONE_OF_THEM = "none"
"""The answer that no agent is meant for this: it teaches no agent, and takes the place of ratings and corrections."""
FORMATS: dict[str, Format] = {"label-studio": label_studio, "argilla": argilla, "csv": spreadsheet}
TASKS_AT_ONCE = 2_000
"""Ids in one statement: some 80 KB of SQL."""


def format_named(name: str) -> Format:
    """Raises ConfigError with the formats there are."""
    if name not in FORMATS:
        raise ConfigError(f"there is no format {name!r}; there are: {', '.join(FORMATS)}")
    return FORMATS[name]


def tasks(settings: Settings, *, with_labelled: bool = False) -> list[Task]:
    """What was selected and has no label yet, in the order of the queue; or all that was selected."""
    reasons = {selected.interaction_id: selected.reason for selected in reversed(queue.queued(settings))}
    order = list(dict.fromkeys(selected.interaction_id for selected in queue.queued(settings)))
    found: dict[str, Task] = {}
    with live.connect(settings) as store:
        for start in range(0, len(order), TASKS_AT_ONCE):
            for row in _rows(store, order[start : start + TASKS_AT_ONCE], with_labelled):
                found[row["interaction_id"]] = Task(**row, reason=reasons[row["interaction_id"]])
    return [found[id_] for id_ in order if id_ in found]


def question(settings: Settings) -> Question:
    """Which agent should have answered: those that the store knows, or none of them."""
    with live.connect(settings) as store:
        rows = store.table("SELECT DISTINCT agent_selected AS agent FROM interactions ORDER BY 1")
    return Question(name=AGENT, choices=(*rows.column("agent").to_pylist(), NONE_OF_THEM))


def labelled(settings: Settings) -> list[Labelled]:
    """All answers in the store; annotators as pseudonyms."""
    with live.connect(settings) as store:
        rows = store.rows(
            "SELECT interaction_id::VARCHAR AS interaction_id, annotator, name, value, comment, "
            "timestamp AT TIME ZONE 'UTC' AS timestamp FROM labels WHERE interaction_id IS NOT NULL ORDER BY label_id"
        )
    return [Labelled(**row) for row in rows]


def adjudicator(settings: Settings, name: str | None = None) -> str | None:
    """The pseudonym of the annotator whose word decides; as in the settings unless named, None where nobody is."""
    name = name or settings.continual_learning.active_learning.adjudicator
    return KeyRing.from_environment().pseudonym("user", name) if name else None


def unknown(answers: Sequence[Labelled], known: Sequence[Labelled]) -> list[Labelled]:
    """The answers that their annotators have not given already as their latest word; `known` names them as stored."""
    ring = KeyRing.from_environment()
    said = {_question_of(one): one.value for one in sorted(known, key=lambda one: one.timestamp)}
    named = (structs.replace(one, annotator=ring.pseudonym("user", one.annotator)) for one in answers)
    return [
        one for one, as_stored in zip(answers, named, strict=True) if said.get(_question_of(as_stored)) != one.value
    ]


def _question_of(one: Labelled) -> tuple[str, str, str]:
    return one.interaction_id, one.name, one.annotator


def send(settings: Settings, answers: Sequence[Labelled]) -> FlushResult:
    """Publishes answers and waits for the broker; what became of them."""
    with ProductionInteractionLogger(settings) as logger:
        logger.log_many([answer.event() for answer in answers])
        return logger.flush()


def _rows(store: live.LiveStore, ids: Sequence[str], with_labelled: bool) -> list[dict[str, str]]:
    listed = ", ".join(f"'{id_}'::UUID" for id_ in ids)
    unlabelled = (
        ""
        if with_labelled
        else "AND interaction_id NOT IN (SELECT interaction_id FROM labels WHERE interaction_id IS NOT NULL)"
    )
    return store.rows(
        "SELECT interaction_id::VARCHAR AS interaction_id, user_query, coalesce(response, '') AS response, "
        f"agent_selected FROM interactions WHERE interaction_id IN ({listed}) {unlabelled}"
    )
