"""How the rules for national numbers are made."""

from __future__ import annotations

import re
from collections.abc import Callable

from headrace.privacy.rule import EDGE, Bounds, Confirm, Rule, Trigger, checked, digits

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
_OTHERS_NUMBER = re.compile(
    r"(?<![a-z])(?:p\.?o|lot|sku|part|item|batch|serial|order|invoice|model|ticket|(?<!in )case|tracking|build|commit"
    r"|isbn|ref|reference|catalog|cat|product|s/n|p/n|upc|ean|contract|meter|voucher|coupon|flight|version|release"
    r"|chapter|section|vertrag|auftrag|bestellung|rechnung|pedido|facture|commande|contrato|contrat)"
    r"(?:[ _-]?(?:no|nr|num|number|code|id))?[.:# =\"']{0,4}\Z",
    re.IGNORECASE,
)
"""A word for another kind of number, right before it,"""
_BETWEEN = ".:# =\"'"
"""with these at most between them."""
_TELEPHONE = re.compile(r"(?:1[-. ])?[2-9][0-9]{2}([-.])[2-9][0-9]{2}\1[0-9]{4}")
_PART_OF_TELEPHONE = re.compile(r"(?:\+|\+[0-9]{1,3}[ .-]|[0-9]\)[ -]?)\Z")


def is_anothers(before: str) -> bool:
    """Whether what stands before a number says that it is one of a part, an order, a lot; most texts can be told by
    their last character."""
    return before.rstrip(_BETWEEN)[-1:].isalpha() and _OTHERS_NUMBER.search(before) is not None


def run(count: int) -> str:
    """So many digits, in groups parted by one separator, not by two."""
    return rf"[0-9](?:[ ./-]?[0-9]){{{count - 1}}}"


def number(pattern: str) -> re.Pattern[str]:
    return re.compile(f"{START}(?:{pattern}){END}")


def word(pattern: str) -> re.Pattern[str]:
    return re.compile(f"{WORD_START}(?:{pattern}){WORD_END}")


def unless_named_otherwise(confirm: Confirm, words: tuple[str, ...] = ()) -> Confirm:
    """Refuses what an order, a ticket, a build is called by the word right before it, and telephone numbers: one
    that is written like them needs one of `words` right before it."""

    def confirmed(match: re.Match[str]) -> Bounds | None:
        bounds = confirm(match)
        if bounds is None:
            return None
        before = match.string[max(0, bounds[0] - EDGE) : bounds[0]]
        if is_anothers(before) or _PART_OF_TELEPHONE.search(before):
            return None
        if words and _TELEPHONE.fullmatch(match.string, *bounds):
            before = before.lower()
            return bounds if any(word in before for word in words) else None
        return bounds

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
    confirm = unless_named_otherwise(checked(check), (*context, *PAPERS))
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
