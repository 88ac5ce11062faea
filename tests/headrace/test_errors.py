"""The tree that the docstring draws is the tree of the classes."""

from __future__ import annotations

import re

import pytest

from headrace import errors
from headrace.errors import BrokerUnavailable, HeadraceError, MissingIdKey, Poison, Reason, RetentionGap

_DRAWN = re.compile(r"^    ((?:[│ ]   )*)[├└]── (\w+)", re.MULTILINE)


def drawn_edges() -> set[tuple[str, str]]:
    """(parent, child) as the docstring draws them."""
    above = ["HeadraceError"]
    edges = set()
    for indent, name in _DRAWN.findall(errors.__doc__ or ""):
        depth = len(indent) // 4
        del above[depth + 1 :]
        edges.add((above[depth], name))
        above.append(name)
    return edges


def class_edges(kind: type[HeadraceError] = HeadraceError) -> set[tuple[str, str]]:
    below = [child for child in kind.__subclasses__() if child.__module__ == errors.__name__]
    return {(kind.__name__, child.__name__) for child in below}.union(*(class_edges(child) for child in below))


def test_the_drawn_tree_is_the_class_tree() -> None:
    assert drawn_edges() == class_edges()


def test_every_reason_is_lower_case_words() -> None:
    assert all(re.fullmatch(r"[a-z_]+", reason.value) for reason in Reason)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (BrokerUnavailable("nowhere:1", 5.0), "headrace broker start"),
        (MissingIdKey(), "headrace init"),
        (RetentionGap("headrace.clean", 3, 5, 9), "offsets 5 to 8 expired"),
        (Poison(Reason.WRONG_TYPE, "$.user_query"), "wrong_type at $.user_query"),
    ],
)
def test_messages_say_what_happened_and_what_to_do(error: HeadraceError, advice: str) -> None:
    assert advice in str(error)
