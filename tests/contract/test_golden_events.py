"""The bytes of every released event version: what was written once is read for ever.

A new optional field adds an example to golden.json and changes none that is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from headrace.codec import decode_clean, decode_event, decode_rejected, encode, encode_json
from headrace.events import AnyEvent, Clean, Rejected
from tests.contract.examples import EXAMPLES

GOLDEN: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("golden.json").read_text())
DECODERS: dict[str, Callable[[bytes], Any]] = {"clean": decode_clean, "rejected": decode_rejected}


def decode(name: str, payload: bytes) -> Any:
    envelope = DECODERS.get(name.partition(".")[0])
    if envelope is not None:
        return envelope(payload)
    event, unknown_fields = decode_event(payload)
    assert not unknown_fields
    return event


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_msgpack_decodes_to_the_example(name: str) -> None:
    assert decode(name, bytes.fromhex(GOLDEN[name]["msgpack"])) == EXAMPLES[name]


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_json_decodes_to_the_example(name: str) -> None:
    assert decode(name, GOLDEN[name]["json"].encode()) == EXAMPLES[name]


@pytest.mark.parametrize("name", GOLDEN)
def test_examples_encode_to_the_golden_bytes(name: str) -> None:
    assert encode(EXAMPLES[name]).hex() == GOLDEN[name]["msgpack"]
    assert encode_json(EXAMPLES[name]).decode() == GOLDEN[name]["json"]


def test_every_type_has_golden_bytes() -> None:
    tags = {kind.__struct_config__.tag for kind in (*get_args(AnyEvent), Clean, Rejected)}
    assert {name.partition(" ")[0] for name in GOLDEN} == tags
    assert GOLDEN.keys() == EXAMPLES.keys()


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name.endswith("full")])
def test_a_full_example_sets_every_field(name: str) -> None:
    example = EXAMPLES[name]
    unset = [
        field.name
        for field in msgspec.structs.fields(type(example))
        if field.encode_name not in json.loads(GOLDEN[name]["json"]) and (name, field.name) != STATUS_HAS_NO_SEQ
    ]
    assert unset == []


STATUS_HAS_NO_SEQ = ("producer_status.v1 full", "seq")
