"""How the rules for national numbers are made."""

from __future__ import annotations

import re
from collections.abc import Callable

from headrace.privacy.rule import Bounds, Confirm, Rule, Trigger, checked, digits

PAPERS = (
    "national id",
    "national_id",
    "nationalid",
    "national number",
    "identity number",
    "identity card",
    "identification number",
    "id number",
    "id_number",
    "idnumber",
    "id card",
    "id no ",
    "id no.",
    "id no:",
    "citizen",
    "personal number",
    "personal code",
    "tax id",
    "tax_id",
    "taxid",
    "tax number",
    "tax no ",
    "tax no.",
    "tax no:",
    "taxpayer",
    "social security",
    "social insurance",
)
"""Words for numbers of a person in general."""

START = r"(?<![0-9])(?<![0-9][.,:/-])(?<![0-9a-f][a-f])"
END = r"(?![0-9A-Za-z])(?![.,:/-][0-9])"
WORD_START = r"(?<![0-9A-Za-z_])(?<![0-9A-Za-z][./-])"
WORD_END = r"(?![0-9A-Za-z_])(?![./-][0-9A-Za-z])"
EARLIER = "sku", "rder", "cket", "oice", "part", "item", "uild", "rial", "odel", "mmit", "rsion", "lease"
"""Ends of words that name another kind of number, where they stand right before it: order, ticket, build …"""


def run(count: int) -> str:
    """So many digits, in groups parted by one separator, not by two."""
    return rf"[0-9](?:[ ./-]?[0-9]){{{count - 1}}}"


def number(pattern: str) -> re.Pattern[str]:
    return re.compile(f"{START}(?:{pattern}){END}")


def word(pattern: str) -> re.Pattern[str]:
    return re.compile(f"{WORD_START}(?:{pattern}){WORD_END}")


def unless_named_otherwise(confirm: Confirm) -> Confirm:
    """Refuses what an order, a ticket, a build is called, by the word right before it."""

    def confirmed(match: re.Match[str]) -> Bounds | None:
        bounds = confirm(match)
        if bounds is None:
            return None
        before = match.string[max(0, bounds[0] - 8) : bounds[0]].lower()
        return None if any(word in before for word in EARLIER) else bounds

    return confirmed


def named(
    name: str,
    counts: tuple[int, ...],
    check: Callable[[str], bool],
    context: tuple[str, ...],
    matches: tuple[str, ...],
    differs: tuple[str, ...] = (),
) -> Rule:
    """A number of digits only, which needs a word of `context` or of PAPERS near it."""
    pattern = number("|".join(run(count) for count in sorted(counts, reverse=True)))
    confirm = unless_named_otherwise(checked(check))
    return Rule(name, "national_id", digits(*counts), pattern, confirm, (*context, *PAPERS), (), matches, differs)


def alone(
    name: str,
    trigger: Trigger,
    pattern: re.Pattern[str],
    check: Callable[[str], bool],
    matches: tuple[str, ...],
    differs: tuple[str, ...] = (),
    context: tuple[str, ...] = (),
    strip: str = " -./()",
    lead: int = 0,
) -> Rule:
    """A number whose shape and check digits say enough; it begins `lead` characters before the pattern does."""
    confirm = unless_named_otherwise(_led(lead, check, strip) if lead else checked(check, strip))
    return Rule(name, "national_id", trigger, pattern, confirm, context, (), matches, differs)


def _led(lead: int, check: Callable[[str], bool], strip: str) -> Confirm:
    table = str.maketrans("", "", strip)

    def confirm(match: re.Match[str]) -> Bounds | None:
        start, end = match.start() - lead, match.end()
        return (start, end) if check(match.string[start:end].translate(table)) else None

    return confirm
