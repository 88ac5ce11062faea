"""What an annotator is shown, and what comes back: the values that every format carries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from headrace.events import NAME, Label
from headrace.ids import derived_uuid7

AGENT = "agent"
"""The question that a router learns from: which agent should have answered."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One interaction to judge; its texts are sanitized."""

    interaction_id: str
    user_query: str
    response: str = ""
    agent_selected: str = ""
    reason: str = ""
    """Why it was selected."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about each task, and the answers there are."""

    name: str = AGENT
    choices: tuple[str, ...]


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """One annotator's answer about one interaction."""

    interaction_id: str
    annotator: str
    value: str
    name: str = AGENT
    comment: str | None = None
    timestamp: datetime

    def event(self) -> Label:
        """The event; one answer, read twice, is one event sent again."""
        said = "\0".join((self.interaction_id, self.annotator, self.name, self.value, self.comment or ""))
        return Label(
            label_id=derived_uuid7(int(self.timestamp.timestamp() * 1000), said),
            interaction_id=self.interaction_id,
            timestamp=self.timestamp,
            annotator=self.annotator,
            name=self.name,
            value=self.value,
            comment=self.comment,
            correct_agent=self.value if self.name == AGENT and NAME.fullmatch(self.value) else None,
        )


class Format(Protocol):
    """A file format of annotators' tools: pure functions of its bytes."""

    def write(self, tasks: Sequence[Task], question: Question, labelled: Sequence[Labelled] = ()) -> bytes:
        """Tasks, with the answers there are already."""
        ...

    def read(self, content: bytes) -> list[Labelled]:
        """The answers in a file that came back. Raises ConfigError where it is no such file."""
        ...

    def setup(self, question: Question) -> tuple[str, bytes] | None:
        """What the tool has to be set up with: the suffix of its file, and its content."""
        ...
