"""Labelling in the terminal: one interaction after the other, an answer by its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from analytics.labels.task import Labelled, Question, Task

SKIP, QUIT = "s", "q"

Ask = Callable[[str], str]
"""Shows a prompt and returns what was typed."""


def annotate(
    tasks: Sequence[Task], question: Question, annotator: str, ask: Ask, show: Callable[[str], None]
) -> Iterator[Labelled]:
    """Answers as they are given; ends at the last task, or when told to."""
    for number, task in enumerate(tasks, start=1):
        show(_shown(task, question, number, len(tasks)))
        value = _answer(question, ask, show)
        if value == QUIT:
            return
        if value != SKIP:
            yield Labelled(
                interaction_id=task.interaction_id,
                annotator=annotator,
                name=question.name,
                value=value,
                comment=ask("Why? (optional)").strip() or None,
                timestamp=datetime.now(UTC),
            )


def _shown(task: Task, question: Question, number: int, of: int) -> str:
    choices = "  ".join(f"{place}={choice}" for place, choice in enumerate(question.choices, start=1))
    return (
        f"\n{number}/{of}  {task.reason}\nuser:  {task.user_query}\n{task.agent_selected}:  {task.response}\n"
        f"{question.name}?  {choices}  {SKIP}=skip  {QUIT}=quit"
    )


def _answer(question: Question, ask: Ask, show: Callable[[str], None]) -> str:
    """A choice, SKIP or QUIT; asks until it is one of them."""
    while True:
        typed = ask(question.name).strip()
        if typed in (SKIP, QUIT) or typed in question.choices:
            return typed
        if typed.isdecimal() and 1 <= int(typed) <= len(question.choices):
            return question.choices[int(typed) - 1]
        show(f"a number from 1 to {len(question.choices)}, {SKIP} or {QUIT}")
