"""Cards, bank accounts, routing numbers, crypto addresses."""

from __future__ import annotations

from collections.abc import Callable

from headrace.privacy.corpus.checksums import (
    BECH32_FINAL,
    BECH32M_FINAL,
    base58,
    base58check,
    bech32,
    eip55,
    iban_digits,
    luhn_digit,
    weighted,
)
from headrace.privacy.corpus.dice import Dice
from headrace.privacy.corpus.values.maker import Maker

CARD_WORDS = ("card", "credit card", "Visa", "card number", "payment", "cc")
FAR_CARD_WORDS = ("Kreditkarte", "PAN", "carte bancaire", "tarjeta", "cardno", "mit Karte", "卡号", "debit card no.")
IBAN_WORDS = ("IBAN", "account", "bank account", "transfer to")
FAR_IBAN_WORDS = ("Kontonummer", "Bankverbindung", "compte", "iban_code", "beneficiary", "refund to", "cuenta")
COIN_WORDS = ("wallet", "BTC address", "send to", "address")
FAR_COIN_WORDS = ("deposit", "payout_address", "donate:", "Empfänger", "hot wallet", "to")
ROUTING_WORDS = ("routing number", "ABA", "Routing #")
FAR_ROUTING_WORDS = ("ABA routing", "RTN", "aba_number", "bank routing no.")
RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"

ACCOUNTS = {"DE": "#" * 18, "GB": "????" + "#" * 14, "FR": "#" * 23, "ES": "#" * 20, "NL": "????" + "#" * 10}
FAR_ACCOUNTS = {
    "BE": "#" * 12,
    "CH": "#" * 17,
    "AT": "#" * 16,
    "PL": "#" * 24,
    "SE": "#" * 20,
    "NO": "#" * 11,
    "PT": "#" * 21,
    "IE": "????" + "#" * 14,
    "IT": "?" + "#" * 22,
    "LU": "#" * 16,
    "DK": "#" * 14,
    "FI": "#" * 14,
    "MT": "????" + "#" * 5 + "?" * 18,
    "SA": "#" * 20,
    "AE": "#" * 19,
    "TR": "#" * 22,
    "GR": "#" * 23,
    "BR": "#" * 23 + "??",
    "CZ": "#" * 20,
    "RO": "????" + "#" * 16,
}


def _card(dice: Dice, prefixes: tuple[str, ...], length: int) -> str:
    prefix = dice.pick(prefixes)
    body = prefix + dice.digits(length - 1 - len(prefix))
    return body + luhn_digit(body)


def _grouped(number: str, separator: str, sizes: tuple[int, ...] = (4,) * 12) -> str:
    parts, position = [], 0
    for size in sizes:
        parts.append(number[position : position + size])
        position += size
    return separator.join(filter(None, parts))


def _common_card(dice: Dice) -> str:
    if dice.chance(0.25):
        amex = _card(dice, ("34", "37"), 15)
        return dice.pick((amex, _grouped(amex, " ", (4, 6, 5)), _grouped(amex, "-", (4, 6, 5))))
    return _grouped(_card(dice, ("4", "51", "53", "55", "6011"), 16), dice.pick((" ", "-", "")))


def _rare_card(dice: Dice) -> str:
    prefixes, length = dice.pick(_RARE_CARDS)
    number = _card(dice, prefixes, length)
    sizes = (4, 6, 4) if length == 14 else (4,) * 5
    return _grouped(number, dice.pick((" ", "-", "")), sizes)


def _issued_card(dice: Dice) -> str:
    prefixes, length = dice.pick(((("36", "305"), 14), (("3530",), 16), (("6304",), 16), (("2223",), 16)))
    return _grouped(_card(dice, prefixes, length), dice.pick(("-", "", ".")), (4, 6, 4) if length == 14 else (4,) * 4)


_RARE_CARDS: tuple[tuple[tuple[str, ...], int], ...] = (
    (("2221", "2450", "2720"), 16),
    (("36", "38", "300", "305"), 14),
    (("3528", "3566", "3589"), 16),
    (("622126", "622925"), 16),
    (("6221",), 19),
    (("5018", "5020", "6304", "6759"), 16),
    (("6761",), 18),
    (("2200", "2204"), 16),
    (("644", "65"), 16),
    (("4",), 19),
    (("4",), 13),
)


