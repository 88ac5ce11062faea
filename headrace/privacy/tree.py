"""The texts in free-form metadata, at any depth: an iterative walk out, and the way back in.

A number of seven digits or more is read as text too, because a phone or card number may be stored as one;
where a rule finds something in it, the placeholder takes its place. Two keys that become equal are told
apart by a number behind the second: nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.msgpack import Ext

from headrace.errors import Poison, Reason

SMALLEST_NUMBER = 1_000_000
"""No number that could name a person has fewer than seven digits."""
LONGEST_NUMBER_BITS = 4096
"""Python writes no integer of more than 4,300 digits; a longer one is no phone number either."""
MOST_NODES = 1_000_000
"""More than the largest event can hold; a structure that contains itself ends here."""

_Pending = list[tuple[Any, Any]]


def leaves(tree: object) -> list[str]:
    """The text of every leaf and key. Raises Poison for a tree without end.

    >>> sorted(leaves({"a": ["b", {"c": 4155552671, "d": 5}]}))
    ['4155552671', 'a', 'b', 'c', 'd']
    """
    texts: list[str] = []
    nodes = [tree]
    for node in nodes:
        if isinstance(node, dict):
            for key, value in node.items():
                texts.append(key if isinstance(key, str) else _text_of_key(key) or "")
                if isinstance(value, str):
                    texts.append(value)
                elif value.__class__ is not int or abs(value) >= SMALLEST_NUMBER:
                    nodes.append(value)
        elif isinstance(node, (list, tuple, set, frozenset)):
            nodes += node
        elif text := text_of(node):
            texts.append(text)
        if len(nodes) > MOST_NODES:
            raise Poison(Reason.TOO_LARGE, "$.metadata")
    return texts


def rebuilt(tree: Any, clean: Callable[[str], str]) -> Any:
    """The same tree with each leaf and key passed through `clean`; what it leaves alone keeps its type.

    >>> rebuilt({"a@b.com": 1, "c@d.com": ["x"]}, lambda text: "[EMAIL]" if "@" in text else text)
    {'[EMAIL]': 1, '[EMAIL] 2': ['x']}
    """
    top: list[Any] = []
    pending: _Pending = [([tree], top)]
    while pending:
        source, target = pending.pop()
        if isinstance(source, dict):
            _fill_map(source, target, clean, pending)
        else:
            target.extend(_copy(item, clean, pending) for item in source)
    return top[0]


def text_of(leaf: object) -> str | None:
    """What the rules read of a leaf; None where there is nothing to read.

    >>> text_of("a"), text_of(4155552671), text_of(12), text_of(True), text_of(b"a")
    ('a', '4155552671', None, None, 'a')
    """
    if isinstance(leaf, str):
        return leaf
    if isinstance(leaf, (bytes, bytearray, memoryview)):
        return bytes(leaf).decode("utf-8", "surrogateescape")
    if isinstance(leaf, float):
        return str(int(leaf)) if leaf.is_integer() and abs(leaf) >= SMALLEST_NUMBER else None
    if isinstance(leaf, int):
        return str(leaf) if abs(leaf) >= SMALLEST_NUMBER and leaf.bit_length() <= LONGEST_NUMBER_BITS else None
    return text_of(leaf.data) if isinstance(leaf, Ext) else None


def _text_of_key(key: object) -> str | None:
    return repr(key) if isinstance(key, tuple) else text_of(key)


def _fill_map(source: dict[Any, Any], target: dict[Any, Any], clean: Callable[[str], str], pending: _Pending) -> None:
    taken: dict[Any, int] = {}
    for key, value in source.items():
        name = base = _clean_leaf(key, _text_of_key(key), clean)
        while name in target:
            taken[base] = taken.get(base, 1) + 1
            name = f"{base} {taken[base]}"
        target[name] = _copy(value, clean, pending)


def _copy(node: Any, clean: Callable[[str], str], pending: _Pending) -> Any:
    if isinstance(node, dict):
        entries: dict[Any, Any] = {}
        pending.append((node, entries))
        return entries
    if isinstance(node, (list, tuple, set, frozenset)):
        items: list[Any] = []
        pending.append((node, items))
        return items
    return _clean_leaf(node, text_of(node), clean)


def _clean_leaf(leaf: Any, text: str | None, clean: Callable[[str], str]) -> Any:
    if not text or (cleaned := clean(text)) == text:
        return leaf
    if isinstance(leaf, Ext):
        return Ext(leaf.code, cleaned.encode("utf-8", "surrogateescape"))
    return cleaned.encode("utf-8", "surrogateescape") if isinstance(leaf, (bytes, bytearray, memoryview)) else cleaned
