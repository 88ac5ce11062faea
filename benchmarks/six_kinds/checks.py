"""What a pattern cannot say: whether a match is what it looks like, and where it really ends."""

from __future__ import annotations

import ipaddress
import re

Bounds = tuple[int, int]

LOCAL_PART_CHARACTERS = 64
"""RFC 5321's limit for what stands before the @."""
_LOCAL_PART_MARKS = frozenset("._%+'-")
_LEAD = re.compile(r"(?:(?<![0-9])1[ .-]?)?\(?\Z")
_INSIDE_NUMBER = re.compile(r"[0-9][.-]\Z")
_CARD_LENGTHS = (
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"3(?:0[0-5]|[689])"), (14, 16)),
    (re.compile(r"4"), (16, 19, 13)),
    (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), (16,)),
    (re.compile(r"6(?:011|4[4-9]|5)|35(?:2[89]|[3-8])|62"), (16, 19, 18, 17)),
    (re.compile(r"5[0678]|6"), (16, 18, 19, 17, 15, 14, 13)),
)
"""Issuer prefixes (ISO/IEC 7812) and the lengths their cards have, the commonest first."""
_WITHOUT_SEPARATORS = str.maketrans("", "", " -")
_DOUBLED = {str(digit): sum(divmod(2 * digit, 10)) for digit in range(10)}
"""Luhn's sum of the digits of twice a digit."""


def whole(match: re.Match[str]) -> Bounds:
    """The match as it is."""
    return match.span()


def email(match: re.Match[str]) -> Bounds | None:
    """The address around an @ and its domain: the local part is read backwards, so no text makes it slow."""
    text, at = match.string, match.start()
    start = at
    while start > max(0, at - LOCAL_PART_CHARACTERS) and _may_be_local(text[start - 1]):
        start -= 1
    while start < at and not text[start].isalnum() and text[start] != "_":
        start += 1
    return (start, match.end()) if start < at else None


def _may_be_local(character: str) -> bool:
    return character.isalnum() or character in _LOCAL_PART_MARKS


def ipv4(match: re.Match[str]) -> Bounds | None:
    """Four numbers of at most 255."""
    return match.span() if all(int(part) <= 255 for part in match[0].split(".")) else None


def ipv6(match: re.Match[str]) -> Bounds:
    """A valid address that names somebody: two groups at least, one of them with a digit (not `a::b`, not `::1`).

    Refused, it is empty and lies behind the match: none of its other colons begins an address either.
    """
    candidate = match[0].rstrip(".:")
    groups = [group for group in candidate.split(":") if group]
    if len(groups) > 1 and any(character.isdigit() for character in candidate) and _is_ipv6(candidate):
        return match.start(), match.start() + len(candidate)
    return match.end(), match.end()


def _is_ipv6(candidate: str) -> bool:
    try:
        ipaddress.IPv6Address(candidate)
    except ValueError:
        return False
    return True


def credit_card(match: re.Match[str]) -> Bounds | None:
    """A card number of a length its issuer uses, with Luhn's check digit; what follows it is left alone."""
    text, start = match.string, match.start()
    digits = match[0].translate(_WITHOUT_SEPARATORS)
    for length in _card_lengths(digits):
        if length <= len(digits) and luhn(digits[:length]):
            end = start + _place_of_digit(match[0], length)
            if not text[end : end + 1].isdigit():
                return start, end
    return None


def _card_lengths(digits: str) -> tuple[int, ...]:
    return next((lengths for issuer, lengths in _CARD_LENGTHS if issuer.match(digits)), ())


def _place_of_digit(written: str, number: int) -> int:
    """Where the given digit of a number with separators ends."""
    places = [place for place, character in enumerate(written, start=1) if character.isdigit()]
    return places[number - 1]


def luhn(digits: str) -> bool:
    """Whether the last digit is Luhn's check digit (ISO/IEC 7812-1) of the others.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    return (sum(map(int, digits[::-2])) + sum(map(_DOUBLED.__getitem__, digits[-2::-2]))) % 10 == 0


def international_phone(match: re.Match[str]) -> Bounds | None:
    """Eight to fifteen digits behind a plus (E.164), eleven where the country is 1; whole groups only."""
    groups = list(re.finditer(r"[0-9]+", match[0]))
    most = 11 if groups[0][0].startswith("1") else 15
    count, end = 0, 0
    for group in groups:
        if count + len(group[0]) > most:
            break
        count, end = count + len(group[0]), group.end()
    return (match.start(), match.start() + end) if count >= 8 else None


def us_phone(match: re.Match[str]) -> Bounds | None:
    """Ten digits; written without dots or hyphens they have to be a number the US plan can assign."""
    text, (start, end) = match.string, match.span()
    lead = _phone_lead(text[max(0, start - 4) : start])
    if lead is None or bool(match["closing"]) != lead.endswith("("):
        return None
    dotted = (match["closing"] or match["first"] in (".", "-")) and match["second"] in (".", "-")
    glued = not (match["closing"] or match["first"] or match["second"])
    plausible = _assignable(match["area"], match["exchange"]) and not (glued and _touches_word(text, start, end))
    return (start - len(lead), end) if dotted or plausible else None


def _phone_lead(before: str) -> str | None:
    """A country code or bracket that belongs to the number; None where a longer number goes on."""
    lead = _LEAD.search(before)
    assert lead is not None
    return None if _INSIDE_NUMBER.search(before[: lead.start()]) else lead[0]


def _assignable(area: str, exchange: str) -> bool:
    return area[0] in "23456789" and exchange[0] in "23456789" and not area.endswith("11")


def _touches_word(text: str, start: int, end: int) -> bool:
    edges = text[max(0, start - 1) : start], text[end : end + 1]
    return any(edge.isascii() and (edge.isalnum() or edge == "_") for edge in edges)


def hex_group_start(text: str, colon: int) -> int:
    """Where the at most four hexadecimal digits before a colon begin."""
    start = colon
    while start > max(0, colon - 4) and text[start - 1] in "0123456789abcdefABCDEF":
        start -= 1
    return start
