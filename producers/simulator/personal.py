"""Personal data that belongs to nobody: reserved domains, numbers and networks, published test cards.

The social security numbers are specimens that were printed in advertisements and voided for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from producers.simulator.dice import Dice
from producers.simulator.texts import vocabulary
from producers.simulator.truth import PersonalKind, PlantedSpan

FIRST = ("ada", "jose", "mia", "noah", "lena", "omar", "ines", "kofi", "yuki", "ravi", "elif", "tom")
LAST = ("lovett", "garcia", "stone", "okafor", "meier", "haddad", "silva", "novak", "tanaka", "rao", "berg", "quinn")
DOMAINS = ("example.org", "example.com", "example.net", "mail.example.com", "uni.example.edu")
SPECIMEN_SSNS = (
    "078-05-1120",
    "219-09-9999",
    "042-10-3580",
    "062-36-0749",
    "095-07-3645",
    "128-03-6045",
    "135-01-6629",
    "141-18-6941",
    "165-16-7999",
    "189-09-2294",
    "212-09-7694",
    "306-30-2348",
)
TEST_CARD_STARTS = ("400000", "411111", "424242", "510510", "555555")
HEX_DIGITS = "0123456789abcdef"
KEY_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"

KINDS: tuple[PersonalKind, ...] = (
    *("email",) * 4,
    *("phone",) * 4,
    *("credit_card",) * 2,
    "ssn",
    "api_key",
    "ip_address",
    "ip_address",
)
"""Each as often as it shall appear."""
REPLY_KINDS: tuple[PersonalKind, ...] = ("email", "email", "phone", "credit_card", "ip_address")


def value(dice: Dice, kind: PersonalKind) -> str:
    """A made-up value of this kind.

    >>> value(Dice(3), "email").endswith(DOMAINS)
    True
    """
    return _MAKERS[kind](dice)


def plant(dice: Dice, text: str, path: str) -> tuple[str, PlantedSpan]:
    """`text` with one more sentence that carries personal data, and where it stands."""
    kind = dice.pick(KINDS)
    return _insert(dice, text, path, kind, vocabulary().personal[kind])


def plant_reply(dice: Dice, text: str, path: str) -> tuple[str, PlantedSpan]:
    """The same in the words of an agent."""
    kind = dice.pick(REPLY_KINDS)
    return _insert(dice, text, path, kind, vocabulary().personal_replies[kind])


def luhn_digit(digits: str) -> str:
    """The check digit that makes `digits` a card number.

    >>> luhn_digit("424242424242424")
    '2'
    """
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return str(-sum(number - 9 * (number > 9) for number in doubled) % 10)


def _insert(dice: Dice, text: str, path: str, kind: PersonalKind, sentences: Sequence[str]) -> tuple[str, PlantedSpan]:
    before, _, after = dice.pick(sentences).partition("|")
    secret = value(dice, kind)
    if text and dice.chance(0.3):
        start = len(before)
        return f"{before}{secret}{after} {text}", PlantedSpan(path, start, start + len(secret), kind)
    start = len(text) + bool(text) + len(before)
    spaced = f"{text} " if text else ""
    return f"{spaced}{before}{secret}{after}", PlantedSpan(path, start, start + len(secret), kind)


def _email(dice: Dice) -> str:
    return f"{dice.pick(FIRST)}.{dice.pick(LAST)}{dice.whole(1, 999)}@{dice.pick(DOMAINS)}"


def _phone(dice: Dice) -> str:
    area, line = dice.pick(("202", "312", "415", "617", "702")), dice.whole(100, 199)
    shape = dice.pick(("({}) 555-0{}", "{}-555-0{}", "+1 {} 555 0{}", "+1-{}-555-0{}", "{}.555.0{}"))
    return shape.format(area, line)


def _credit_card(dice: Dice) -> str:
    body = dice.pick(TEST_CARD_STARTS) + "".join(str(dice.whole(0, 9)) for _ in range(9))
    digits = body + luhn_digit(body)
    separator = dice.pick((" ", "-", ""))
    return separator.join(digits[place : place + 4] for place in range(0, 16, 4))


def _api_key(dice: Dice) -> str:
    start, length = dice.pick((("sk-", 40), ("ghp_", 36), ("AKIA", 16)))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if start == "AKIA" else KEY_LETTERS
    return start + "".join(dice.pick(letters) for _ in range(length))


def _ip_address(dice: Dice) -> str:
    return _ipv6(dice) if dice.chance(0.3) else _ipv4(dice)


def _ipv4(dice: Dice) -> str:
    return f"{dice.pick(('192.0.2', '198.51.100', '203.0.113'))}.{dice.whole(1, 254)}"


def _ipv6(dice: Dice) -> str:
    groups = ("".join(dice.pick(HEX_DIGITS) for _ in range(4)) for _ in range(6))
    return "2001:db8:" + ":".join(groups)


_MAKERS: dict[PersonalKind, Callable[[Dice], str]] = {
    "email": _email,
    "phone": _phone,
    "ssn": lambda dice: dice.pick(SPECIMEN_SSNS),
    "credit_card": _credit_card,
    "api_key": _api_key,
    "ip_address": _ip_address,
}
