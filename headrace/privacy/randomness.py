"""Whether a text was made by a generator, by a person as a password, or stands where a secret will be put."""

from __future__ import annotations

import re

_PIECES = re.compile(r"[A-Z]?[a-z]++|[A-Z]++|[0-9]++")
"""The pieces in which people write names: `maxRetryCount2` has four."""
_STRETCHES = re.compile(r"[A-Za-z0-9+/]++")
_SHORTEST_STRETCH = 12
"""Characters without a hyphen or dot: keys have such a stretch, and few words are as long."""
_TURNS = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_FEWEST_TURNS = 4
"""From letter to digit or back: versions, dates and names have up to three, 20 random characters five and more."""
_FEWEST_LETTERS = 3
"""Times and amounts have one or two."""
_VOWELS = frozenset("aeiouAEIOU")
_LEAST_VOWELS, _MOST_VOWELS = 0.2, 0.8
"""Share of a word's letters, from `Https` to `Queue`."""
_PLACEHOLDERS = (
    "xxxx", "your", "placeholder", "changeme", "change_me", "change-me", "redacted", "insert", "dummy", "todo", "fixme",
    "replace", "sample", "****", "....", "${", "{{", "%(", "$(", "not-set", "not_set", "undefined", "-here", "_here",
    "…", "•••",
)  # fmt: skip
_OPENINGS = ("<", "{", "[", "%s", "(", "process.env", "os.environ", "os.getenv", "env.", "secrets.", "vault:", "arn:")
"""How a value begins that is read from elsewhere or filled in later."""
_VARIABLE = re.compile(r"\$[A-Za-z_]+|%[A-Za-z_]+%")
_STAND_IN_WORDS = """
none null nil true false yes no on off undefined unset empty test testing secret password passwd pass token key apikey
api_key string str int bool bytes any optional required default value admin root user username hidden masked encrypted
hashed disabled enabled prompt ask input env environ vault file foo bar baz foobar abc
"""
_STAND_INS = frozenset(_STAND_IN_WORDS.split())
_SIGNS = "!@#$%^&*+=?~|"
_SHORTEST_CHOSEN = 6
"""Characters; what is shorter is a word of the text more often than a password."""
_VERSION = re.compile(r"v?[0-9]+(?:[.-][0-9]+)+")
_FIELD = 32
"""Characters of a value among which the one that fills it stands."""
_MOST_ALIKE = 0.5
"""A value of which one character makes up half was typed to fill a field."""


def is_placeholder(value: str) -> bool:
    """Whether the value only holds a secret's place.

    >>> [is_placeholder(value) for value in ("xxxxxxxx", "<token>", "${TOKEN}", "your-api-key", "hunter2")]
    [True, True, True, True, False]
    """
    lower = value.lower()
    if lower in _STAND_INS or lower.startswith(_OPENINGS) or any(mark in lower for mark in _PLACEHOLDERS):
        return True
    if _VARIABLE.fullmatch(value):
        return True
    return max(map(lower.count, set(lower[:_FIELD])), default=0) > _MOST_ALIKE * len(lower)


def looks_random(value: str) -> bool:
    """Whether a generator made the value: letters and digits take turns as in no name.

    >>> [looks_random(value) for value in ("q7Rk29zLmX04bTfw", "maxRetryCountV2", "2024-01-01T00:00Z", "deployment-7")]
    [True, False, False, False]
    """
    if len(value) < 8 or sum(map(str.isalpha, value)) < _FEWEST_LETTERS or len(set(value)) < min(8, len(value) // 2):
        return False
    if len(_TURNS.findall(value)) >= _FEWEST_TURNS:
        return True
    stretch = max(_STRETCHES.findall(value), key=len, default="")
    return len(stretch) >= _SHORTEST_STRETCH and 2 * sum(map(_letters_of_word, _PIECES.findall(stretch))) < len(stretch)


def _letters_of_word(piece: str) -> int:
    """The length of a piece that can be spoken, 0 for another."""
    share = sum(letter in _VOWELS for letter in piece) / len(piece)
    return len(piece) if len(piece) > 2 and _LEAST_VOWELS <= share <= _MOST_VOWELS else 0


def looks_chosen(value: str) -> bool:
    """Whether a person may have chosen the value as a password: letters with digits or signs, or four words.

    >>> [looks_chosen(value) for value in ("hunter2", "correct-horse-battery-staple", "required", "v2.0.1")]
    [True, True, False, False]
    """
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    if letters and (digits or any(sign in value for sign in _SIGNS)):
        return len(value) >= _SHORTEST_CHOSEN and not _VERSION.match(value) and "://" not in value
    return value.count("-") >= 3 and all(map(str.isalpha, value.split("-")))
