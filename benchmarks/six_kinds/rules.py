"""The rule table: what counts as personal data, and how each kind is found.

A rule names the places worth a look (an @, a run of digits: found by a literal or a byte class, so that a text
without them costs next to nothing), a pattern that is matched at such a place, and a check that the match is
what it looks like (Luhn, address ranges). Every pattern takes linear time: its repeats are bounded or possessive.
`matches` and `differs` are the rule's documentation and its tests. A rule never sees what an earlier one took.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from six_kinds import checks
from six_kinds.checks import Bounds


class Span(NamedTuple):
    """Characters `start` to `end` (excluded) of a text hold a value of this kind."""

    start: int
    end: int
    kind: str


Places = Callable[[str, bytes], Iterable[int]]
"""Where in a text a value may be, left to right; the bytes are the text's `class_map`."""


@dataclass(frozen=True)
class Rule:
    kind: str
    places: Places
    pattern: re.Pattern[str]
    """Matched at a place, not searched for."""
    confirm: Callable[[re.Match[str]], Bounds | None]
    """The bounds of the value around the match, or None where it only looks like one.

    Empty bounds: no value here, and none before their end."""
    matches: tuple[str, ...]
    differs: tuple[str, ...]

    @property
    def placeholder(self) -> str:
        return f"[{self.kind.upper()}]"


_CLASSES = bytes.maketrans(
    bytes(range(256)),
    bytes(
        ord("d" if chr(byte) in "0123456789" else "." if chr(byte) == "." else "s" if chr(byte) in " -()" else "x")
        for byte in range(256)
    ),
)


def class_map(text: str) -> bytes:
    """One byte a character: `d` for a digit, `.` for a dot, `s` for what else parts a number, `x` for the rest.

    >>> class_map("é 3.14")
    b'xsd.dd'
    """
    return text.encode("ascii", "replace").translate(_CLASSES)


def _at(literal: str) -> Places:
    def places(text: str, _classes: bytes) -> Iterable[int]:
        return [match.start() for match in finditer(text)] if literal in text else ()

    finditer = re.compile(re.escape(literal)).finditer
    return places


_digit_runs = re.compile(rb"d(?=[ds.]{6})[d.]{2,}").finditer


def _at_digits(_text: str, classes: bytes) -> Iterable[int]:
    """A run of three digits and dots that goes on for seven characters, as the shortest address does."""
    return [match.start() for match in _digit_runs(classes)]


_colon_pairs = re.compile(r":[0-9A-Fa-f]{0,4}:").finditer


def _at_colons(text: str, _classes: bytes) -> Iterable[int]:
    """Before and behind the first colon of two: an address may follow a word and a colon of its own."""
    if ":" not in text:
        return ()
    colons = [match.start() for match in _colon_pairs(text)]
    return [place for colon in colons for place in (checks.hex_group_start(text, colon), colon + 1)]


_underscore = re.compile(r"_").finditer
_dashed_key = re.compile(r"-(?:(?<=sk-)|(?<=xox[a-z]-)|(?<=glpat-)|(?<=pypi-))").finditer
_capital_key = re.compile(r"A(?:KIA|SIA|Iza)").finditer
_key_starts = re.compile(
    r"(?<![A-Za-z0-9])(?:sk-|[sr]k_|A[KS]IA|AIza|gh[oprsu]_|github_pat_|glpat-|hf_|npm_|pypi-|xox)"
).finditer
LONGEST_KEY_PREFIX = len("github_pat_")


def _at_key_prefixes(text: str, _classes: bytes) -> Iterable[int]:
    """Where a vendor's prefix stands: looked for before the character that it ends with."""
    ends = [match.end() for match in _capital_key(text)]
    if "_" in text:
        ends += [match.end() for match in _underscore(text)]
    if "-" in text:
        ends += [match.end() for match in _dashed_key(text)]
    if not ends:
        return ()
    windows = ((max(0, end - LONGEST_KEY_PREFIX), end) for end in ends)
    return sorted({match.start() for start, end in windows for match in _key_starts(text, start, end)})


