"""The rule table: what counts as personal data, and how each kind is found.

A rule is a cheap trigger that most texts fail, a pattern that runs only on a text that passed it, and
a check that a match is what it looks like (Luhn, address ranges). Every pattern takes linear time: its
repeats are bounded, possessive or anchored at a literal. `matches` and `differs` are the rule's documentation
and its tests. First match wins: a rule never sees what an earlier one has taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from headrace.privacy import checks
from headrace.privacy.checks import Bounds


class Span(NamedTuple):
    """Characters `start` to `end` (excluded) of a text hold a value of this kind."""

    start: int
    end: int
    kind: str


Trigger = Callable[[str, bytes], bool]
"""Whether a text is worth a rule's pattern; the bytes are its `digit_map`."""


@dataclass(frozen=True)
class Rule:
    kind: str
    trigger: Trigger
    pattern: re.Pattern[str]
    confirm: Callable[[re.Match[str]], Bounds | None]
    """The bounds of the value, or None where the match only looks like one."""
    matches: tuple[str, ...]
    differs: tuple[str, ...]
    skips_run: bool = False
    """After a refused match go on behind it, not at its second character."""

    @property
    def placeholder(self) -> str:
        return f"[{self.kind.upper()}]"

    def find(self, text: str) -> Iterator[Span]:
        """The values of this kind, left to right, without overlap."""
        position = floor = 0
        while match := self.pattern.search(text, position):
            if bounds := self.confirm(match):
                yield Span(max(bounds[0], floor), bounds[1], self.kind)
                position = floor = bounds[1]
            else:
                position = match.end() if self.skips_run else match.start() + 1


_SEPARATORS = b" .-()"
_DIGIT_MAP = bytes(ord("d") if chr(byte).isascii() and chr(byte).isdigit() else ord("x") for byte in range(256))


def digit_map(text: str) -> bytes:
    """One byte a character of UTF-8, `d` for a digit, with what may stand between a number's groups left out.

    >>> digit_map("at 415-555")
    b'xxdddddd'
    """
    return text.encode("utf-8", "surrogatepass").translate(_DIGIT_MAP, _SEPARATORS)


def _contains(*literals: str) -> Trigger:
    def trigger(text: str, _digits: bytes) -> bool:
        for literal in literals:  # noqa: SIM110  (any() with a generator takes three times as long)
            if literal in text:
                return True
        return False

    return trigger


def _digit_run(length: int) -> Trigger:
    run = b"d" * length
    return lambda _text, digits: run in digits


def _resembles(pattern: str) -> Trigger:
    search = re.compile(pattern).search
    return lambda text, _digits: search(text) is not None


def _plus_and_digits(text: str, digits: bytes) -> bool:
    return "+" in text and b"dddddddd" in digits