def _odd_card(dice: Dice) -> str:
    return _grouped(_card(dice, ("4", "52", "6011", "3530"), 16), dice.pick((".", "  ", " - ", "/", "_")))


def _iban(dice: Dice, accounts: dict[str, str]) -> str:
    country = dice.pick(tuple(accounts))
    account = dice.shaped(accounts[country])
    return country + iban_digits(country, account) + account


def _written_iban(dice: Dice) -> str:
    return _grouped(_iban(dice, ACCOUNTS), dice.pick((" ", "")))


def _odd_iban(dice: Dice) -> str:
    iban = _iban(dice, {**FAR_ACCOUNTS, **ACCOUNTS})
    return dice.pick(
        (_grouped(iban, "-"), _grouped(iban, ".")[:-1] + iban[-1], iban.lower(), _grouped(iban, " ").lower())
    )


def _routing(dice: Dice) -> str:
    body = dice.pick(("01", "02", "03", "04", "06", "07", "08", "09", "10", "11", "12", "26", "32")) + dice.digits(6)
    return body + str(-weighted(body, (3, 7, 1) * 3) % 10)


_COINS: dict[str, Callable[[Dice], str]] = {
    "bitcoin": lambda dice: base58check(b"\0", dice.bytes(20)),
    "ethereum_lower": lambda dice: "0x" + dice.bytes(20).hex(),
    "bitcoin_script": lambda dice: base58check(b"\5", dice.bytes(20)),
    "bitcoin_segwit": lambda dice: bech32("bc", 0, dice.bytes(20), BECH32_FINAL),
    "bitcoin_taproot": lambda dice: bech32("bc", 1, dice.bytes(32), BECH32M_FINAL),
    "bitcoin_shouted": lambda dice: bech32("bc", 0, dice.bytes(32), BECH32_FINAL).upper(),
    "ethereum": lambda dice: "0x" + eip55(dice.bytes(20).hex()),
    "litecoin": lambda dice: dice.pick((base58check(b"\x30", dice.bytes(20)), bech32("ltc", 0, dice.bytes(20)))),
    "dogecoin": lambda dice: base58check(b"\x1e", dice.bytes(20)),
    "tron": lambda dice: base58check(b"\x41", dice.bytes(20)),
    "ripple": lambda dice: base58check(b"\0", dice.bytes(20), RIPPLE),
    "cardano": lambda dice: bech32("addr", None, b"\x01" + dice.bytes(56)),
    "solana": lambda dice: base58(bytes([dice.whole(1, 255)]) + dice.bytes(31)),
}
_TUNED_COINS = ("bitcoin", "ethereum_lower", "bitcoin_segwit", "litecoin", "bitcoin_script")
_NEED_A_WORD = ("solana",)

MONEY: tuple[Maker, ...] = (
    Maker("credit_card", "common", "tune", CARD_WORDS, _common_card),
    Maker("credit_card", "other_issuers", "tune", CARD_WORDS, _issued_card),
    Maker("credit_card", "rare", "held_out", FAR_CARD_WORDS, _rare_card),
    Maker("credit_card", "common_again", "held_out", FAR_CARD_WORDS, _common_card),
    Maker("credit_card", "odd_separators", "held_out", FAR_CARD_WORDS, _odd_card),
    Maker("iban", "common", "tune", IBAN_WORDS, _written_iban),
    Maker("iban", "odd_case", "tune", IBAN_WORDS, lambda dice: _written_iban(dice).lower()),
    Maker("iban", "rare", "held_out", FAR_IBAN_WORDS, lambda dice: _grouped(_iban(dice, FAR_ACCOUNTS), " ")),
    Maker("iban", "rare_unspaced", "held_out", FAR_IBAN_WORDS, lambda dice: _iban(dice, FAR_ACCOUNTS)),
    Maker("iban", "odd", "held_out", FAR_IBAN_WORDS, _odd_iban),
    Maker("bank_routing", "routing", "tune", ROUTING_WORDS, _routing, True),
    Maker("bank_routing", "far_routing", "held_out", FAR_ROUTING_WORDS, _routing, True),
    *(
        Maker("crypto", name, "tune", COIN_WORDS, make)
        if name in _TUNED_COINS
        else Maker("crypto", name, "held_out", FAR_COIN_WORDS, make, name in _NEED_A_WORD)
        for name, make in _COINS.items()
    ),
)
