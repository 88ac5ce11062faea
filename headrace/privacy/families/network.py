"""Addresses of machines: IPv4, IPv6, MAC."""

from __future__ import annotations

import re
import socket

from headrace.privacy.rule import Bounds, Rule, Seed

_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdefABCDEF")
_BYTES = frozenset(map(str, range(256)))
_IPV6 = re.compile(r"[0-9A-Fa-f:]{2,39}+(?:\.[0-9]{1,3}){0,3}+(?![A-Za-z0-9_]|:[0-9A-Fa-f])")
_NUMBERED = re.compile(
    r"(?:(?:version|(?<![a-z])(?:release|ver|build|v|rev|revision|section|sections|sect?|chapter|clause|article|art|annex"
    r"|appendix|paragraph|para|table|fig|figure|step|schedule|exhibit|driver|firmware|kernel|glibc|java"
    r"|jdk|windows|chrome|chromium|firefox|safari|macos|nuget|sdk|package|plugin|patch|(?<=\.)net))"
    r"\.?[ :=\"'(]{0,3}|(?<![a-z])@|\u00a7 ?)\Z",
    re.IGNORECASE,
)
"""What stands right before the number of a version, or of a part of a text,"""
_BETWEEN = " .:='\"("
"""with these at most between them."""
_HEADING = re.compile(r"\.?[ \t]{1,3}[A-Z][A-Za-z]")
_MOST_IN_HEADING = 30
_BEFORE = 14
"""Characters before an address that can say what else it is."""
_FEWEST_HEX_DIGITS = 5
"""Of an abbreviated IPv6 address: `fe80::1` has five; `1::2` is code."""


def _back(text: str, place: int, most: int, members: frozenset[str]) -> int:
    """Where the at most so many characters before a place begin."""
    start = place
    while start > max(0, place - most) and text[start - 1] in members:
        start -= 1
    return start


def ipv4(match: re.Match[str]) -> Bounds | None:
    """Four numbers of at most 255 around a first dot; nothing of a version's."""
    text = match.string
    start = _back(text, match.start(), 3, _DIGITS)
    parts = text[start : match.end()].split(".")
    if not _BYTES.issuperset(parts) or parts[0] == "0" or _goes_on(text[max(0, start - 2) : start]):
        return None
    if _is_numbered(text[max(0, start - _BEFORE) : start]) or _is_heading(text, start, match.end()):
        return None
    return start, match.end()


def _is_numbered(before: str) -> bool:
    """Whether a word or sign that numbers something ends here; most lines can be told by their last character."""
    last = before.rstrip(_BETWEEN)[-1:]
    return (last.isalpha() or last in ("@", "\u00a7")) and _NUMBERED.search(before) is not None


def _is_heading(text: str, start: int, end: int) -> bool:
    """Whether a line begins with it and goes on with a title: `4.3.2.1 Scope`."""
    before = text[max(0, start - 4) : start].rstrip(" #*")
    if (before and before[-1] not in "\n\0") or not _HEADING.match(text, end):
        return False
    return all(int(part) <= _MOST_IN_HEADING for part in text[start:end].split("."))


def _goes_on(before: str) -> bool:
    """Whether a word or a longer number ends here."""
    last = before[-1:]
    if last.isascii() and (last.isalnum() or last == "_"):
        return True
    return last == "." and before[:1].isdigit()


def ipv6(match: re.Match[str]) -> Bounds | None:
    """A valid address that names somebody: two groups at least, one of them with a digit (not `a::b`, not `::1`)."""
    text, colon = match.string, match.start()
    start = _back(text, colon, 4, _HEX)
    before = text[start - 1 : start] if start else ""
    abbreviated = start == colon and text[colon + 1 : colon + 2] == ":"
    if _in_word(before) or (start == colon and before != ":" and not abbreviated):
        start, before = colon + 1, " "
    if before in ("_", ".", ":"):
        return None
    if (candidate := _IPV6.match(text, start)) and _names_somebody(value := _without_stops(candidate[0])):
        return start, start + len(value)
    return None


def _in_word(character: str) -> bool:
    """Whether an ASCII word is there; letters of scripts without spaces touch numbers all the time."""
    return character.isascii() and character.isalnum()


def _without_stops(written: str) -> str:
    """Without the text's own full stop or colon; two colons at the end are the address's."""
    value = written.rstrip(".")
    return value if value.endswith("::") else value.rstrip(":.")


def _names_somebody(value: str) -> bool:
    groups = [group for group in value.split(":") if group]
    if len(groups) < 2 or sum(map(len, groups)) < _FEWEST_HEX_DIGITS:
        return False
    if not any(character.isdigit() for character in value):
        return False
    try:
        socket.inet_pton(socket.AF_INET6, value)
    except OSError:
        return False
    return True