EMAIL = Rule(
    kind="email",
    trigger=_contains("@"),
    pattern=re.compile(r"@(?:[^\W_][\w-]{0,62}+\.)+(?:xn--[A-Za-z0-9-]{2,59}|[^\W\d_]{2,24})"),
    confirm=checks.email,
    matches=("ada@example.org", "a.b+c@mail.example.co.uk", "josé@exämple.de", "x_1%y@a-b.museum"),
    differs=("@property", "user@localhost", "a @ b.com", "@example.org", "5@3.50"),
)
API_KEY = Rule(
    kind="api_key",
    trigger=_contains("_", "sk-", "AKIA", "ASIA", "AIza", "xox", "glpat-", "pypi-", "SG."),
    pattern=re.compile(
        r"(?<![A-Za-z0-9])(?:"
        r"sk-[A-Za-z0-9_-]{16,}+|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}+|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"
        r"|gh[oprsu]_[A-Za-z0-9]{30,}+|github_pat_[A-Za-z0-9_]{22,}+|glpat-[A-Za-z0-9_-]{20,}+"
        r"|xox[abeoprs]-[A-Za-z0-9-]{10,}+|AIza[A-Za-z0-9_-]{35}|hf_[A-Za-z0-9]{30,}+|npm_[A-Za-z0-9]{36}"
        r"|pypi-[A-Za-z0-9_-]{32,}+|SG\.[A-Za-z0-9_-]{16,64}+\.[A-Za-z0-9_-]{16,64}+)"
    ),
    confirm=checks.has_digit,
    skips_run=True,
    matches=(
        "sk-" + "a1B2" * 6,
        "sk-proj-" + "a1_B-2" * 4,
        "AKIA" + "IOSF0DNN" * 2,
        "ghp_" + "a1B2c3" * 6,
        "xoxb-" + "123456789012-abc",
        "AIza" + "Sy0aB" * 7,
        "glpat-" + "a1B2c" * 4,
    ),
    differs=("sk-learn", "task-force-one-hundred-and-1", "ask-me-anything-you-like-now", "AKIA", "ghp_short1", "xoxo"),
)
IPV6 = Rule(
    kind="ip_address",
    trigger=_resembles(r":[0-9A-Fa-f]{0,4}:"),
    pattern=re.compile(r"(?<![A-Za-z0-9_.])[0-9A-Fa-f:]{2,39}+(?:\.[0-9]{1,3}){0,3}"),
    confirm=checks.ipv6,
    skips_run=True,
    matches=("2001:db8::8a2e:370:7334", "fe80::1", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", "::ffff:192.168.0.1"),
    differs=("12:30:45", "std::vector", "a::b", "::", "::1", "aa:bb:cc:dd:ee:ff", "dead::beef"),
)
IPV4 = Rule(
    kind="ip_address",
    trigger=_resembles(r"\.[0-9]{1,3}\.[0-9]"),
    pattern=re.compile(r"(?<![A-Za-z0-9_.])[0-9]{1,3}+(?:\.[0-9]{1,3}+){3}(?![A-Za-z0-9_]|\.[0-9])"),
    confirm=checks.ipv4,
    matches=("192.168.0.1", "8.8.8.8", "255.255.255.255"),
    differs=("1.2.3", "v1.2.3.4", "256.1.1.1", "1.2.3.4.5", "12.05.2020", "1.2.3.4rc1"),
)
CREDIT_CARD = Rule(
    kind="credit_card",
    trigger=_digit_run(13),
    pattern=re.compile(r"(?<![0-9])[2-6][0-9]{3}(?:[ -]?[0-9]){8,15}+"),
    confirm=checks.credit_card,
    matches=("4111 1111 1111 1111", "5555555555554444", "3782-822463-10005", "6011 0009 9013 9424", "2223003122003222"),
    differs=("4111 1111 1111 1112", "1700000000000", "9999999999999995", "4111111111111111111111"),
)
SSN = Rule(
    kind="ssn",
    trigger=_digit_run(9),
    pattern=re.compile(
        r"(?<![0-9])(?<![0-9]-)(?!000|666|9)[0-9]{3}([ -])(?!00)[0-9]{2}\1(?!0000)[0-9]{4}(?![0-9])(?!-[0-9])"
    ),
    confirm=checks.whole,
    matches=("123-45-6789", "123 45 6789"),
    differs=("000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "123-45 6789", "1123-45-6789"),
)
PHONE_INTERNATIONAL = Rule(
    kind="phone",
    trigger=_plus_and_digits,
    pattern=re.compile(
        r"(?<![0-9)])\+[1-9][0-9]{0,14}+(?: ?\(0\) ?[0-9]{1,14}+|[ .-][0-9](?![0-9]))?+"
        r"(?:[ .()-]{1,3}+[0-9]{2,14}+){0,7}"
    ),
    confirm=checks.international_phone,
    matches=(
        "+1 415 555 2671",
        "+44 20 7946 0958",
        "+49 (30) 901820",
        "+14155552671",
        "+33 1 42 68 53 00",
        "+44 (0)20 7946 0958",
    ),
    differs=("+1", "+100 points", "C++20", "1+12345678", "+123 456"),
)
PHONE_US = Rule(
    kind="phone",
    trigger=_digit_run(10),
    pattern=re.compile(
        r"(?<![0-9])(?<![0-9][.-])(?:1[ .-]?)?(?:\(([0-9]{3})\) ?|([0-9]{3})([ .-]?))"
        r"([0-9]{3})([ .-]?)([0-9]{4})(?![0-9])"
    ),
    confirm=checks.us_phone,
    matches=("415-555-2671", "(415) 555-2671", "415.555.2671", "4155552671", "1-415-555-2671", "123-456-7890"),
    differs=("1700000000", "0155552671", "a4155552671", "100 200 3000", "2019-03-08 10:30", "41555526711"),
)

RULES = (EMAIL, API_KEY, IPV6, IPV4, CREDIT_CARD, SSN, PHONE_INTERNATIONAL, PHONE_US)
