"""Argilla 2's records as JSON (`dataset.records.to_json`, `from_json`): fields, metadata, responses by question.

Answers that the store has go out as a field to read, and the latest as a suggestion: a response has to be that of one
of Argilla's users, and our annotators are pseudonyms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from analytics.labels.task import Labelled, Question, Task
from headrace.errors import ConfigError

COMMENT = "comment"
"""Name of the text question beside the one that is asked."""
FIELDS = ("user_query", "response", "reason", "answers")


class _Response(msgspec.Struct, frozen=True, kw_only=True):
    value: Any = None
    user_id: str | None = None
    question_name: str = ""
    status: str | None = None


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    responses: dict[str, list[_Response]] | list[_Response] | None = None


_decode = msgspec.json.Decoder(list[_Record]).decode


def write(tasks: Sequence[Task], question: Question, labelled: Sequence[Labelled] = ()) -> bytes:
    """Records with the interaction's id as their own, and the answers there are as a field and a suggestion."""
    answers = defaultdict(list)
    for one in labelled:
        answers[one.interaction_id].append(one)
    made = [_record(task, [one for one in answers[task.interaction_id] if one.name == question.name]) for task in tasks]
    return msgspec.json.format(msgspec.json.encode(made), indent=1)


def read(content: bytes) -> list[Labelled]:
    """The answers in records that came back. Raises ConfigError where it is none of our records'."""
    try:
        records = _decode(content)
    except msgspec.MsgspecError:
        raise ConfigError("not Argilla's JSON of our records: a list of records with ids and responses") from None
    return [one for record in records for one in _answers(record)]


def setup(question: Question) -> tuple[str, bytes]:
    """The dataset's settings: `rg.Settings.from_json`."""
    choices = [{"value": choice, "text": choice} for choice in question.choices]
    made = {
        "guidelines": None,
        "questions": [
            _described(question.name, {"type": "label_selection", "options": choices, "visible_options": None}, True),
            _described(COMMENT, {"type": "text", "use_markdown": False}, False),
        ],
        "fields": [_described(name, {"type": "text", "use_markdown": False}, name == FIELDS[0]) for name in FIELDS],
        "vectors": [],
        "metadata": [],
        "allow_extra_metadata": True,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
        "mapping": None,
    }
    return ".settings.json", msgspec.json.format(msgspec.json.encode(made), indent=1)


def _described(name: str, settings: dict[str, Any], is_required: bool) -> dict[str, Any]:
    return {"name": name, "title": name, "type": settings["type"], "required": is_required, "settings": settings}


def _record(task: Task, labelled: Sequence[Labelled]) -> dict[str, Any]:
    latest = max(labelled, key=lambda one: one.timestamp, default=None)
    texts = (task.user_query, task.response, task.reason, "\n".join(map(_said, labelled)))
    return {
        "id": task.interaction_id,
        "fields": dict(zip(FIELDS, texts, strict=True)),
        "metadata": {"agent_selected": task.agent_selected},
        "suggestions": {} if latest is None else {latest.name: {"value": latest.value, "agent": latest.annotator}},
        "responses": {},
        "vectors": {},
    }


def _said(one: Labelled) -> str:
    return f"{one.annotator}: {one.value}" + (f" ({one.comment})" if one.comment else "")


def _answers(record: _Record) -> Iterator[Labelled]:
    moment = datetime.now(UTC)  # Argilla does not say when a response was given
    responses = [(name, response) for name, response in _named(record) if response.status in (None, "submitted")]
    comments = {response.user_id: str(response.value) for name, response in responses if name == COMMENT}
    for name, response in responses:
        if name != COMMENT and isinstance(response.value, str):
            yield Labelled(
                interaction_id=record.id,
                annotator=response.user_id or "unknown",
                name=name,
                value=response.value,
                comment=comments.get(response.user_id),
                timestamp=moment,
            )


def _named(record: _Record) -> Iterator[tuple[str, _Response]]:
    """Responses with their question's name, from either of the two shapes that Argilla has written."""
    if isinstance(record.responses, list):
        yield from ((response.question_name, response) for response in record.responses)
    for name, responses in (record.responses or {}).items() if not isinstance(record.responses, list) else ():
        yield from ((name, response) for response in responses)
