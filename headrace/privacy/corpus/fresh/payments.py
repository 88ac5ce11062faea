"""Cards, accounts and coins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from headrace.privacy.corpus.checksums import BECH32M_FINAL, base58, base58check, bech32, eip55, iban_digits, luhn_digit
from headrace.privacy.corpus.dice import LOWER_HEX, Dice
from headrace.privacy.corpus.fresh.recipe import Recipe

_CARD = (
    "card",
    "credit card",
    "Card number",
    "cc",
    "card_number",
    "Kreditkarte",
    "tarjeta",
    "carte bancaire",
    "PAN",
    "visa",
)
_IBAN = ("IBAN", "iban", "bank account", "account (IBAN)", "Konto", "compte")
_WALLET = ("wallet", "BTC address", "send to", "deposit address", "crypto address", "payout_address")
_ROUTING = ("routing number", "ABA", "ABA routing", "routing_number", "RTN", "bank routing #")


def _card(prefixes: tuple[str, ...], length: int, groups: Sequence[int], separator: str) -> Callable[[Dice], str]:
    def made(dice: Dice) -> str:
        prefix = dice.pick(prefixes)
        body = prefix + dice.digits(length - 1 - len(prefix))
        number = body + luhn_digit(body)
        parts = []
        for size in groups:
            parts.append(number[:size])
            number = number[size:]
        return separator.join(parts)

    return made


_VISA, _MASTER, _AMEX = ("4",), ("51", "55", "2221", "2720"), ("34", "37")
_FOUR, _AMEX_GROUPS = (4, 4, 4, 4), (4, 6, 5)
_COUNTRIES: tuple[tuple[str, str], ...] = (
    ("DE", "##################"),
    ("GB", "????##############"),
    ("FR", "#######################"),
    ("NL", "????##########"),
    ("ES", "####################"),
    ("IT", "?######################"),
    ("PL", "########################"),
    ("CH", "#################"),
    ("NO", "###########"),
    ("AE", "###################"),
    ("MT", "????#######################"),
    ("BE", "############"),
)


def _iban(write: Callable[[str], str], countries: slice) -> Callable[[Dice], str]:
    def made(dice: Dice) -> str:
        country, shape = dice.pick(_COUNTRIES[countries])
        account = dice.shaped(shape)
        return write(country + iban_digits(country, account) + account)

    return made


def _grouped(number: str, separator: str = " ") -> str:
    return separator.join(number[place : place + 4] for place in range(0, len(number), 4))


def _routing(dice: Dice) -> str:
    body = f"{dice.whole(1, 12):02d}" + dice.digits(6)
    total = sum(int(digit) * weight for digit, weight in zip(body, (3, 7, 1, 3, 7, 1, 3, 7), strict=True))
    return body + str(-total % 10)


def _dashed(number: str) -> str:
    return f"{number[:4]}-{number[4:8]}-{number[8:]}"


def _ripple(dice: Dice) -> str:
    return base58check(b"\0", dice.bytes(20), "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz")


def _tron(dice: Dice) -> str:
    return base58check(b"\x41", dice.bytes(20))


def _litecoin(dice: Dice) -> str:
    return base58check(b"\x30", dice.bytes(20))


def _xpub(dice: Dice) -> str:
    return base58check(bytes.fromhex("0488b21e"), dice.bytes(74))


def _segwit(prefix: str, size: int) -> Callable[[Dice], str]:
    return lambda dice: bech32(prefix, 0, dice.bytes(size))


PAYMENTS: dict[str, tuple[Recipe, ...]] = {
    "credit_card": (
        Recipe("visa_spaces", _CARD, _card(_VISA, 16, _FOUR, " ")),
        Recipe("visa_dashes", _CARD, _card(_VISA, 16, _FOUR, "-")),
        Recipe("visa_plain", _CARD, _card(_VISA, 16, (16,), "")),
        Recipe("master_plain", _CARD, _card(_MASTER, 16, (16,), "")),
        Recipe("master_dots", _CARD, _card(_MASTER, 16, _FOUR, ".")),
        Recipe("amex_spaces", _CARD, _card(_AMEX, 15, _AMEX_GROUPS, " ")),
        Recipe("amex_plain", _CARD, _card(_AMEX, 15, (15,), "")),
        Recipe("amex_dashes", _CARD, _card(_AMEX, 15, _AMEX_GROUPS, "-")),
        Recipe("discover", _CARD, _card(("6011", "65"), 16, _FOUR, " ")),
        Recipe("discover_plain", _CARD, _card(("6011", "6445"), 16, (16,), "")),
        Recipe("diners", _CARD, _card(("300", "36", "38"), 14, (4, 6, 4), " ")),
        Recipe("diners_plain", _CARD, _card(("305", "36"), 14, (14,), ""), True),
        Recipe("jcb", _CARD, _card(("3528", "3589"), 16, (16,), "")),
        Recipe("jcb_spaces", _CARD, _card(("3530",), 16, _FOUR, " ")),
        Recipe("unionpay", _CARD, _card(("62",), 16, _FOUR, "-")),
        Recipe("unionpay_long", _CARD, _card(("62",), 19, (6, 13), " ")),
        Recipe("maestro", _CARD, _card(("5018", "6304"), 16, _FOUR, " ")),
        Recipe("visa_long", _CARD, _card(_VISA, 19, (19,), ""), True),
        Recipe("visa_underscores", _CARD, _card(_VISA, 16, _FOUR, "_"), True),
        Recipe("master_wide", _CARD, _card(_MASTER, 16, _FOUR, "  "), True),
    ),
    "iban": (
        Recipe("compact", _IBAN, _iban(str, slice(0, None, 2))),
        Recipe("spaced", _IBAN, _iban(_grouped, slice(1, None, 2))),
        Recipe("lower", _IBAN, _iban(str.lower, slice(0, None, 3))),
        Recipe("dashed", _IBAN, _iban(lambda number: _grouped(number, "-"), slice(1, None, 3))),
        Recipe("lower_spaced", _IBAN, _iban(lambda number: _grouped(number.lower()), slice(2, None, 3))),
        Recipe("spaced_other", _IBAN, _iban(_grouped, slice(0, None, 2))),
    ),
    "bank_routing": (
        Recipe("plain", _ROUTING, _routing, True),
        Recipe("dashed", _ROUTING, lambda dice: _dashed(_routing(dice)), True),
    ),
    "crypto": (
        Recipe("legacy", _WALLET, lambda dice: base58check(b"\0", dice.bytes(20))),
        Recipe("segwit", _WALLET, _segwit("bc", 20)),
        Recipe("script", _WALLET, lambda dice: base58check(b"\5", dice.bytes(20))),
        Recipe("segwit_long", _WALLET, _segwit("bc", 32)),
        Recipe("ethereum", ("ETH address", "wallet", "metamask"), lambda dice: "0x" + eip55(dice.some(LOWER_HEX, 40))),
        Recipe("ethereum_lower", ("ETH address", "wallet"), lambda dice: "0x" + dice.some(LOWER_HEX, 40)),
        Recipe("litecoin", ("LTC", "litecoin address"), _litecoin),
        Recipe("taproot", _WALLET, lambda dice: bech32("bc", 1, dice.bytes(32), BECH32M_FINAL)),
        Recipe("litecoin_segwit", ("LTC", "wallet"), _segwit("ltc", 20)),
        Recipe("tron", ("TRX", "USDT (TRC20)", "wallet"), _tron),
        Recipe("dogecoin", ("DOGE", "wallet"), lambda dice: base58check(b"\x1e", dice.bytes(20))),
        Recipe("xpub", ("xpub", "extended public key"), _xpub),
        Recipe("ripple", ("XRP", "ripple address", "wallet"), _ripple),
        Recipe(
            "solana", ("SOL", "solana wallet", "Solana address"), lambda dice: base58(b"\x30" + dice.bytes(31)), True
        ),
    ),
}
