"""Label Studio's JSON: tasks to import, and its JSON export with annotations; the labeling interface beside it.

Answers that the store has go out as predictions: an import refuses annotations of people who are no members of the
project, and our annotators are pseudonyms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

import msgspec

from analytics.labels.task import Labelled, Question, Task
from headrace.errors import ConfigError

COMMENT = "comment"
"""Name of the text area in our labeling interface."""


class _Value(msgspec.Struct, frozen=True):
    choices: list[str] = []
    text: list[str] | str = []


class _Result(msgspec.Struct, frozen=True, kw_only=True):
    from_name: str = ""
    type: str = ""
    value: _Value = _Value()


class _Annotation(msgspec.Struct, frozen=True, kw_only=True):
    completed_by: int | str | dict[str, Any] | None = None
    was_cancelled: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None
    """Later than `created_at` where the annotator has thought again: then it is the answer's time."""
    result: list[_Result] = []


class _Data(msgspec.Struct, frozen=True, kw_only=True):
    interaction_id: str


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    data: _Data
    annotations: list[_Annotation] = []


_decode = msgspec.json.Decoder(list[_Task]).decode


def write(tasks: Sequence[Task], question: Question, labelled: Sequence[Labelled] = ()) -> bytes:
    """Tasks for `Import`, with the answers there are as predictions, one for each annotator."""
    answers = defaultdict(list)
    for one in labelled:
        answers[one.interaction_id].append(one)
    made = [_task(task, question, answers[task.interaction_id]) for task in tasks]
    return msgspec.json.format(msgspec.json.encode(made), indent=1)


def read(content: bytes) -> list[Labelled]:
    """The answers in a JSON export; skipped tasks have none. Raises ConfigError where it is none of our tasks'."""
    try:
        tasks = _decode(content)
    except msgspec.MsgspecError as error:
        raise ConfigError(f"not Label Studio's JSON export of our tasks: {_place(error)}") from None
    return [one for task in tasks for annotation in task.annotations for one in _answers(task, annotation)]


def setup(question: Question) -> tuple[str, bytes]:
    """The labeling interface, to paste into the project's settings."""
    return ".xml", interface(question).encode()


def interface(question: Question) -> str:
    """The labeling interface as XML."""
    choices = "\n".join(f"    <Choice value={quoteattr(choice)}/>" for choice in question.choices)
    return f"""<View>
  <Header value="What the user asked"/>
  <Text name="user_query" value="$user_query"/>
  <Text name="response" value="$response"/>
  <Text name="reason" value="$reason"/>
  <Choices name={quoteattr(question.name)} toName="user_query" choice="single" required="true">
{choices}
  </Choices>
  <TextArea name="{COMMENT}" toName="user_query" placeholder="Why? (optional)" maxSubmissions="1"/>
</View>
"""


def _task(task: Task, question: Question, labelled: Sequence[Labelled]) -> dict[str, Any]:
    data = msgspec.to_builtins(task)
    return {"data": data, "predictions": [_prediction(one) for one in labelled if one.name == question.name]}


def _prediction(one: Labelled) -> dict[str, Any]:
    def result(name: str, type_: str, value: dict[str, Any]) -> dict[str, Any]:
        return {"from_name": name, "to_name": "user_query", "type": type_, "value": value}

    results = [result(one.name, "choices", {"choices": [one.value]})]
    if one.comment is not None:
        results.append(result(COMMENT, "textarea", {"text": [one.comment]}))
    return {"model_version": one.annotator, "result": results}


def _answers(task: _Task, annotation: _Annotation) -> Iterator[Labelled]:
    if annotation.was_cancelled:
        return
    comments = [result.value.text for result in annotation.result if result.from_name == COMMENT]
    for result in annotation.result:
        for value in result.value.choices[:1]:
            yield Labelled(
                interaction_id=task.data.interaction_id,
                annotator=_who(annotation.completed_by),
                name=result.from_name,
                value=value,
                comment=_joined(comments[0]) if comments else None,
                timestamp=annotation.updated_at or annotation.created_at or datetime.now(UTC),
            )


def _who(completed_by: int | str | dict[str, Any] | None) -> str:
    if isinstance(completed_by, dict):
        completed_by = completed_by.get("email") or completed_by.get("id")
    return "unknown" if completed_by is None else str(completed_by)


def _joined(text: list[str] | str) -> str:
    return text if isinstance(text, str) else "\n".join(text)


def _place(error: msgspec.MsgspecError) -> str:
    """Where it went wrong, without the decoder's words: they quote values."""
    _, at, place = str(error).rpartition(" - at ")
    return f"wrong at {place}" if at else "it is no JSON list of tasks"
