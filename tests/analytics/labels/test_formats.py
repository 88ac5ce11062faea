"""Out to annotators' tools and back: nothing is lost, whatever texts say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from analytics.labels import argilla, label_studio, spreadsheet
from analytics.labels.agreement import adjudicated
from analytics.labels.book import FORMATS, format_named, unknown
from analytics.labels.task import Format, Labelled, Question, Task
from headrace.errors import ConfigError
from headrace.ids import KeyRing
from tests.analytics.labels.support import filled_in
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


def responded(content: bytes, answers: list[Labelled]) -> bytes:
    """What Argilla's `records.to_json` writes when annotators have answered the records that it logged."""
    records = json.loads(content)
    for record in records:
        own = [one for one in answers if one.interaction_id == record["id"]]
        record["responses"] = {
            "agent": [{"value": one.value, "user_id": one.annotator} for one in own],
            "comment": [{"value": one.comment, "user_id": one.annotator} for one in own if one.comment],
        }
        record |= {"status": "completed", "_server_id": "x"}
    return json.dumps(records).encode()


@given(book=books())
@settings(max_examples=60, deadline=None)
def test_answers_in_a_sheet_come_back_as_they_went(book: tuple[list[Task], list[Labelled]]) -> None:
    tasks, answers = book
    assert by_what(spreadsheet.read(spreadsheet.write(tasks, QUESTION, answers))) == by_what(answers)


@given(book=books())
@settings(max_examples=60, deadline=None)
def test_what_annotators_answer_in_a_tool_comes_back(book: tuple[list[Task], list[Labelled]]) -> None:
    tasks, answers = book
    back = label_studio.read(filled_in(label_studio.write(tasks, QUESTION), answers))
    assert by_what(back) == by_what(answers)
    records = argilla.read(responded(argilla.write(tasks, QUESTION), answers))
    at = {(one.interaction_id, one.annotator): one.timestamp for one in answers}  # Argilla does not tell it
    timed = [structs.replace(one, timestamp=at[one.interaction_id, one.annotator]) for one in records]
    assert by_what(timed) == by_what(answers)


@pytest.mark.parametrize("form", [label_studio, argilla], ids=["label-studio", "argilla"])
@given(book=books())
@settings(max_examples=60, deadline=None)
def test_answers_that_are_stored_are_shown_and_not_given_again(
    form: Format, book: tuple[list[Task], list[Labelled]]
) -> None:
    """Neither tool takes answers of people that it does not know: imports with them were refused."""
    tasks, answers = book
    content = form.write(tasks, QUESTION, answers)
    assert form.read(content) == []
    assert all(one.value in content.decode() for one in answers)
    assert all(not made.get("annotations") and not made.get("responses") for made in json.loads(content))


def test_what_was_imported_before_is_known() -> None:
    hashed = KeyRing.from_environment().pseudonym("user", "ann")
    now = datetime.now(UTC)
    answer = Labelled(interaction_id=interaction_id(1), annotator="ann", value="billing", timestamp=now)
    stored = structs.replace(answer, annotator=hashed, timestamp=now - timedelta(days=1))
    assert unknown([answer], [stored]) == []
    changed_since = structs.replace(stored, value="returns", timestamp=now - timedelta(hours=1))
    assert unknown([answer], [stored, changed_since]) == [answer]
    assert unknown([structs.replace(answer, annotator="bo")], [stored]) != []


def test_argillas_settings_ask_our_question_of_our_fields() -> None:
    suffix, content = argilla.setup(QUESTION)
    made = json.loads(content)
    assert suffix == ".settings.json"
    assert [option["value"] for option in made["questions"][0]["settings"]["options"]] == list(QUESTION.choices)
    (record,) = json.loads(argilla.write([Task(interaction_id=interaction_id(1), user_query="hi")], QUESTION))
    assert [field["name"] for field in made["fields"]] == list(record["fields"])


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


def test_an_annotator_who_thinks_again_says_something_later() -> None:
    def exported(value: str, updated: str) -> bytes:
        result = [{"from_name": "agent", "type": "choices", "value": {"choices": [value]}}]
        times = {"created_at": "2026-03-01T10:00:00Z", "updated_at": updated}
        annotation = {"completed_by": 1, "result": result, **times}
        return json.dumps([{"data": {"interaction_id": interaction_id(1)}, "annotations": [annotation]}]).encode()

    first, second = exported("returns", "2026-03-01T10:00:00Z"), exported("billing", "2026-03-02T10:00:00Z")
    answers = [*label_studio.read(second), *label_studio.read(first)]
    assert [verdict.value for verdict in adjudicated(answers)] == ["billing"]


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
