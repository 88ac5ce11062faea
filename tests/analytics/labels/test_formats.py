"""Out to annotators' tools and back: nothing is lost, whatever texts say."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.labels import argilla, label_studio, spreadsheet
from analytics.labels.book import FORMATS, format_named
from analytics.labels.task import Format, Labelled, Question, Task
from headrace.errors import ConfigError
from tests.consumers.lake.support import interaction_id

QUESTION = Question(choices=("billing", "returns", "=cmd()", "none"))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@st.composite
def books(draw: st.DrawFn) -> tuple[list[Task], list[Labelled]]:
    """Tasks, and at most one answer of each annotator to each."""
    tasks = [
        Task(interaction_id=interaction_id(number), user_query=draw(TEXTS), response=draw(TEXTS), reason=draw(TEXTS))
        for number in range(draw(st.integers(0, 4)))
    ]
    answers = [
        Labelled(
            interaction_id=task.interaction_id,
            annotator=annotator,
            value=draw(st.sampled_from(QUESTION.choices)),
            comment=draw(st.none() | TEXTS.filter(str.strip)),
            timestamp=draw(MOMENTS),
        )
        for task in tasks
        for annotator in draw(st.sets(st.sampled_from(["ann@example.org", "bo", "-x", "'q"])))
    ]
    return tasks, answers


def by_what(answers: list[Labelled]) -> list[Labelled]:
    return sorted(answers, key=lambda one: (one.interaction_id, one.annotator))


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@given(book=books())
@settings(max_examples=60, deadline=None)
def test_answers_come_back_as_they_went(form: Format, book: tuple[list[Task], list[Labelled]]) -> None:
    tasks, answers = book
    assert by_what(form.read(form.write(tasks, QUESTION, answers))) == by_what(answers)


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_tasks_without_answers_give_none(form: Format) -> None:
    assert form.read(form.write([Task(interaction_id=interaction_id(1), user_query="hi")], QUESTION)) == []


@pytest.mark.parametrize("form", [label_studio, argilla], ids=["label-studio", "argilla"])
@pytest.mark.parametrize("content", [b"{", b'{"a": 1}', b'[{"id": 7}]', b"\xff"])
def test_another_file_is_refused_without_its_text(form: Format, content: bytes) -> None:
    with pytest.raises(ConfigError, match="JSON"):
        form.read(content)


def test_a_sheet_without_our_columns_is_refused() -> None:
    with pytest.raises(ConfigError, match="interaction_id"):
        spreadsheet.read(b"a,b\n1,2\n")


def test_the_same_answer_read_twice_is_one_event() -> None:
    answer = Labelled(interaction_id=interaction_id(1), annotator="ann", value="billing", timestamp=datetime.now(UTC))
    other = Labelled(interaction_id=interaction_id(1), annotator="bo", value="billing", timestamp=answer.timestamp)
    assert answer.event() == answer.event()
    assert answer.event().label_id != other.event().label_id
    assert answer.event().correct_agent == "billing"


def test_what_label_studio_itself_writes_is_read() -> None:
    exported = [
        {
            "id": 1,
            "data": {"interaction_id": interaction_id(1), "user_query": "hi", "extra": 1},
            "project": 83,
            "annotations": [
                {"id": 5, "completed_by": 10, "was_cancelled": True, "result": []},
                {
                    "id": 6,
                    "completed_by": 11,
                    "was_cancelled": False,
                    "created_at": "2026-03-01T10:00:00.5Z",
                    "lead_time": 4.2,
                    "result": [
                        {
                            "id": "x",
                            "from_name": "agent",
                            "to_name": "user_query",
                            "type": "choices",
                            "origin": "manual",
                            "value": {"choices": ["returns"]},
                        }
                    ],
                },
            ],
            "predictions": [],
        }
    ]
    (answer,) = label_studio.read(json.dumps(exported).encode())
    assert (answer.annotator, answer.value, answer.timestamp.hour) == ("11", "returns", 10)


def test_argillas_older_list_of_responses_is_read_without_drafts() -> None:
    responses = [
        {"question_name": "agent", "value": "billing", "user_id": "u1", "status": "submitted"},
        {"question_name": "agent", "value": "returns", "user_id": "u2", "status": "draft"},
    ]
    content = json.dumps([{"id": interaction_id(1), "fields": {}, "responses": responses}]).encode()
    assert [(one.annotator, one.value) for one in argilla.read(content)] == [("u1", "billing")]


def test_no_cell_is_a_formula() -> None:
    sheet = spreadsheet.write([Task(interaction_id=interaction_id(1), user_query="=HYPERLINK(1)")], QUESTION).decode()
    assert ",=" not in sheet


def test_the_interface_names_every_choice() -> None:
    assert all(f'value="{choice}"' in label_studio.interface(QUESTION) for choice in QUESTION.choices)


def test_an_unknown_format_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="label-studio, argilla, csv"):
        format_named("excel")
