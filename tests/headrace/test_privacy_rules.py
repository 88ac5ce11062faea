"""The rule table's own examples, and what holds for every text."""

from __future__ import annotations

from re import _parser as re_parser  # type: ignore[attr-defined]

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.privacy import Rule, Sanitizer
from headrace.privacy.rule import LONGEST_MATCH, Code, Digits
from headrace.privacy.scan import Engine, NativeScan, Scan
from headrace.privacy.table import RULES

SANITIZER = Sanitizer()
ENGINES: tuple[Engine, ...] = ("python", "accelerated")
BOTH = {engine: Sanitizer(engine=engine) for engine in ENGINES}
VALUES = [example for rule in RULES for example in rule.matches]
PERSONAL = st.sampled_from([example.replace("⟦", "").replace("⟧", "") for example in VALUES])
BARE = st.sampled_from(
    [example for rule in RULES if not rule.context for example in rule.matches if "⟦" not in example]
)
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=20)
DENSE = st.text("0123456789 .-+()@:abcfxyz_[]", max_size=40)
DISGUISED = st.text("0123456789 .-+@:ab\\%&#;xu0n\u200b\uff11\u2013\u0663()[]", max_size=40)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_finds_its_examples_whole_and_no_look_alike(rule: Rule, engine: Engine) -> None:
    sanitizer = BOTH[engine]
    for example in rule.matches:
        shown = example.replace("⟦", "").replace("⟧", "")
        value = example.partition("⟦")[2].partition("⟧")[0] or example
        for text in (shown, f"so, {shown} it is"):
            assert [(text[span.start : span.end], span.kind) for span in sanitizer.spans(text)] == [(value, rule.kind)]
    for example in rule.differs:
        assert not Sanitizer([rule], engine).spans(f"so, {example} it is"), example


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        ("call +1 415 555 2671 or 415-555-2672.", "call [PHONE] or [PHONE]."),
        ("<ada@example.org>,bob@example.org;", "<[EMAIL]>,[EMAIL];"),
        ("https://x.org/?mail=ada@example.org&n=1", "https://x.org/?mail=[EMAIL]&n=1"),
        ("card 4111-1111-1111-1111 05/27", "card [CREDIT_CARD] 05/27"),
        ("from 10.0.0.7:8080 to [2001:db8::1]:443", "from [IP_ADDRESS]:8080 to [[IP_ADDRESS]]:443"),
        ("key=sk-abcdefgh12345678ABCD", "key=[API_KEY]"),
        ("SSN123-45-6789", "SSN[SSN]"),
        ("a@b.com4155552671", "[EMAIL][PHONE]"),
        ("a@b.com,d@e.com", "[EMAIL],[EMAIL]"),
        ("at 2019-03-08 10:30:45.123456, v1.2.3, 3.14159265", "at 2019-03-08 10:30:45.123456, v1.2.3, 3.14159265"),
        ("deadbeef4155552671cafe 018bcfe5-6800-7000-8000-000000000000", None),
        ("\x00 ada@example.org \ud800", "\x00 [EMAIL] \ud800"),
    ],
)
def test_text(text: str, clean: str | None) -> None:
    assert SANITIZER.text(text) == (text if clean is None else clean)


@given(st.lists(st.one_of(ANYTHING, DENSE, DISGUISED, PERSONAL), max_size=8).map("".join))
def test_sanitized_text_stays_as_it_is(text: str) -> None:
    clean = SANITIZER.text(text)
    assert SANITIZER.text(clean) == clean


@given(st.lists(st.one_of(ANYTHING, DENSE, DISGUISED, PERSONAL), max_size=8).map("".join))
def test_only_what_the_spans_name_is_changed(text: str) -> None:
    clean, position = "", 0
    for start, end, kind, _ in SANITIZER.spans(text):
        assert position <= start < end
        clean += text[position:start] + f"[{kind.upper()}]"
        position = end
    assert SANITIZER.text(text) == clean + text[position:]


@given(BARE, st.sampled_from([" ", ", ", "\n", '"', "<", "|", "é "]))
def test_a_value_between_separators_never_passes(value: str, separator: str) -> None:
    assert value not in SANITIZER.text(f"before{separator}{value}{separator}after")


@given(st.lists(st.one_of(ANYTHING, DENSE, DISGUISED, PERSONAL), max_size=6), st.integers(1, 60))
def test_many_texts_at_once_give_what_each_gives_alone(texts: list[str], chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scan, "chunk_characters", chunk)
        patch.setattr(NativeScan, "chunk_characters", chunk)
        for sanitizer in BOTH.values():
            clean, findings = sanitizer.texts(texts)
            assert list(clean) == [sanitizer.text(text) for text in texts]
            assert findings.total() == sum(len(sanitizer.spans(text)) for text in texts)
            groups = sanitizer.groups([texts[:2], texts[2:]])
            assert [text for group, _ in groups for text in group] == list(clean)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit",
    [
        *"a1@:+(4_-.é\U0001f600",
        *("a@", "@a.", "a.", "1.", "1 ", "1-", "1:", "::", "a:", "+1", "+1 ", "(1", "a_", "ab12-", "@a.a.a.a-"),
        *("sk-", "xoxb-", "SG.", "ghp_", "AKIA", "4111 ", "4111111111111111", "415-555-2671", "415-555-267"),
        *("a@b.com4155552671", "1.1.1.1.", "1.1.1.1", "fe80::", "123-45-6789"),
    ],
)
def test_no_text_of_100_kb_hangs(unit: str) -> None:
    for text in (unit * (100_000 // len(unit)), "x@" + unit * (100_000 // len(unit)) + "!"):
        SANITIZER.text(text)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("decoys", [1, 40, 1_000])
@pytest.mark.parametrize("decoy", ["sk-", "ghp_", "eyJ-"])
def test_no_number_of_decoys_hides_a_key(decoy: str, decoys: int, engine: Engine) -> None:
    key = "npm_7f3A9c1E5d0B8a4C2e6F7f3A9c1E5d0B8a4C2e6F"
    assert key not in BOTH[engine].text(f"x {decoy * decoys}-{key} y")


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if isinstance(rule.trigger, (Digits, Code))], ids=lambda rule: rule.name
)
def test_rules_of_digits_and_codes_read_no_further_than_they_say(rule: Rule) -> None:
    assert re_parser.parse(rule.pattern.pattern, rule.pattern.flags).getwidth()[1] <= LONGEST_MATCH


@pytest.mark.parametrize("engine", ENGINES)
def test_a_text_of_too_many_places_is_replaced_whole_and_its_neighbours_are_not(engine: Engine) -> None:
    texts = ["call 415-555-2671", "123-45-" * 14_000, "nothing here"]
    assert list(BOTH[engine].texts(texts)[0]) == ["call [PHONE]", "[REDACTED]", "nothing here"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_long_list_of_addresses_comes_out_line_by_line(engine: Engine) -> None:
    addresses = [f"10.{number // 100}.{100 + number % 100}.{1 + number % 7}" for number in range(2_400)]
    assert set(BOTH[engine].text("\n".join(addresses)).splitlines()) == {"[IP_ADDRESS]"}


def test_the_policy_hash_names_the_rules() -> None:
    assert SANITIZER.policy_hash == Sanitizer(RULES).policy_hash != Sanitizer(RULES[1:]).policy_hash


@given(st.lists(st.one_of(ANYTHING, DENSE, DISGUISED, PERSONAL), max_size=8).map("".join))
def test_both_engines_find_the_same(text: str) -> None:
    assert BOTH["python"].spans(text) == BOTH["accelerated"].spans(text)
