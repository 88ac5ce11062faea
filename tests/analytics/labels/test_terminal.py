"""Labelling in the terminal."""

from __future__ import annotations

from analytics.labels.task import Question, Task
from analytics.labels.terminal import annotate
from tests.consumers.lake.support import interaction_id

TASKS = [
    Task(interaction_id=interaction_id(number), user_query=f"question {number}", reason=f"because {number}")
    for number in range(4)
]


def test_answers_by_number_and_name_skips_and_the_end() -> None:
    typed = iter(["2", "a reason", "s", "nonsense", "7", "billing", "", "q"])
    shown: list[str] = []
    answers = list(
        annotate(TASKS, Question(choices=("billing", "returns")), "ann", lambda _: next(typed), shown.append)
    )
    assert [(one.interaction_id, one.value, one.comment) for one in answers] == [
        (interaction_id(0), "returns", "a reason"),
        (interaction_id(2), "billing", None),
    ]
    assert "because 0" in shown[0]
    assert "question 0" in shown[0]