EMAIL = Rule(
    kind="email",
    places=_at("@"),
    pattern=re.compile(r"@(?:[^\W_][\w-]{0,62}+\.)+(?:xn--[A-Za-z0-9-]{2,59}|[^\W\d_]{2,24})"),
    confirm=checks.email,
    matches=("ada@example.org", "a.b+c@mail.example.co.uk", "josé@exämple.de", "x_1%y@a-b.museum"),
    differs=("@property", "user@localhost", "a @ b.com", "@example.org", "5@3.50"),
)
API_KEY = Rule(
    kind="api_key",
    places=_at_key_prefixes,
    pattern=re.compile(
        r"sk-(?=[A-Za-z_-]{0,64}[0-9])[A-Za-z0-9_-]{16,}+|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}+"
        r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[A-Za-z0-9_-]{35}"
        r"|gh[oprsu]_[A-Za-z0-9]{30,}+|github_pat_[A-Za-z0-9_]{22,}+|glpat-[A-Za-z0-9_-]{20,}+"
        r"|xox[abeoprs]-[A-Za-z0-9-]{10,}+|hf_[A-Za-z0-9]{30,}+|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{32,}+"
    ),
    confirm=checks.whole,
    matches=(
        "sk-" + "a1B2" * 6,
        "sk-proj-" + "a1_B-2" * 4,
        "AKIA" + "IOSF0DNN" * 2,
        "ghp_" + "a1B2c3" * 6,
        "xoxb-" + "123456789012-abc",
        "AIza" + "Sy0aB" * 7,
        "glpat-" + "a1B2c" * 4,
    ),
    differs=("sk-learn", "task-force-one-hundred-and-1", "sk-a-word-with-hyphens", "AKIA", "ghp_short1", "xoxo"),
)
IPV6 = Rule(
    kind="ip_address",
    places=_at_colons,
    pattern=re.compile(r"(?<![A-Za-z0-9_.])[0-9A-Fa-f:]{2,39}+(?:\.[0-9]{1,3}){0,3}"),
    confirm=checks.ipv6,
    matches=("2001:db8::8a2e:370:7334", "fe80::1", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", "::ffff:192.168.0.1"),
    differs=("12:30:45", "std::vector", "a::b", "::", "::1", "aa:bb:cc:dd:ee:ff", "dead::beef"),
)
IPV4 = Rule(
    kind="ip_address",
    places=_at_digits,
    pattern=re.compile(r"(?<![A-Za-z0-9_.])[0-9]{1,3}+(?:\.[0-9]{1,3}+){3}(?![A-Za-z0-9_]|\.[0-9])"),
    confirm=checks.ipv4,
    matches=("192.168.0.1", "8.8.8.8", "255.255.255.255"),
    differs=("1.2.3", "v1.2.3.4", "256.1.1.1", "1.2.3.4.5", "12.05.2020", "1.2.3.4rc1"),
)
CREDIT_CARD = Rule(
    kind="credit_card",
    places=_at_digits,
    pattern=re.compile(r"(?<![0-9])[2-6][0-9]{3}(?:[ -]?[0-9]){8,15}+"),
    confirm=checks.credit_card,
    matches=("4111 1111 1111 1111", "5555555555554444", "3782-822463-10005", "6011 0009 9013 9424", "2223003122003222"),
    differs=("4111 1111 1111 1112", "1700000000000", "9999999999999995", "4111111111111111111111"),
)
SSN = Rule(
    kind="ssn",
    places=_at_digits,
    pattern=re.compile(
        r"(?<![0-9])(?<![0-9]-)(?!000|666|9)[0-9]{3}([ -])(?!00)[0-9]{2}\1(?!0000)[0-9]{4}(?![0-9])(?!-[0-9])"
    ),
    confirm=checks.whole,
    matches=("123-45-6789", "123 45 6789"),
    differs=("000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "123-45 6789", "1123-45-6789"),
)
PHONE_US = Rule(
    kind="phone",
    places=_at_digits,
    pattern=re.compile(
        r"(?<![0-9])(?:1\.?)?(?P<area>[0-9]{3})(?P<closing>\) ?)?(?P<first>[ .-]?)"
        r"(?P<exchange>[0-9]{3})(?P<second>[ .-]?)[0-9]{4}(?![0-9])"
    ),
    confirm=checks.us_phone,
    matches=("415-555-2671", "(415) 555-2671", "415.555.2671", "4155552671", "1-415-555-2671", "123-456-7890"),
    differs=("1700000000", "0155552671", "a4155552671", "100 200 3000", "2019-03-08 10:30", "41555526711"),
)
PHONE_INTERNATIONAL = Rule(
    kind="phone",
    places=_at("+"),
    pattern=re.compile(
        r"(?<![0-9)])\+[1-9][0-9]{0,14}+(?: ?\(0\) ?[0-9]{1,14}+|[ .-][0-9](?![0-9]))?+"
        r"(?:[ .()-]{1,3}+[0-9]{2,14}+){0,7}"
    ),
    confirm=checks.international_phone,
    matches=("+1 415 555 2671", "+44 20 7946 0958", "+49 (30) 901820", "+33 1 42 68 53 00", "+44 (0)20 7946 09"),
    differs=("+1", "+100 points", "C++20", "1+12345678", "+123 456"),
)

RULES = (EMAIL, API_KEY, IPV6, PHONE_INTERNATIONAL, IPV4, CREDIT_CARD, SSN, PHONE_US)
