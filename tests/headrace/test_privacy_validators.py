"""Each validator against python-stdnum, an independent implementation, on values around the valid ones."""

from __future__ import annotations

import hashlib
import random
import string
from collections.abc import Callable
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.privacy.validators import (
    americas,
    asia_pacific_africa,
    banking,
    coins,
    digits,
    eastern_europe,
    northern_europe,
    western_europe,
)
from headrace.privacy.validators.keccak import keccak_256

Check = Callable[[str], bool]

SHAPES: list[tuple[Check, str, str]] = [
    (americas.cnpj, "br.cnpj", "d" * 14),
    (americas.cpf, "br.cpf", "d" * 11),
    (americas.rut, "cl.rut", "d" * 8 + "K"),
    (americas.sin, "ca.sin", "d" * 9),
    (americas.cuit, "ar.cuit", "2d" + "d" * 9),
    (americas.cedula, "ec.ci", "1ddddddddd"),
    (asia_pacific_africa.aadhaar, "in_.aadhaar", "d" * 12),
    (asia_pacific_africa.abn, "au.abn", "d" * 11),
    (asia_pacific_africa.ird, "nz.ird", "d" * 8),
    (asia_pacific_africa.israeli, "il.idnr", "d" * 9),
    (asia_pacific_africa.south_african, "za.idnr", "yymmdddddd" + "08d"),
    (asia_pacific_africa.tfn, "au.tfn", "d" * 9),
    (asia_pacific_africa.thai, "th.pin", "d" * 13),
    (banking.routing_number, "us.rtn", "01" + "d" * 7),
    (digits.luhn, "luhn", "d" * 16),
    (digits.verhoeff, "verhoeff", "d" * 12),
    (eastern_europe.amka, "gr.amka", "DDmmyydddd" + "d"),
    (eastern_europe.birth_number, "cz.rc", "yymmDDdddd"),
    (eastern_europe.cnp, "ro.cnp", "1yymmDD" + "12" + "dddd"),
    (eastern_europe.inn, "ru.inn", "d" * 12),
    (eastern_europe.egn, "bg.egn", "yymmDDdddd"),
    (eastern_europe.oib, "hr.oib", "d" * 11),
    (eastern_europe.pesel, "pl.pesel", "yymmDDddddd"),
    (eastern_europe.tckn, "tr.tckimlik", "d" * 11),
    (eastern_europe.unique_master, "si.emso", "DDmm9yydddddd"),
    (northern_europe.baltic, "ee.ik", "3yymmDDdddd"),
    (northern_europe.fodselsnummer, "no.fodselsnummer", "DDmm75" + "1dddd"),
    (northern_europe.hetu, "fi.hetu", "DDmmyy-1ddA"),
    (northern_europe.kennitala, "is_.kennitala", "DDmmyyddd9"),
    (northern_europe.latvian, "lv.pvn", "DDmmyy1dddd"),
    (northern_europe.personnummer, "se.personnummer", "yymmDDdddd"),
    (western_europe.ahv, "ch.ssn", "756" + "d" * 10),
    (western_europe.austrian, "at.vnr", "d" * 4 + "DDmmyy"),
    (western_europe.belgian, "be.nn", "15mmDDddddd"),
    (western_europe.bsn, "nl.bsn", "d" * 9),
    (western_europe.dni, "es.dni", "d" * 8 + "A"),
    (western_europe.dni, "es.nie", "Xddddddd" + "A"),
    (western_europe.nhs, "gb.nhs", "d" * 10),
    (western_europe.nir, "fr.nir", "1yymm" + "d" * 10),
    (western_europe.pps, "ie.pps", "d" * 7 + "A"),
    (western_europe.steuer_id, "de.idnr", "d" * 11),
    (western_europe.utr, "gb.utr", "d" * 10),
]


def _random_value(shape: str, rng: random.Random) -> str:
    year, month, day = f"{rng.randrange(100):02}", f"{rng.randint(1, 12):02}", f"{rng.randint(1, 28):02}"
    shape = shape.replace("yy", year).replace("mm", month).replace("DD", day)
    drawn = {"d": string.digits, "K": string.digits + "K", "A": string.ascii_uppercase}
    return "".join(rng.choice(drawn.get(character, character)) for character in shape)


@pytest.mark.parametrize(("check", "module", "shape"), SHAPES, ids=[module for _, module, _ in SHAPES])
def test_a_check_agrees_with_an_independent_one(check: Check, module: str, shape: str) -> None:
    oracle: Check = import_module(f"stdnum.{module}").is_valid
    rng = random.Random(module)
    values = [_random_value(shape, rng) for _ in range(6000)]
    disagreements = [value for value in values if check(value) != oracle(value)]
    assert not disagreements, (len(disagreements), disagreements[:5])
    assert {check(value) for value in values} == {True, False}


def test_a_rare_kinds_check_digits_hold() -> None:
    """pypi's python-stdnum has no oracle for these: one digit changed anywhere makes each invalid."""
    for check, value in ((eastern_europe.snils, "11223344595"), (asia_pacific_africa.medicare, "2123456701")):
        changed = [value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1 :] for place in range(9)]
        assert [check(one) for one in [value, *changed]] == [True] + [False] * 9


@given(st.binary(max_size=300))
def test_keccak_is_no_sha3(message: bytes) -> None:
    assert keccak_256(message) != hashlib.sha3_256(message).digest()
    assert keccak_256(message) == keccak_256(message)


def test_keccak_of_known_messages() -> None:
    assert keccak_256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    assert keccak_256(b"testing").hex() == "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02"


@pytest.mark.parametrize(
    "address",
    [
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    ],
)
def test_bech32_finds_one_changed_character(address: str) -> None:
    assert coins.bech32(address)
    for place in range(4, len(address)):
        other = "q" if address[place].lower() != "q" else "p"
        changed = address[:place] + (other.upper() if address.isupper() else other) + address[place + 1 :]
        assert not coins.bech32(changed)


@given(st.text(max_size=40))
def test_no_check_raises_or_takes_any_text(text: str) -> None:
    for check in CHECKS:
        assert check(text) in (True, False)


CHECKS: set[Check] = {check for check, _, _ in SHAPES if check not in (digits.luhn, digits.verhoeff)} | {
    americas.curp,
    americas.dea,
    americas.nit,
    americas.rfc,
    americas.uruguayan,
    asia_pacific_africa.chinese,
    asia_pacific_africa.cnic,
    asia_pacific_africa.egyptian,
    asia_pacific_africa.emirates,
    asia_pacific_africa.hkid,
    asia_pacific_africa.kazakh,
    asia_pacific_africa.korean,
    asia_pacific_africa.medicare,
    asia_pacific_africa.my_number,
    asia_pacific_africa.mykad,
    asia_pacific_africa.nik,
    asia_pacific_africa.nric,
    asia_pacific_africa.pan,
    asia_pacific_africa.saudi,
    asia_pacific_africa.taiwanese,
    banking.iban,
    coins.base58check,
    coins.bech32,
    coins.ethereum,
    eastern_europe.hungarian_tax,
    eastern_europe.snils,
    eastern_europe.taj,
    eastern_europe.ukrainian,
    northern_europe.cpr,
    northern_europe.latvian,
    western_europe.fiscal_code,
    western_europe.nino,
}
