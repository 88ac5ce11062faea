"""Telephone numbers: with a country's code, of the US plan, and as each country writes its own."""

from __future__ import annotations

import re

from headrace.privacy.families.calling_codes import national_lengths
from headrace.privacy.families.national_forms import is_anothers
from headrace.privacy.rule import EDGE, Bounds, Rule, Seed, digits

PHONE_WORDS = (
    *("phone", "tel", "mobile", "cell", "call", "fax", "sms", "text me", "reach me", "dial", "voicemail", "hotline"),
    *(
        "contact no",
        "contact number",
        "contact #",
        "whatsapp",
        "telegram",
        "callback",
        "extension",
        "landline",
        "pager",
    ),
    *("telefon", "mobil", "handy", "rückruf", "anruf", "téléphone", "tél", "portable", "appele", "teléfono", "móvil"),
    *(
        "celular",
        "llam",
        "telefono",
        "cellulare",
        "chiama",
        "telefone",
        "telemóvel",
        "telefoon",
        "puhelin",
        "numer tel",
    ),
    *(
        "电话",
        "手机",
        "電話",
        "携帯",
        "전화",
        "тел",
        "телефон",
        "номер",
        "звони",
        "هاتف",
        "फ़ोन",
        "mob",
        "ph",
        "rufnummer",
    ),
)
"""Words that make a number one to call; stems of the languages that our users' texts are written in."""
OTHER_NUMBERS = (
    *("order", "invoice", "ticket", "tracking", "case", "ref", "sku", "isbn", "issn", "serial", "version", "build"),
    *(
        "commit",
        "part no",
        "model",
        "batch",
        "item",
        "transaction",
        "txn",
        "timestamp",
        "epoch",
        "bytes",
        "offset",
        "id",
    ),
    *(
        "pid",
        "port",
        "seed",
        "account",
        "acct",
        "bestell",
        "rechnung",
        "pedido",
        "facture",
        "commande",
        "po",
        "user_id",
        *("seq", "count", "rows", "total", "thread", "tid", "uid", "ts", "lag", "span", "trace", "hash", "checksum"),
        *("lot", "session", "request", "bytes", "size", "confirmation", "meeting", "price", "amount", "limit", "max"),
    ),
)
"""Words in front of numbers that nobody calls."""
_EXTENSION = r"(?:[, -]{0,2}(?:x|ext\.?|extension|durchwahl|#)[ .:-]{0,2}[0-9]{1,6}(?![0-9]))?+"
_LEAD = re.compile(r"(?:(?<![0-9])\+?1[ .-]{0,2})?\(? ?\Z")
_LEADS = frozenset("0123456789.,/- (")
"""The last characters of what may be a lead, or the inside of a number."""
_INSIDE_NUMBER = re.compile(r"[0-9][.,/-]\Z|[0-9]\Z")
_DIGITS = re.compile(r"[0-9]+")


def international(match: re.Match[str]) -> Bounds | None:
    """As many whole groups behind a plus as the country's numbers have digits, and an extension."""
    value = match["number"]
    groups = [(group.start(), group[0]) for group in _DIGITS.finditer(value)]
    if not (lengths := national_lengths(groups[0][1] + "".join(group for _, group in groups[1:]))):
        return None
    code, fewest, most = lengths
    trunk = sum(1 for place, group in groups if group == "0" and value[place - 1 : place] == "(")
    count, end = -code - trunk, 0
    for place, group in groups:
        if count + len(group) > most:
            break
        count, end = count + len(group), place + len(group)
    if count < fewest:
        return None
    start = match.start("number")
    whole = end == len(value)
    return match.start(), match.end() if whole else start + end


def us(match: re.Match[str]) -> Bounds | None:
    """Ten digits; written without dots or hyphens they have to be a number that the US plan can assign."""
    text, (start, end) = match.string, match.span()
    lead = _phone_lead(text[max(0, start - 6) : start])
    if lead is None or bool(match["closing"]) != ("(" in lead) or _is_anothers(text, start):
        return None
    dotted = match["closing"] or (match["first"] in (".", "-") and match["second"] in (".", "-"))
    if not dotted and not _assignable(match["area"], match["exchange"]):
        return None
    return start - len(lead), end


def _is_anothers(text: str, start: int) -> bool:
    """Whether the word right before says that this is the number of a part, an order, a lot."""
    return is_anothers(text[max(0, start - EDGE) : start])


