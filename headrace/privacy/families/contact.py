"""E-mail addresses."""

from __future__ import annotations

import re

from headrace.privacy.rule import Bounds, Literal, Rule

LOCAL_PART_CHARACTERS = 64
"""RFC 5321's limit for what stands before the @."""
_LOCAL_PART_MARKS = frozenset(".!#$%&'*+/=?^_`{|}~-")
_ESCAPES = frozenset("nrt")
_REMOTES = frozenset(("git", "hg", "svn"))
"""Users of repositories, if a path follows: `git@github.com:acme/app.git`."""
_path = re.compile(r"[:/][\w~]").match
_DELIMITERS = frozenset("/=?&#`'{|*^$!")
"""Allowed in a local part, but far oftener what stands around one: `?mail=ada@…`, `'ada@…'`, `/ada@…`."""


def email(match: re.Match[str]) -> Bounds | None:
    """The address around an @ and its domain: the local part is read backwards, so no text makes it slow."""
    text, at = match.string, match.start()
    start = at
    while start > max(0, at - LOCAL_PART_CHARACTERS) and _may_be_local(text[start - 1]):
        start -= 1
    start = _behind_delimiters(text, start, at)
    while start < at and not (text[start].isalnum() or text[start] == "_"):
        start += 1
    if start and text[start - 1] == "\\" and text[start] in _ESCAPES and start + 1 < at:
        start += 1
    if start == at or (text[start:at] in _REMOTES and _path(text, match.end())):
        return None
    return start, match.end()


def _may_be_local(character: str) -> bool:
    return character.isalnum() or character in _LOCAL_PART_MARKS


def _behind_delimiters(text: str, start: int, at: int) -> int:
    """Behind the last mark that parts rather than belongs; of `=` and `'` only one in front of everything parts."""
    for place in range(at - 1, start - 1, -1):
        if text[place] in _DELIMITERS and not (text[place] in "='" and _inside_word(text, place, start)):
            return place + 1
    return start


def _inside_word(text: str, place: int, start: int) -> bool:
    """`o'neil`, and `bounce+x-ada=example` of a mailing list."""
    if text[place] == "'":
        return place > start and text[place - 1].isalpha() and text[place + 1].isalpha()
    return "+" in text[start:place]


EMAIL = Rule(
    name="email",
    kind="email",
    trigger=Literal("@"),
    pattern=re.compile(r"@(?:[^\W_][\w-]{0,62}+\.)+(?:xn--[A-Za-z0-9-]{2,59}|[^\W\d_]{2,24})(?![\w-]*@)"),
    confirm=email,
    matches=(
        *("ada@example.org", "a.b+c@mail.example.co.uk", "josé@exämple.de", "x_1%y@a-b.museum", "o'neil@example.ie"),
        *("bounce+x1-ada=example@em1.example.org", "?mail=⟦ada@example.org⟧&x", "'⟦ada@example.org⟧'"),
    ),
    differs=(
        "@property",
        "user@localhost",
        "a @ b.com",
        "@example.org",
        "git@github.com:acme/app.git",
        "5@3.50",
        "git@1.2",
    ),
)

RULES = (EMAIL,)
