"""Records of `headrace.clean` to columns, without an object for each record: native code, where it was built.

read = column_reader({"agent": Wanted("event.agent_selected", Kind.SHARED)})
odd, columns = read(records)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import reduce
from typing import Any, NamedTuple

import msgspec
from msgspec import NODEFAULT
from msgspec.structs import FieldInfo

from headrace.events import Clean, ProductionInteraction, Retrieval

Read = Callable[[list[bytes]], tuple[list[int], dict[str, Any]]]
"""The places of odd records, which leave no row, and the columns of all others by name. A record is odd that is no
interaction, or not written as Headrace writes it."""


class Kind(IntEnum):
    """What becomes of a value, in the order of `_columns.c`; the column is what is said here."""

    TAG = 0
    """Has to be the default, or the record is odd: None."""
    TEXT = 1
    """(validity bits, None where all are valid; int32 offsets; UTF-8), as Arrow has texts."""
    STRING = 2
    """A list of strings, each cut at `longest` characters; None where there is none."""
    SHARED = 3
    """A list of strings of few values: equal ones are one object, mostly."""
    NUMBER = 4
    """float64, NaN where there is none."""
    INTEGER = 5
    """(validity bits; int64)."""
    TIME = 6
    """int64 microseconds since 1970."""
    RAW = 7
    """A list of the values' own msgpack bytes."""
    LENGTH = 8
    """Characters of a text, float64."""
    SIZE = 9
    """Items of a list or map, float64."""
    GREATEST = 10
    """The greatest of a list of numbers, float64; NaN of an empty one."""


class Wanted(NamedTuple):
    """A column: which value of a record, by its path, and as what."""

    path: str
    kind: Kind
    longest: int = 2**31 - 1
    """Characters."""


def column_reader(wanted: Mapping[str, Wanted]) -> Read | None:
    """Reads the columns of interactions; None where there is no native code.

    What a field is where a record leaves it out, and whether it may, is taken from the types of `headrace.events`.
    """
    try:
        from consumers.clean._columns import Reader
    except ImportError:
        return None
    tree: dict[str, Any] = {}
    for number, one in enumerate(wanted.values()):
        reduce(_below, one.path.split("."), tree).setdefault("", []).append(number)
    reader = Reader(tuple(map(_column, wanted.values())), _node("", tree))

    def read(records: list[bytes]) -> tuple[list[int], dict[str, Any]]:
        odd, columns = reader.read(records)
        return odd, dict(zip(wanted, columns, strict=True))

    return read


def field_type(path: str) -> Any:
    """The type of a field of `Clean`, by its path."""
    field = _field(path)
    assert field is not None
    return field.type


def _below(tree: dict[str, Any], name: str) -> dict[str, Any]:
    below: dict[str, Any] = tree.setdefault(name, {})
    return below


def _node(name: str, tree: Mapping[str, Any]) -> tuple[bytes, tuple[int, ...], tuple[Any, ...]]:
    """As `_columns.c` takes it: the name, the columns that take the value, the nodes below."""
    below = tuple(_node(key, branch) for key, branch in tree.items() if key)
    return name.encode(), tuple(tree.get("", ())), below


def _column(wanted: Wanted) -> tuple[int, bool, bool, bytes | None, int]:
    """As `_columns.c` takes it: the kind, whether it has to be there, whether it may be anything, its default, its most
    characters."""
    if wanted.kind is Kind.TAG:
        tag = _struct(wanted.path.split(".")[:-1]).__struct_config__.tag
        return wanted.kind, True, False, str(tag).encode(), wanted.longest
    field = _field(wanted.path)
    if field is None:
        return wanted.kind, False, True, None, wanted.longest
    default = field.default.encode() if isinstance(field.default, str) else None
    return wanted.kind, _has_to_be(field), False, default, wanted.longest


def _has_to_be(field: FieldInfo) -> bool:
    """Whether every record has it: no default, or one that is made up anew each time."""
    return field.default is NODEFAULT and field.default_factory not in (list, dict)


def _field(path: str) -> FieldInfo | None:
    """None in free-form metadata, where anything may be said."""
    *parents, name = path.split(".")
    if parents[-1:] == ["metadata"]:
        return None
    return {field.name: field for field in msgspec.structs.fields(_struct(parents))}[name]


def _struct(parents: list[str]) -> type[msgspec.Struct]:
    return _STRUCTS[".".join(parents)]


_STRUCTS: dict[str, type[msgspec.Struct]] = {"": Clean, "event": ProductionInteraction, "event.retrieval": Retrieval}
