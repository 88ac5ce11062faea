"""Text in pieces gives what the whole text gives, however it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.privacy import Sanitizer
from headrace.privacy.stream import HELD_BACK
from headrace.privacy.table import RULES

SANITIZER = Sanitizer()
TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "a1B2c3D4" * 200 + "." + "e5F6" * 20
KEY = "-----BEGIN PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xf\n" * 60 + "-----END PRIVATE KEY-----"
VALUES = [example.replace("⟦", "").replace("⟧", "") for rule in RULES for example in rule.matches] + [TOKEN, KEY]
WORDS = ("the", "order", "came", "late", "so", "please", "look", "into", "why", "it", "went", "to", "another", "town")
PROSE = st.lists(st.sampled_from(WORDS), max_size=60)
TEXTS = st.lists(st.one_of(PROSE.map(" ".join), st.sampled_from(VALUES)), max_size=24).map(" ".join)


def streamed(text: str, sizes: list[int]) -> str:
    stream, out, position = SANITIZER.stream(), "", 0
    while position < len(text):
        size = sizes[position % len(sizes)]
        out += stream.feed(text[position : position + size])
        position += size
    return out + stream.flush()


@settings(deadline=None, max_examples=40)
@given(TEXTS, st.lists(st.integers(10, 700), min_size=1, max_size=5))
def test_any_cut_gives_what_the_whole_text_gives(text: str, sizes: list[int]) -> None:
    assert streamed(text, sizes) == SANITIZER.text(text)


def test_no_more_than_the_stated_length_waits() -> None:
    stream = SANITIZER.stream()
    out = "".join(stream.feed("word ") for _ in range(1_000))
    assert 5_000 - len(out) <= HELD_BACK


@pytest.mark.parametrize(("value", "placeholder"), [(TOKEN, "[JWT]"), (KEY, "[PRIVATE_KEY]")])
def test_a_long_value_is_announced_before_its_end(value: str, placeholder: str) -> None:
    stream = SANITIZER.stream()
    assert stream.feed("see " + value[: HELD_BACK + 100]) == f"see {placeholder}"
    assert stream.feed(value[HELD_BACK + 100 :] + " and more") == ""
    assert stream.flush() == " and more"


def test_after_a_flush_the_stream_begins_anew() -> None:
    stream = SANITIZER.stream()
    assert stream.feed("my ssn is") + stream.flush() == "my ssn is"
    assert stream.feed("ada@example.org") + stream.flush() == "[EMAIL]"
