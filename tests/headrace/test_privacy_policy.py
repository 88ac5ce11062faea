"""Users' own kinds, terms, patterns, placeholders: what the `privacy:` settings promise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.errors import ConfigError
from headrace.ids import KeyRing
from headrace.privacy.linear import compiled
from headrace.privacy.names import finder
from headrace.privacy.policy import Sanitizers
from headrace.privacy.pseudonym import Pseudonyms, kinds_only
from headrace.privacy.rule import Span
from headrace.privacy.terms import Terms
from headrace.settings import Privacy, TenantPrivacy

OLD, NEW = b"o" * 32, b"n" * 32
RING = KeyRing([NEW, OLD])
KEYED = Sanitizers(Privacy(placeholders="pseudonyms"), RING)


def test_equal_values_have_equal_pseudonyms_however_they_are_written() -> None:
    text = KEYED("acme").text
    assert text("Ada@Example.org") == text("ada@example.org") == text("ada (at) example.org")
    assert text("415-555-2671") == text("(415) 555-2671") == text("+1 415 555 2671")
    assert text("ada@example.org") != text("bob@example.org")


def test_tenants_share_no_pseudonym() -> None:
    assert KEYED("acme").text("ada@example.org") != KEYED("else").text("ada@example.org")
    assert kinds_only(KEYED("acme").text("ada@example.org")) == "[EMAIL]"


def test_a_pseudonym_of_an_older_key_stays_and_new_ones_have_the_new_key() -> None:
    old = Pseudonyms(KeyRing([OLD]), "acme").write("email", "ada@example.org")
    text = KEYED("acme").text(f"{old} ada@example.org")
    assert text.startswith(f"{old} [EMAIL_{RING.current}_")


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=17, max_size=17))
def test_a_forged_pseudonym_is_redacted(token: str) -> None:
    assert KEYED("acme").text(f"so [EMAIL_{RING.current}_{token}] it is") == "so [REDACTED] it is"


@given(st.sampled_from(["ada@example.org", "415-555-2671", "4111 1111 1111 1111", "password=hunter2", "[EMAIL]"]))
def test_what_has_pseudonyms_stays_as_it_is(value: str) -> None:
    once = KEYED("acme").text(f"x {value} y {value}")
    assert KEYED("acme").text(once) == once


def test_pseudonyms_without_a_key_are_refused() -> None:
    with pytest.raises(ConfigError, match="need an id key"):
        Sanitizers(Privacy(placeholders="pseudonyms"))


def test_patterns_terms_and_allowed_values() -> None:
    privacy = Privacy(
        patterns={"employee_id": r"\bEMP-[0-9]{6}\b"},
        deny={"codename": ["Project Falcon", "Zürich"], "person": ["王伟"]},
        allow=["support@example.org"],
    )
    text = Sanitizers(privacy)(None).text
    assert text("EMP-123456, EMP-1234567") == "[EMPLOYEE_ID], EMP-1234567"
    assert text("'PROJECT falcon'? zürich! Falcons") == "'[CODENAME]'? [CODENAME]! Falcons"
    assert text("我是王伟。") == "我是[PERSON]。"
    assert text("Support@example.org or ada@example.org") == "Support@example.org or [EMAIL]"
    assert text("EMP\u200b-12\u200b3456") == "[EMPLOYEE_ID]"
    for clean in ("[EMPLOYEE_ID]", "[CODENAME] [PERSON]"):
        assert text(clean) == clean


def test_kinds_are_switched_for_all_and_for_a_tenant() -> None:
    tenants = {"acme": TenantPrivacy(kinds={"email": True}, deny={"codename": ["Falcon"]})}
    of = Sanitizers(Privacy(kinds={"email": False}, tenants=tenants))
    assert of(None).text("ada@example.org Falcon") == "ada@example.org Falcon"
    assert of("acme").text("ada@example.org Falcon") == "[EMAIL] [CODENAME]"


def test_a_kind_that_no_rule_finds_is_named() -> None:
    with pytest.raises(ConfigError, match=r"privacy.kinds.emial"):
        Sanitizers(Privacy(kinds={"emial": False}))


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(a+)+b", "repeat"),
        (r"(a|aa){1,20}b", "ways"),
        ("a?" * 9 + "a" * 9 + "b", "ways"),
        (r"[0-9]{1,30}[0-9]{1,30}x", "ways"),
        (r"([a-z]{1,10}){3}!", "ways"),
        (r"(?i:[a-z]{1,40})(?i:[A-Z]{1,40})!", "ways"),
        (r"(\w)\1", "backreference"),
        (r"(?=a)b", "lookahead"),
        (r"(?>a)b", "atomic"),
        (r"a{1,5}+b", "possessive"),
        (r"[0-9]+x", "bound"),
        (r"a*", "empty"),
        (r"^a", "start or end"),
        (r"(", "no regular expression"),
        ("a" * 2000, "characters"),
    ],
)
def test_a_pattern_that_is_not_linear_is_refused_with_the_reason(pattern: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        Sanitizers(Privacy(patterns={"own": pattern}))


def test_a_linear_pattern_is_taken() -> None:
    apart = r"[a-z]{1,20}@[a-z]{1,20}\.com", r"([a-z]{1,5} ){1,3}end", r"(foo|bar)-[0-9]{3}(-[A-Z]{2})?"
    for pattern in (r"EMP-\d+", r"\b[A-Z]{2,4}-[0-9]{4,8}\b", r"[a-z]{1,20}@corp", r"[0-9]{1,300}x", *apart):
        assert compiled("own", pattern).pattern == pattern


def test_the_policy_hash_covers_every_setting() -> None:
    variants = [
        Privacy(),
        Privacy(allow=["a"]),
        Privacy(deny={"x": ["a"]}),
        Privacy(patterns={"x": "abc"}),
        Privacy(kinds={"email": False}),
        Privacy(tenants={"acme": TenantPrivacy(allow=["a"])}),
        Privacy(placeholders="pseudonyms"),
    ]
    assert len({Sanitizers(privacy, RING).policy_hash for privacy in variants}) == len(variants)


def test_an_engine_for_names_reads_what_the_rules_left() -> None:
    read: list[str] = []

    def names(text: str) -> list[Span]:
        read.append(text)
        return [Span(place, place + 3, "person", "stub") for place in [text.find("Ada")] if place >= 0]

    text = Sanitizers(Privacy(), names=names)(None).text
    assert text("Ada wrote from ada@example.org") == "[PERSON] wrote from [EMAIL]"
    assert "example" not in read[0]


@pytest.mark.parametrize("engine", ["presidio", "spacy"])
def test_an_engine_that_is_not_installed_is_named(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name=name)

    monkeypatch.setattr("headrace.privacy.names.import_module", missing)
    with pytest.raises(ConfigError, match=f"{engine} needs a package"):
        finder(engine)  # type: ignore[arg-type]


@given(st.lists(st.text(min_size=1, max_size=8), max_size=5), st.text(max_size=60))
def test_terms_never_raise_and_never_reach_outside(terms: list[str], text: str) -> None:
    for start, end, kind, _ in Terms(dict.fromkeys(terms, "own")).spans(text):
        assert 0 <= start < end <= len(text)
        assert kind == "own"
