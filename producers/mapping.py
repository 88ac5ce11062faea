"""From somebody's JSON object to an interaction, by the names of its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from headrace.codec import Decoder, decode_event, encode
from headrace.errors import ConfigError, Poison, Reason
from headrace.events import AnyEvent, ProductionInteraction
from headrace.topics import MAX_EVENT_BYTES

OTHER_NAMES = {
    "agent": "agent_selected",
    "conversation_id": "session_id",
    "question": "user_query",
    "query": "user_query",
    "prompt": "user_query",
    "answer": "response",
    "completion": "response",
    "rating": "user_feedback_score",
    "id": "interaction_id",
}
"""What other systems call our fields; an option overrides it."""
FIELDS = frozenset(ProductionInteraction.__struct_fields__) - {"producer_id", "seq", "external_id", "metadata"}
INTERACTION_TYPE = str(ProductionInteraction.__struct_config__.tag)

_object: Decoder[dict[str, Any]] = Decoder(dict[str, Any])


def event_reader(maps: Mapping[str, str], constants: Mapping[str, str]) -> Callable[[bytes], AnyEvent]:
    """A function from one JSON line to an event; it raises Poison.

    `maps` gives a field of ours the value at a dotted path of the object, `constants` gives it a
    text. A field that nothing names goes to `metadata`. An object with a `type` is an event of ours
    already, and is taken as it is.

    >>> read = event_reader({"user_query": "turn.text"}, {"agent_selected": "desk"})
    >>> event = read(b'{"turn": {"text": "Hello?"}, "mood": "calm"}')
    >>> event.user_query, event.agent_selected, event.metadata
    ('Hello?', 'desk', {'mood': 'calm'})
    """
    _require_fields({*maps, *constants})
    typed = {name: _typed(name, text) for name, text in constants.items()}

    def read(line: bytes) -> AnyEvent:
        if len(line) > MAX_EVENT_BYTES:
            _require_size(line)
        found = _object(line)
        return decode_event(line if "type" in found else encode(_fields(found, maps, typed)))[0]

    return read


def assignments(options: list[str], option: str) -> dict[str, str]:
    """`["a=b", …]` as a mapping; raises ConfigError where one has no `=`.

    >>> assignments(["user_query=question"], "--map")
    {'user_query': 'question'}
    """
    pairs = [text.partition("=") for text in options]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise ConfigError(f"{option} {name}: write it as FIELD=VALUE, for example user_query=question")
    return {name: value for name, _, value in pairs}


def _require_fields(names: set[str]) -> None:
    if unknown := sorted(names - FIELDS):
        raise ConfigError(f"{unknown[0]} is no field of an interaction; there are: {', '.join(sorted(FIELDS))}")


def _typed(name: str, text: str) -> Any:
    kind = next(field.type for field in msgspec.structs.fields(ProductionInteraction) if field.name == name)
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"--constant {name}: {error}") from None


def _require_size(line: bytes) -> None:
    """JSON is longer than what is sent; only the packed size counts."""
    if len(encode(_object(line))) > MAX_EVENT_BYTES:
        raise Poison(Reason.TOO_LARGE)


def _fields(found: dict[str, Any], maps: Mapping[str, str], constants: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"type": INTERACTION_TYPE}
    metadata: dict[str, Any] = {}
    mapped = {path.partition(".")[0] for path in maps.values()}
    for name, value in found.items():
        ours = OTHER_NAMES.get(name, name)
        if name == "metadata" and isinstance(value, dict):
            metadata |= value
        elif ours in FIELDS and ours not in maps and (ours == name or ours not in found):
            fields[ours] = value
        elif name not in mapped:
            metadata[name] = value
    fields |= {ours: _at(found, path) for ours, path in maps.items()} | dict(constants)
    return {name: value for name, value in fields.items() if value is not None} | {"metadata": metadata}


def _at(found: dict[str, Any], path: str) -> Any:
    value: Any = found
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