_COUNTED = re.compile(
    r"[ _]?(?:rows|bytes|records|events|requests|items|points|users|tokens|times|lines|px|units|ms|ns|us|s|kb|mb|gb)\b",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"(?<![a-z])(?:job|task|run|process|proc|event|message|msg|record|node|worker|queue|block|height|nonce|sequence|step"
    r"|version|value|key|row|line|page|post|article|listing|product|device|sensor|unit|sample|gene|chunk|shard|thread)"
    r"(?:[ _-]?(?:id|no|nr|num|number|key))?[.:# =]{1,3}\Z",
    re.IGNORECASE,
)
_LIMITS = frozenset(("2147483647", "2147483648", "4294967295", "4294967296"))
"""Of integers of 32 bits."""


def _counts(text: str, start: int, end: int) -> bool:
    """Whether the words around say that something is counted or numbered."""
    if text[start:end] in _LIMITS or _COUNTED.match(text, end):
        return True
    return _COUNTER.search(text[max(0, start - EDGE) : start]) is not None


def us_plain(match: re.Match[str]) -> Bounds | None:
    """Ten digits in one group, no part of a word."""
    text, (start, end) = match.string, match.span()
    lead = _phone_lead(text[max(0, start - 6) : start])
    if lead is None or "(" in lead or _touches_word(text, start - len(lead), end):
        return None
    if _is_anothers(text, start) or _counts(text, start, end):
        return None
    return (start - len(lead), end) if _assignable(match["area"], match["exchange"]) else None


def _phone_lead(before: str) -> str | None:
    """A country code or bracket that belongs to the number; None where a longer number goes on."""
    if before[-1:] not in _LEADS:
        return ""
    lead = _LEAD.search(before)
    assert lead is not None
    own = lead[0].lstrip() if lead[0].strip() else ""
    return None if _INSIDE_NUMBER.search(before[: len(before) - len(own)]) else own


def _assignable(area: str, exchange: str) -> bool:
    return area[0] in "23456789" and area[1] != "9" and exchange[0] in "23456789" and not area.endswith("11")


def _touches_word(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 1]
    if before.endswith("-") and before[0].isalnum():
        return True
    return any(edge.isascii() and (edge.isalnum() or edge in "_/") for edge in (before[-1:], after) if edge)


def national(match: re.Match[str]) -> Bounds | None:
    """Groups of digits that are no date, time or amount; a bracket around the first belongs to them."""
    text, (start, end) = match.string, match.span()
    before = text[max(0, start - 2) : start]
    if (
        (before[-1:].isascii() and before[-1:].isalnum())
        or before[-1:] == "_"
        or _INSIDE_NUMBER.search(before)
        or before[-1:] in ("$", "€", "£")
    ):
        return None
    after = text[end : end + 1]
    if (
        _is_date(match[0])
        or (after.isascii() and after.isalnum())
        or text[end : end + 2].strip("0123456789") in (":", "%")
    ):
        return None
    return (start - 1, end) if before.endswith("(") and ")" in match[0] else (start, end)


def _is_date(written: str) -> bool:
    """A date, perhaps with an hour behind it."""
    date = _DATE.match(written)
    return date is not None and sum(map(str.isdigit, written[date.end() :])) <= 4 and "." not in written[date.end() :]


_DATE = re.compile(
    r"(?:(?:19|20)[0-9]{2}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])[-./](?:0?[1-9]|[12][0-9]|3[01])[-./](?:19|20)?[0-9]{2})(?![0-9])"
)

