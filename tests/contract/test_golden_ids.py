"""Hashed ids are joined for years: the same key and id give the same characters in every version."""

from __future__ import annotations

import pytest

from headrace.ids import IdKind, KeyRing, derived_uuid7, key_id

KEY = bytes(range(32))
GOLDEN: list[tuple[IdKind, str, str]] = [
    ("user", "ada@example.org", "h1:ews2xqpy:b2uuy5t2afiwqx4vx2kr4wgtka"),
    ("session", "ada@example.org", "h1:ews2xqpy:xnlcfww26vfoeyse3hscfmkdke"),
    ("interaction", "order-17", "h1:ews2xqpy:kqbc7oaoqya3z4xfrigapphebu"),
    ("producer", "legacy", "h1:ews2xqpy:ziu5jmhwskqifppdqys6crgbu4"),
    ("user", "Żółć 日本", "h1:ews2xqpy:5jmryeefudepbun6kfpoma5yuu"),
    ("user", "", "h1:ews2xqpy:e7cgosxwob6ovjiriqfmf5yfg4"),
]


@pytest.mark.parametrize(("kind", "value", "token"), GOLDEN)
def test_hash_of_an_id(kind: IdKind, value: str, token: str) -> None:
    assert KeyRing([KEY]).hash(kind, value) == token


@pytest.mark.parametrize(("kind", "_value", "token"), GOLDEN)
def test_a_golden_hash_verifies(kind: IdKind, _value: str, token: str) -> None:
    assert KeyRing([KEY]).verifies(kind, token)


def test_name_of_a_key() -> None:
    assert key_id(KEY) == "ews2xqpy"


def test_row_id_of_a_foreign_interaction_id() -> None:
    assert derived_uuid7(1_700_000_000_000, "order-17") == "018bcfe5-6800-772a-a90e-a3da8b5dd01b"
