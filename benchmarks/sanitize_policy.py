"""Six kinds of personal data as a msgpack file, for the Java peer: the table with which Headrace 0.1 began.

What is code in Python (how places are looked for, the checks of a match) goes by its name, which the Java
program has to know: it stops at a name that it does not.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import msgspec
from six_kinds import rules
from six_kinds.rules import RULES, Places, Rule

TYPED_FIELDS = (
    *("type", "timestamp", "interaction_id", "session_id", "user_id", "producer_id", "external_id"),
    *("tenant", "agent_selected", "agent_version"),
)
"""Ids and names: no text rule reads them."""


def write(path: Path) -> None:
    """Writes the policy to `path`."""
    path.write_bytes(msgspec.msgpack.encode({"typed_fields": TYPED_FIELDS, "rules": [_rule(rule) for rule in RULES]}))


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "places": _places(rule.places),
        "pattern": _for_java(rule.pattern),
        "confirm": rule.confirm.__name__,
        "placeholder": rule.placeholder,
    }


def _places(places: Places) -> dict[str, str]:
    """The function's name, and the literals and patterns that it looks for by the names they have in it."""
    used = {name: getattr(rules, name) for name in _names(places.__code__) if hasattr(rules, name)}
    found = {"name": places.__qualname__.partition(".")[0]}
    for name, value in {**used, **inspect.getclosurevars(places).nonlocals}.items():
        if isinstance(value, str):
            found[name] = value
        elif isinstance(pattern := getattr(value, "__self__", None), re.Pattern):
            found[name] = _for_java(pattern)
    return found


def _names(code: CodeType) -> Iterator[str]:
    """What a function looks up, in its comprehensions too."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _for_java(pattern: re.Pattern[str] | re.Pattern[bytes]) -> str:
    text = pattern.pattern.decode("ascii") if isinstance(pattern.pattern, bytes) else pattern.pattern
    return text.replace("(?P<", "(?<")