def mac(match: re.Match[str]) -> Bounds | None:
    """Six pairs (or three fours) of hexadecimal digits, neither all the same nor part of a longer row."""
    text = match.string
    width = len(match["group"])
    start = _back(text, match.start(), width, _HEX)
    before = text[max(0, start - 1) : start]
    if match.start() - start != width or _in_word(before) or before in ("_", match["mark"]):
        return None
    digits = set(text[start : match.end()]) - set(":-.")
    return (start, match.end()) if len(digits) > 1 else None


def _mac_pattern(mark: str, width: int, groups: int) -> re.Pattern[str]:
    pair = rf"[0-9A-Fa-f]{{{width}}}"
    return re.compile(
        rf"(?P<mark>{mark})(?P<group>{pair})(?:{mark}{pair}){{{groups - 2}}}(?![A-Za-z0-9_]|{mark}[0-9A-Fa-f])"
    )


def _mac_rule(
    name: str, mark: str, width: int, groups: int, matches: tuple[str, ...], differs: tuple[str, ...]
) -> Rule:
    pair = f"[0-9A-Fa-f]{{{width}}}"
    return Rule(
        name=name,
        kind="mac_address",
        trigger=Seed(f"{mark}(?={pair}(?:{mark}{pair}){{{groups - 2}}})"),
        pattern=_mac_pattern(mark, width, groups),
        confirm=mac,
        matches=matches,
        differs=differs,
    )


MAC_COLONS = _mac_rule(
    *("mac_colons", ":", 2, 6),
    ("00:1A:2b:3c:4d:5e", "f4:5c:89:9b:0e:12"),
    ("12:30:45", "00:00:00:00:00:00", "a1:b2:c3:d4:e5:f6:07:18"),
)
MAC_HYPHENS = _mac_rule("mac_hyphens", "-", 2, 6, ("00-1A-2B-3C-4D-5E",), ("12-30-45", "20-10-15-12-30-45-11"))
MAC_DOTS = _mac_rule("mac_dots", r"\.", 4, 3, ("001a.2b3c.4d5e",), ("1234.5678", "1234.1234.1234.1234"))
IPV6 = Rule(
    name="ipv6",
    kind="ip_address",
    trigger=Seed(":(?=[0-9A-Fa-f]{0,4}:)"),
    pattern=re.compile(r":(?![0-5][0-9]:[0-5][0-9](?![0-9A-Fa-f:]))"),
    confirm=ipv6,
    matches=(
        "2001:db8::8a2e:370:7334",
        "fe80::1",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "::ffff:192.168.0.1",
        "2001:db8::",
    ),
    differs=("12:30:45", "std::vector", "a::b", "::", "::1", "aa:bb:cc:dd:ee:ff", "dead::beef", "1::2::3", "c(1::2)"),
)
_DOTTED = Seed(r"\.(?=[0-9]{1,3}\.[0-9]{1,3}\.[0-9])")
_THREE_MORE = re.compile(r"(?:\.[0-9]{1,3}+){3}(?![A-Za-z0-9_]|\.[0-9])")
IPV4_BY_WORD = Rule(
    name="ipv4_by_word",
    kind="ip_address",
    trigger=_DOTTED,
    pattern=_THREE_MORE,
    confirm=ipv4,
    context=(
        *("ip", "ips", "ipv4", "host", "hostname", "server", "addr", "address", "client", "ping", "ssh", "subnet"),
        *("gateway", "router", "remote_addr", "x-forwarded-for", "listen", "connect", "login", "peer", "dns", "proxy"),
    ),
    matches=("upgrade the server ⟦192.0.2.17⟧ first",),
    differs=("server version 1.2.3.4", "upgrade to 2.10.4.1"),
)
IPV4 = Rule(
    name="ipv4",
    kind="ip_address",
    trigger=_DOTTED,
    pattern=_THREE_MORE,
    confirm=ipv4,
    never=("upgrade", "downgrade", "firmware", "changelog", "release notes", "semver", "bumped"),
    matches=("192.168.0.1", "8.8.8.8", "255.255.255.255"),
    differs=(
        "1.2.3",
        "v1.2.3.4",
        "256.1.1.1",
        "1.2.3.4.5",
        "12.05.2020",
        "1.2.3.4rc1",
        "version 1.2.3.4",
        "1.02.3.4",
        "section 1.2.3.4",
        "\n4.3.2.1 Scope",
    ),
)

RULES = (MAC_COLONS, MAC_HYPHENS, MAC_DOTS, IPV6, IPV4_BY_WORD, IPV4)
