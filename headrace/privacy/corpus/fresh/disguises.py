"""Disguises of the fresh halves: the same ones in both, on values and in texts of each half's own.

Where there are not many ways to write a thing otherwise, the halves differ in what is disguised, not in how.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from urllib.parse import quote

from headrace.privacy.corpus.dice import Dice
from headrace.privacy.corpus.fresh.halves import HALVES
from headrace.privacy.corpus.values.maker import VALUE_CLOSE, VALUE_OPEN

_MAIL = ("email",)
_NUMERIC = ("phone_us", "phone_international", "credit_card", "ssn")
_ANY = (*_MAIL, *_NUMERIC, "iban")


def _wide(_: Dice, value: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if (c.isascii() and c.isalnum()) or c in "@.-+" else c for c in value)


def _hidden(dice: Dice, value: str) -> str:
    mark = dice.pick("\u200b\u200d\u2060\ufeff")
    return mark.join((value[:2], value[2:5], value[5:]))


def _written_digits(zero: int) -> Callable[[Dice, str], str]:
    return lambda _, value: "".join(chr(zero + int(c)) if c in "0123456789" else c for c in value)


def _dashes(dice: Dice, value: str) -> str:
    return value.replace("-", dice.pick("\u2010\u2011\u2013\u2014\u2212"))


def _blanks(dice: Dice, value: str) -> str:
    return value.replace(" ", dice.pick("\u00a0\u202f\u2009\u2003"))


def _at(at: str, dot: str) -> Callable[[Dice, str], str]:
    def told(_: Dice, value: str) -> str:
        local, _at_sign, domain = value.partition("@")
        return local + at + domain.replace(".", dot)

    return told


def _percent_at(_: Dice, value: str) -> str:
    return quote(value, safe="")


def _percent_all(_: Dice, value: str) -> str:
    return "".join(f"%{byte:02x}" for byte in value.encode())


def _entity_all(_: Dice, value: str) -> str:
    return "".join(f"&#{ord(c)};" for c in value)


def _entity_some(_: Dice, value: str) -> str:
    return html.escape(value).replace("@", "&#64;").replace(".", "&#46;").replace("-", "&#45;").replace(" ", "&nbsp;")


def _escaped(_: Dice, value: str) -> str:
    return "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in value)


def _escaped_twice(_: Dice, value: str) -> str:
    return "".join(c if c.isalnum() else f"\\\\u{ord(c):04X}" for c in value)


def _hex_escaped(_: Dice, value: str) -> str:
    return "".join(f"\\x{ord(c):02x}" if ord(c) < 128 else c for c in value)


def _spread(_: Dice, value: str) -> str:
    return " ".join(c for c in value if c.isalnum() or c in "@.+")


def _quoted_printable(_: Dice, value: str) -> str:
    return "".join(c if c.isalnum() or c in ".-+ " else f"={byte:02X}" for c in value for byte in c.encode()[:1])


def _soft(_: Dice, value: str) -> str:
    middle = len(value) // 2
    return f"{value[:middle]}=\r\n{value[middle:]}"


def _broken(_: Dice, value: str) -> str:
    for mark in "@- .":
        if mark in value:
            place = value.index(mark) + 1
            return f"{value[:place].rstrip()}\n{value[place:]}"
    return value


def _glued(_: Dice, value: str) -> str:
    return f"联系{VALUE_OPEN}{value}{VALUE_CLOSE}谢谢"


_WAYS: tuple[tuple[str, tuple[str, ...], Callable[[Dice, str], str]], ...] = (
    ("wide", _ANY, _wide),
    ("hidden", _ANY, _hidden),
    ("arabic", _NUMERIC, _written_digits(0x660)),
    ("thai", _NUMERIC, _written_digits(0xE50)),
    ("dashes", ("phone_us", "ssn", "credit_card"), _dashes),
    ("blanks", ("credit_card", "iban", "phone_international"), _blanks),
    ("at_brackets", _MAIL, _at("[at]", "[dot]")),
    ("at_parens", _MAIL, _at(" (at) ", " (dot) ")),
    ("at_words", _MAIL, _at(" at ", " dot ")),
    ("at_braces", _MAIL, _at("{at}", "{dot}")),
    ("percent", _MAIL, _percent_at),
    ("percent_all", _ANY, _percent_all),
    ("entity_all", _ANY, _entity_all),
    ("entity_some", _ANY, _entity_some),
    ("escaped", _ANY, _escaped),
    ("escaped_twice", _MAIL, _escaped_twice),
    ("hex_escaped", _ANY, _hex_escaped),
    ("spread", _NUMERIC, _spread),
    ("spread_mail", _MAIL, _spread),
    ("quoted_printable", _MAIL, _quoted_printable),
    ("soft", _ANY, _soft),
    ("broken", _ANY, _broken),
    ("glued", _ANY, _glued),
)

FRESH_DISGUISES = tuple((f"fresh_{name}", split, kinds, way) for split in HALVES for name, kinds, way in _WAYS)
