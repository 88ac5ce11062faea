"""What `_lane.c` knows of an interaction, made from the event's own type: a field that is added there is read there.

table_of(...)      the fields, in the order in which they are written
harmless(...)      whether an event's bytes may stay as they are
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from enum import IntEnum
from math import inf
from typing import Any, cast

from msgspec import NODEFAULT, inspect

from headrace.codec import encode
from headrace.events import ProductionInteraction
from headrace.privacy.event import NAMES, TEXTS, are_names
from headrace.privacy.sanitizer import Sanitizer

_SPEECH = frozenset({"user_query", "response", "error"})
"""Fields of which one has to say something, or the interaction is incoherent."""
_FILLED = frozenset({"timestamp", "interaction_id"})
"""Where they are absent the sanitizer makes them up."""
_MADE = (list, dict)
"""Types whose empty value is a default that is not written."""

Table = tuple[Any, ...]
"""(kind, name, default as written, required?, which of the names, most characters, least, greatest, fields)"""


class FieldKind(IntEnum):
    """In the order of `_lane.c`."""

    TAG = 0
    TIME = 1
    NAME = 2
    SESSION = 3
    USER = 4
    ID = 5
    TEXT = 6
    SPEECH = 7
    NUMBER = 8
    COUNT = 9
    TEXTS = 10
    NUMBERS = 11
    SCORES = 12
    GROUP = 13
    ANYTHING = 14
    LEDGER = 15
    REFUSED = 16


_BY_NAME = {
    "timestamp": FieldKind.TIME,
    "session_id": FieldKind.SESSION,
    "user_id": FieldKind.USER,
    "interaction_id": FieldKind.ID,
    "producer_id": FieldKind.LEDGER,
    "seq": FieldKind.REFUSED,
    **dict.fromkeys(NAMES[ProductionInteraction], FieldKind.NAME),
    **dict.fromkeys(TEXTS[ProductionInteraction], FieldKind.TEXT),
    **dict.fromkeys(_SPEECH, FieldKind.SPEECH),
}


def table_of(longest: Mapping[str, int]) -> Table:
    """The fields of an interaction; `longest` says how many characters a text may have, where that is limited."""
    info = cast(inspect.StructType, inspect.type_info(ProductionInteraction))
    assert isinstance(info.tag, str)
    assert info.tag_field is not None
    tag = (FieldKind.TAG, info.tag_field.encode(), info.tag.encode(), 1, 0, 0, 0.0, 0.0, ())
    fields = tuple(_field(field, _BY_NAME.get(field.name), longest) for field in info.fields)
    return (FieldKind.GROUP, b"", None, 1, 0, 0, 0.0, 0.0, (tag, *fields))


def _field(field: inspect.Field, known: FieldKind | None, longest: Mapping[str, int]) -> Table:
    kind, least, greatest, group = _kind(_given(field.type))
    names = NAMES[ProductionInteraction]
    return (
        kind if known is None else known,
        field.encode_name.encode(),
        _as_written(field),
        int(field.required or field.name in _FILLED),
        names.index(field.name) if known is FieldKind.NAME else 0,
        longest.get(field.name, sys.maxsize),
        least,
        greatest,
        group,
    )


def _given(kind: inspect.Type) -> inspect.Type:
    """The type that an optional field has where it is given."""
    if not isinstance(kind, inspect.UnionType):
        return kind
    return next(one for one in kind.types if not isinstance(one, inspect.NoneType))


def _kind(kind: inspect.Type) -> tuple[FieldKind, float, float, tuple[Table, ...]]:
    """How a value of this type is read, within which bounds, and the fields of a group; REFUSED for a type that a
    lane does not know."""
    match kind:
        case inspect.FloatType(ge=least, le=greatest, gt=None, lt=None, multiple_of=None):
            return FieldKind.NUMBER, *_bounds(least, greatest), ()
        case inspect.IntType(ge=int(least), le=int(greatest), gt=None, lt=None, multiple_of=None):
            return FieldKind.COUNT, *_bounds(least, greatest), ()
        case inspect.ListType(item_type=inspect.StrType(min_length=None, max_length=None, pattern=None)):
            return FieldKind.TEXTS, 0.0, 0.0, ()
        case inspect.ListType(item_type=inspect.FloatType(ge=None, le=None, gt=None, lt=None, multiple_of=None)):
            return FieldKind.NUMBERS, -inf, inf, ()
        case inspect.DictType(value_type=inspect.FloatType(ge=None, le=None, gt=None, lt=None, multiple_of=None)):
            return FieldKind.SCORES, -inf, inf, ()
        case inspect.DictType(value_type=inspect.AnyType()):
            return FieldKind.ANYTHING, 0.0, 0.0, ()
        case inspect.StructType(tag=None, array_like=False, fields=fields):
            return FieldKind.GROUP, 0.0, 0.0, tuple(_field(field, None, {}) for field in fields)
    return FieldKind.REFUSED, 0.0, 0.0, ()


def _bounds(least: float | None, greatest: float | None) -> tuple[float, float]:
    return -inf if least is None else float(least), inf if greatest is None else float(greatest)


def _as_written(field: inspect.Field) -> bytes | None:
    """The bytes of a field's default, which is left out where it is written."""
    if field.default is not NODEFAULT:
        return encode(field.default)
    return encode(field.default_factory()) if field.default_factory in _MADE else None


def harmless(sanitizer: Sanitizer | None) -> Callable[[bytes], bool]:
    """What says of an event's bytes that the sanitizer changes nothing in them, without holding the interpreter's lock;
    False says nothing. It is always False without a sanitizer or a native scanner, and where users' own additions have
    to be asked."""
    if sanitizer is None or (scanner := sanitizer.scanner) is None:
        return lambda _event: False
    from headrace.privacy._scan import Lane

    def fine(*names: str | None) -> bool:
        return are_names(sanitizer, names)

    return Lane(table_of({}), scanner, fine, None).is_harmless
