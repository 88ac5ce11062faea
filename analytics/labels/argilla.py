"""Argilla 2's records as JSON (`dataset.records.to_json`, `from_json`): fields, metadata, responses by question."""

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


class _Response(msgspec.Struct, frozen=True, kw_only=True):
    value: Any = None
    user_id: str | None = None
    question_name: str = ""
    status: str | None = None


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    metadata: dict[str, Any] = {}
    responses: dict[str, list[_Response]] | list[_Response] | None = None


_decode = msgspec.json.Decoder(list[_Record]).decode


def write(tasks: Sequence[Task], question: Question, labelled: Sequence[Labelled] = ()) -> bytes:
    """Records with the interaction's id as their own, and the answers there are as responses."""
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


def _record(task: Task, labelled: Sequence[Labelled]) -> dict[str, Any]:
    responses: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in labelled:
        responses[one.name].append({"value": one.value, "user_id": one.annotator})
        if one.comment is not None:
            responses[COMMENT].append({"value": one.comment, "user_id": one.annotator})
    return {
        "id": task.interaction_id,
        "fields": {"user_query": task.user_query, "response": task.response, "reason": task.reason},
        "metadata": {
            "agent_selected": task.agent_selected,
            **{f"labelled_at:{one.annotator}": one.timestamp.isoformat() for one in labelled},
        },
        "suggestions": {},
        "responses": responses,
        "vectors": {},
    }


def _answers(record: _Record) -> Iterator[Labelled]:
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
                timestamp=_when(record, response),
            )


def _named(record: _Record) -> Iterator[tuple[str, _Response]]:
    """Responses with their question's name, from either of the two shapes that Argilla has written."""
    if isinstance(record.responses, list):
        yield from ((response.question_name, response) for response in record.responses)
    for name, responses in (record.responses or {}).items() if not isinstance(record.responses, list) else ():
        yield from ((name, response) for response in responses)


def _when(record: _Record, response: _Response) -> datetime:
    """Argilla does not say when a response was given: the time that we wrote, or now."""
    written = record.metadata.get(f"labelled_at:{response.user_id}")
    return datetime.fromisoformat(written) if isinstance(written, str) else datetime.now(UTC)