INTERNATIONAL = Rule(
    name="phone_international",
    kind="phone",
    trigger=Seed(r"\+(?=[ (]{0,2}[0-9])"),
    pattern=re.compile(
        r"(?<![0-9)])\+[ (]{0,2}(?P<number>[1-9][0-9]{0,14}+(?:\) ?)?"
        r"(?:[ ./-]{0,2}\(?[0-9]{1,14}+\)?){0,8})" + _EXTENSION
    ),
    confirm=international,
    matches=(
        *("+1 415 555 2671", "+44 20 7946 0958", "+49 (30) 901820", "+33 1 42 68 53 00", "+44 (0)20 7946 0958"),
        *("+4915112345678", "+1 (415) 555-2671 ext. 12", "+55 11 91234-5678", "+7 (916) 123-45-67", "+31-20-624-1111"),
    ),
    differs=("+1", "+100 points", "C++20", "1+12345678", "+123 456", "+999 1234567", "+0.123456789"),
)
DOUBLE_ZERO = Rule(
    name="phone_double_zero",
    kind="phone",
    trigger=digits(*range(10, 18)),
    pattern=re.compile(
        r"(?<![0-9A-Za-z_.,-])00(?=[1-9])(?P<number>[1-9][0-9]{0,14}+(?:[ ./-]{1,2}\(?[0-9]{1,14}+\)?){1,8})"
        + _EXTENSION
    ),
    confirm=international,
    matches=("0044 20 7946 0958", "0049-30-901820"),
    differs=("0012345678", "00 11 22 33 44 55", "000-0000"),
)
US = Rule(
    name="phone_us",
    kind="phone",
    trigger=digits(10),
    pattern=re.compile(
        r"(?<![0-9])(?P<area>[0-9]{3})(?P<closing> ?\) ?)?(?P<first>[ ./-]{0,2})"
        r"(?P<exchange>[0-9]{3})(?P<second>[ ./-]{1,2}|(?<=\)[0-9]{3})|(?<=\) [0-9]{3}))[0-9]{4}"
        r"(?![0-9]|[.,/-][0-9]|-[A-Za-z](?![a-z])|[a-wyz][0-9])" + _EXTENSION
    ),
    confirm=us,
    never=("isbn",),
    matches=(
        "415-555-2671",
        "(415) 555-2671",
        "(415)5552671",
        "415/555-2671",
        "415.555.2671",
        "1-415-555-2671",
        "123-456-7890",
        "415 555 2671 x12",
    ),
    differs=(
        "0155552671",
        "100 200 3000",
        "2019-03-08 10:30",
        "415-555-26711",
        "part no. 415-555-2671",
        "415-555-2671-A",
    ),
)
US_PLAIN = Rule(
    name="phone_us_plain",
    kind="phone",
    trigger=digits(10, 11),
    pattern=re.compile(
        r"(?<![0-9])1?(?P<area>[2-9][0-9]{2})(?P<exchange>[2-9][0-9]{2})[0-9]{4}(?![0-9]|[.,-][0-9])" + _EXTENSION
    ),
    confirm=us_plain,
    never=OTHER_NUMBERS,
    matches=("4155552671", "14155552671"),
    differs=("1700000000", "a4155552671", "41555526711", "order 4155552671", "css-4155552671"),
)
US_BY_WORD = Rule(
    name="phone_us_by_word",
    kind="phone",
    trigger=digits(10, 11),
    pattern=US_PLAIN.pattern,
    confirm=us_plain,
    context=PHONE_WORDS,
    matches=('"id": 7, "cell": "⟦4155552671⟧"',),
    differs=("order 4155552671",),
)
TRUNK = Rule(
    name="phone_trunk",
    kind="phone",
    trigger=digits(*range(9, 13)),
    pattern=re.compile(r"(?<![0-9])0[0-9]{1,11}+(?:\)? ?[ ./-]{0,2} ?[0-9]{1,8}+){0,5}" + _EXTENSION),
    confirm=national,
    context=PHONE_WORDS,
    matches=('"id": 7, "phone": "⟦06.12.60.90.95⟧"', "Tel. ⟦030 / 1234567⟧"),
    differs=("020 7946 0958", "phone 07.12.2020"),
)
NATIONAL = Rule(
    name="phone_national",
    kind="phone",
    trigger=digits(*range(7, 13)),
    pattern=re.compile(r"(?<![0-9])[0-9]{2,12}+(?:\)? ?[ ./-]{0,2} ?[0-9]{1,8}+){0,5}" + _EXTENSION),
    confirm=national,
    context=PHONE_WORDS,
    never=OTHER_NUMBERS,
    matches=("phone ⟦020 7946 0958⟧", "Tel. ⟦030 / 1234567⟧", "mobile: ⟦07700 900123⟧", "call ⟦555-0123⟧"),
    differs=("020 7946 0958", "call on 2024-05-06 10", "phone 12.05.2020"),
)

RULES = (INTERNATIONAL, DOUBLE_ZERO, US, US_PLAIN, US_BY_WORD, TRUNK, NATIONAL)
