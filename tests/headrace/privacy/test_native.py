"""The native scanner leaves out only what would find nothing, and takes no table on trust."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.privacy import Sanitizer
from headrace.privacy._scan import Scanner
from headrace.privacy.native import Unfit, compiled
from headrace.privacy.rule import CONTEXT_BEFORE, SHORTEST_RUN, Keyword
from headrace.privacy.scan import NativeScan, Scan, scan_with
from headrace.privacy.table import RULES

PYTHON, ACCELERATED = Sanitizer(engine="python"), Sanitizer(engine="accelerated")
PYTHON_SCAN, NATIVE_SCAN = Scan(RULES), NativeScan(RULES)
NEEDS_WORDS = [rule for rule in RULES if rule.context]
ALIKE = {"-": "\u2010\u2014\u2212", " ": "\u00a0\u202f", ".": "\u3002", "@": "\ufe6b"} | {
    digit: chr(0xFF10 + int(digit)) + chr(0x660 + int(digit)) + chr(0x1D7CE + int(digit)) for digit in "0123456789"
}


@st.composite
def beside_words(draw: st.DrawFn) -> str:
    """An example of a rule, its words at any distance around it, in any case, cut by the window or glued to letters."""
    rule = draw(st.sampled_from(NEEDS_WORDS))
    example = draw(st.sampled_from(rule.matches or ("",))).replace("⟦", "").replace("⟧", "")
    value = max(example.split(" "), key=lambda part: sum(map(str.isdigit, part)), default="")
    word = st.sampled_from(rule.context + rule.never).map(draw(st.sampled_from([str.lower, str.upper, str.title])))
    glue = st.sampled_from(["", " ", "x", "é", "\0", "我", ": ", "İ", "\ud800"])
    filler = st.integers(0, CONTEXT_BEFORE + 4).map(lambda length: ("ab cd e " * 9)[:length])
    return "".join(draw(part) for part in (word, glue, filler, glue, st.just(value), glue, filler, glue, word, glue))


@given(beside_words())
def test_no_rule_is_left_out_whose_words_are_near(text: str) -> None:
    assert ACCELERATED.spans(text) == PYTHON.spans(text)


@st.composite
def with_strange_characters(draw: st.DrawFn) -> str:
    """An example of a rule in which some characters are replaced by others that look alike, or parted by some that look
    like nothing, beside ordinary text that is not ASCII."""
    rule = draw(st.sampled_from(RULES))
    example = draw(st.sampled_from(rule.matches or ("",))).replace("⟦", "").replace("⟧", "")
    strange = st.sampled_from(["", "", "", "", "\u200b", "\ufe0f", "\u00ad", "é"])
    pieces = (draw(st.sampled_from([character, *ALIKE.get(character, "")])) + draw(strange) for character in example)
    glue = st.sampled_from(["", " — ", "“", "”", "\u00a0", "😀", "❤\ufe0f", "𝟜", "我", "%20", "&nbsp;", "1\u20112"])
    return f"{draw(glue)}{''.join(pieces)}{draw(glue)}{draw(st.sampled_from(['', 'passport', 'my ssn']))}"


@given(with_strange_characters())
@settings(max_examples=300)
def test_strange_characters_hide_nothing_from_either_engine(text: str) -> None:
    assert ACCELERATED.spans(text) == PYTHON.spans(text)
    assert ACCELERATED.text(ACCELERATED.text(text)) == ACCELERATED.text(text)


def test_dashes_and_emoji_alone_need_no_view() -> None:
    look = NATIVE_SCAN("Fine — it’s done ✅ ❤\ufe0f 😀, see you at 10\u00a0pm")
    assert look.places == []
    assert not look.disguised
    assert NATIVE_SCAN("call 415\u2011555\u20112671").disguised


@pytest.mark.parametrize("strangers", [9_999, 10_001, 60_000])
def test_both_engines_give_up_on_a_text_of_strange_characters_at_the_same_length(strangers: int) -> None:
    text = "a\u200b" * strangers
    assert ACCELERATED.spans(text) == PYTHON.spans(text)


@given(st.lists(st.sampled_from(["2026-01-31", "31.1.2026", "1 2 3", "0.12", "12", "4155552671", " ", "-", "/", "ab"])))
def test_both_engines_see_places_in_the_same_rows_of_digits(parts: list[str]) -> None:
    text = "".join(parts)
    asked = {(place, rule) for place, rules in PYTHON_SCAN(text).places for rule in rules if not RULES[rule].context}
    matched = {(place, rule) for place, rule in asked if RULES[rule].pattern.match(text, place)}
    assert matched <= {(place, rule) for place, rules in NATIVE_SCAN(text).places for rule in rules}


def test_a_place_opens_where_the_value_before_it_goes() -> None:
    text = "sk-proj-7f3A9c1E-5d0B8a4C2e7+40000000"
    assert ACCELERATED.text(text) == PYTHON.text(text) == "[API_KEY][PHONE]"


@pytest.mark.parametrize(
    "text", ["", "\0", "\ud800", "a" * SHORTEST_RUN, "1" * 7, "\U0001f600", "-----BEGIN", "password"]
)
def test_a_text_may_end_anywhere(text: str) -> None:
    for end in range(len(text) + 1):
        assert ACCELERATED.spans(text[:end]) == PYTHON.spans(text[:end])


@pytest.mark.parametrize("name", compiled(RULES).tables._fields)
def test_tables_that_do_not_agree_are_refused(name: str) -> None:
    tables, alphabet, most_tries = compiled(RULES)
    with pytest.raises(ValueError, match="do not agree"):
        Scanner(tables._replace(**{name: getattr(tables, name)[:-1]}), alphabet, most_tries)


def test_a_scanner_reads_texts_only() -> None:
    with pytest.raises(TypeError):
        Scanner(*compiled(RULES)).scan(b"bytes")  # type: ignore[arg-type]


def test_rules_beyond_the_tables_are_left_to_python() -> None:
    many = [replace(rule, name=f"{rule.name}{copy}") for rule in RULES for copy in range(2)]
    assert type(scan_with(many, "auto")) is Scan
    with pytest.raises(Unfit):
        scan_with(many, "accelerated")
    foreign = replace(RULES[0], trigger=Keyword(("\U0001f600",)))
    assert type(scan_with([foreign], "auto")) is Scan
