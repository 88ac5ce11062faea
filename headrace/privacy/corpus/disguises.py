"""How people, keyboards and programs write a value so that a pattern does not see it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

from headrace.privacy.corpus.dice import Dice
from headrace.privacy.corpus.fresh.disguises import FRESH_DISGUISES
from headrace.privacy.corpus.sample import Split

_ZERO_WIDTH = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad")
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
_SPACES = "\u00a0\u2009\u202f\u2007\u3000"
_NUMERIC = ("phone_us", "phone_international", "credit_card", "ssn", "iban")
_MAIL = ("email",)
_ANY = (*_NUMERIC, *_MAIL, "ipv4")


class Disguise(NamedTuple):
    name: str
    split: Split
    kinds: tuple[str, ...]
    apply: Callable[[Dice, str], str]


def _sprinkled(dice: Dice, value: str) -> str:
    mark = dice.pick(_ZERO_WIDTH)
    place = dice.whole(1, len(value) - 1)
    return value[:place] + mark + value[place:]


def _between_all(dice: Dice, value: str) -> str:
    return dice.pick(_ZERO_WIDTH).join(value)


def _full_width(_: Dice, value: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)


def _other_digits(zero: int) -> Callable[[Dice, str], str]:
    return lambda _, value: "".join(chr(zero + int(c)) if c.isdigit() else c for c in value)


def _dashed(dice: Dice, value: str) -> str:
    dash = dice.pick(_DASHES)
    return value.replace("-", dash).replace(" ", dash)


def _spaced(dice: Dice, value: str) -> str:
    space = dice.pick(_SPACES)
    return value.replace(" ", space).replace("-", space)


def _at_dot(forms: tuple[tuple[str, str], ...]) -> Callable[[Dice, str], str]:
    def told(dice: Dice, value: str) -> str:
        at, dot = dice.pick(forms)
        local, _, domain = value.partition("@")
        return f"{local}{at}{domain.replace('.', dot)}"

    return told


def _percent(dice: Dice, value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode()) if dice.chance(0.3) else quote(value, safe="")


def _entities(dice: Dice, value: str) -> str:
    numeric = dice.pick(("&#{};", "&#x{:x};"))
    everything = dice.chance(0.5)
    return "".join(numeric.format(ord(c)) if everything or not c.isalnum() else c for c in value)


def _json_escaped(dice: Dice, value: str) -> str:
    everything = dice.chance(0.5)
    return "".join(f"\\u{ord(c):04x}" if everything or not c.isalnum() else c for c in value)


def _broken(dice: Dice, value: str) -> str:
    separators = [place for place, c in enumerate(value) if c in " -.@"] or [len(value) // 2]
    place = dice.pick(separators)
    return value[: place + 1].rstrip(" ") + dice.pick(("\n", "\r\n", "\n  ", "\\n")) + value[place + 1 :]


def _soft_broken(dice: Dice, value: str) -> str:
    """As quoted-printable breaks a line."""
    place = dice.whole(3, len(value) - 3)
    return value[:place] + "=\n" + value[place:]


def _spread(_: Dice, value: str) -> str:
    return " ".join(c for c in value if c.isalnum() or c in "@.+")


def _mathematical(_: Dice, value: str) -> str:
    return "".join(chr(0x1D7CE + int(c)) if c.isdigit() else c for c in value)


def _twice_escaped(_: Dice, value: str) -> str:
    return json.dumps(json.dumps(value, ensure_ascii=True))[3:-3].replace("@", "\\\\u0040").replace("+", "\\\\u002b")


def _named_entities(_: Dice, value: str) -> str:
    escaped = html.escape(value)
    for character, name in (("@", "commat"), (".", "period"), ("-", "hyphen"), (" ", "nbsp"), ("+", "plus")):
        escaped = escaped.replace(character, f"&{name};")
    return escaped


DISGUISES: tuple[Disguise, ...] = (
    *(Disguise(*fresh) for fresh in FRESH_DISGUISES),
    Disguise("zero_width", "tune", _ANY, _sprinkled),
    Disguise("full_width", "tune", _ANY, _full_width),
    Disguise("arabic_digits", "tune", _NUMERIC, _other_digits(0x660)),
    Disguise("unicode_dashes", "tune", ("phone_us", "ssn", "credit_card"), _dashed),
    Disguise("at_dot", "tune", _MAIL, _at_dot(((" (at) ", " (dot) "), (" at ", " dot "), ("[at]", "[dot]")))),
    Disguise("percent", "tune", _MAIL, _percent),
    Disguise("entities", "tune", _ANY, _entities),
    Disguise("zero_width_everywhere", "held_out", _ANY, _between_all),
    Disguise("full_width_again", "held_out", _ANY, _full_width),
    Disguise("persian_digits", "held_out", _NUMERIC, _other_digits(0x6F0)),
    Disguise("devanagari_digits", "held_out", _NUMERIC, _other_digits(0x966)),
    Disguise("bengali_digits", "held_out", _NUMERIC, _other_digits(0x9E6)),
    Disguise("mathematical_digits", "held_out", _NUMERIC, _mathematical),
    Disguise("unicode_spaces", "held_out", ("phone_us", "phone_international", "credit_card", "ssn", "iban"), _spaced),
    Disguise("unicode_dashes_again", "held_out", ("phone_us", "ssn", "credit_card"), _dashed),
    Disguise(
        "at_dot_otherwise",
        "held_out",
        _MAIL,
        _at_dot(
            ((" AT ", " DOT "), ("(at)", "(dot)"), (" [at] ", "."), ("{at}", "{dot}"), (" @ ", " . "), ("<at>", "."))
        ),
    ),
    Disguise("json_escapes", "held_out", _ANY, _json_escaped),
    Disguise("percent_again", "held_out", _ANY, _percent),
    Disguise("named_entities", "held_out", _MAIL, _named_entities),
    Disguise("broken_lines", "held_out", _ANY, _broken),
    Disguise("quoted_printable", "held_out", _ANY, _soft_broken),
    Disguise("spread", "held_out", ("phone_us", "credit_card", "ssn"), _spread),
    Disguise("twice_escaped", "held_out", ("email", "phone_international"), _twice_escaped),
)
