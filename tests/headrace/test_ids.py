"""Ids: ordered by time, and pseudonyms that join, verify, and give nothing away."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.errors import ConfigError, MissingIdKey
from headrace.ids import KeyRing, derived_uuid7, is_uuid7, new_key, uuid7, uuid7_milliseconds

moments = st.integers(0, 2**48 - 1)
keys = st.binary(min_size=32, max_size=32)
kinds = st.sampled_from(["user", "session", "interaction", "producer"])
RING = KeyRing([b"k" * 32])


@given(moments)
def test_a_uuid7_is_one_and_tells_its_time(milliseconds: int) -> None:
    value = uuid7(milliseconds)
    assert is_uuid7(value)
    assert UUID(value).version == 7
    assert UUID(value).variant == "specified in RFC 4122"
    assert uuid7_milliseconds(value) == milliseconds


@given(moments, moments)
def test_uuid7s_are_ordered_by_their_time(first: int, second: int) -> None:
    if first < second:
        assert uuid7(first) < uuid7(second)


def test_ten_thousand_at_once_are_all_different() -> None:
    assert len({uuid7(1_700_000_000_000) for _ in range(10_000)}) == 10_000


def test_a_forked_child_makes_other_ids() -> None:
    uuid7()
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.write(write, " ".join(uuid7(1) for _ in range(20)).encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    theirs = os.read(read, 4096).decode().split()
    os.close(read)
    assert len(theirs) == 20
    assert not set(theirs) & {uuid7(1) for _ in range(20)}


@given(moments, st.text())
def test_a_derived_uuid7_is_a_function_of_time_and_name(milliseconds: int, name: str) -> None:
    value = derived_uuid7(milliseconds, name)
    assert is_uuid7(value)
    assert value == derived_uuid7(milliseconds, name)
    assert uuid7_milliseconds(value) == milliseconds
    assert value != derived_uuid7(milliseconds, name + "x")


@given(st.text())
def test_other_text_is_no_uuid7(text: str) -> None:
    assert not is_uuid7(text)
    assert not is_uuid7(uuid7().upper().replace("7", "4", 1) if text else "018BCFE5-6800-7000-8000-000000000000")


@given(kinds, st.text())
def test_a_pseudonym_is_stable_verifies_and_is_left_alone(kind: str, value: str) -> None:
    token = RING.hash(kind, value)  # type: ignore[arg-type]
    assert token == RING.hash(kind, value)  # type: ignore[arg-type]
    assert RING.verifies(kind, token)  # type: ignore[arg-type]
    assert RING.pseudonym(kind, token) == token  # type: ignore[arg-type]
    assert RING.pseudonym(kind, value) == token  # type: ignore[arg-type]


@given(keys, keys, st.text())
def test_another_key_neither_verifies_nor_joins(one: bytes, other: bytes, value: str) -> None:
    if one != other:
        token = KeyRing([one]).hash("user", value)
        assert not KeyRing([other]).verifies("user", token)
        assert KeyRing([other]).hash("user", value) != token


@given(keys, keys, st.text())
def test_after_a_rotation_old_pseudonyms_still_verify(old: bytes, new: bytes, value: str) -> None:
    rotated = KeyRing([new, old])
    token = KeyRing([old]).hash("user", value)
    assert rotated.verifies("user", token)
    assert token in rotated.hash_under_every_key("user", value)
    assert rotated.hash("user", value) == KeyRing([new]).hash("user", value)


@given(st.text(), st.integers(0, 200), st.characters())
def test_a_changed_character_no_longer_verifies(value: str, place: int, character: str) -> None:
    token = RING.hash("user", value)
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    assert RING.verifies("user", changed) == (changed == token)


@given(st.text())
def test_text_that_only_looks_like_a_pseudonym_is_hashed(text: str) -> None:
    look_alike = f"h1:{RING.current}:{text}"
    assert RING.pseudonym("user", look_alike) != look_alike


def test_the_kinds_do_not_join() -> None:
    assert RING.hash("user", "7") != RING.hash("session", "7")
    assert not RING.verifies("session", RING.hash("user", "7"))


def test_a_key_comes_from_the_variable_or_a_file(tmp_path: Path) -> None:
    key, older = new_key(), new_key()
    file = tmp_path / "key"
    file.write_text(f"{key}\n{older}\n")
    by_variable = KeyRing.from_environment({"HEADRACE_ID_KEY": f"{key},{older}"})
    by_file = KeyRing.from_environment({"HEADRACE_ID_KEY_FILE": str(file)})
    assert by_variable.key_ids == by_file.key_ids
    assert len(by_file.key_ids) == 2


@pytest.mark.parametrize("environment", [{}, {"HEADRACE_ID_KEY": ""}, {"HEADRACE_ID_KEY_FILE": ""}])
def test_without_a_key_nothing_starts(environment: dict[str, str]) -> None:
    with pytest.raises(MissingIdKey, match="headrace init"):
        KeyRing.from_environment(environment)


@pytest.mark.parametrize("text", ["short", base64.b64encode(b"k" * 16).decode(), "!" * 44])
def test_a_malformed_key_is_an_error_that_does_not_show_it(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        KeyRing.from_environment({"HEADRACE_ID_KEY": text})
    assert text not in str(caught.value)


def test_a_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="absent"):
        KeyRing.from_environment({"HEADRACE_ID_KEY_FILE": str(tmp_path / "absent")})
