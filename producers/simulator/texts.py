"""The simulator's texts, read from the YAML files beside it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec
import yaml

Pair = tuple[str, str]
"""A question and its answer."""


class Agent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    versions: tuple[str, str]
    """Before and after the release in the middle of the span."""
    model: str
    median_latency_ms: float
    spread: float
    """Standard deviation of the latency's logarithm."""
    usd_per_1000_tokens: float


class Intent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that users want."""

    openers: tuple[str, ...]
    rephrases: tuple[str, ...]
    answers: tuple[str, ...]
    inventions: tuple[str, ...]
    """Answers that no document backs."""
    follow_ups: tuple[Pair, ...]


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    text: str


class Domain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An agent, what it is asked, and what it can look up."""

    agent: Agent
    intents: dict[str, Intent]
    details: tuple[str, ...]
    foreign: tuple[Pair, ...]
    documents: tuple[Document, ...]


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all domains share; slots are drawn once a session."""

    slots: dict[str, tuple[str, ...]]
    closing: tuple[Pair, ...]
    off_topic: tuple[str, ...]
    poor_answers: tuple[str, ...]
    insistence: tuple[str, ...]
    errors: tuple[str, ...]
    comments: dict[str, tuple[str, ...]]
    corrections: tuple[str, ...]
    personal: dict[str, tuple[str, ...]]
    personal_replies: dict[str, tuple[str, ...]]
    novelties: tuple[tuple[str, str, str], ...]
    """Whose question it is, the question, and what an agent says that has never heard of it."""


@cache
def domains() -> tuple[Domain, ...]:
    """Every domain, by the name of its file."""
    folder = sorted((files(__package__) / "domains").iterdir(), key=lambda file: file.name)
    return tuple(msgspec.convert(_yaml(file), Domain) for file in folder if file.name.endswith(".yaml"))


@cache
def vocabulary() -> Vocabulary:
    return msgspec.convert(_yaml(files(__package__) / "vocabulary.yaml"), Vocabulary)


def _yaml(file: Traversable) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))
