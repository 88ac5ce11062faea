"""What the rules find, kind by kind, in words: the table of docs/privacy.md, held against the rule table by a test."""

from __future__ import annotations

from headrace.privacy.table import RULES

KINDS: dict[str, str] = {
    "email": "E-mail addresses: with tags, in URLs, with international domains and local parts",
    "phone": "Telephone numbers: US; international with `+` or `00`; national ones beside a word for them",
    "ssn": "US social security numbers, by the ranges that were ever given out; without hyphens beside a word for them",
    "itin": "US individual taxpayer numbers",
    "credit_card": "Payment cards: issuer prefix, length and Luhn's check digit",
    "iban": "International bank account numbers: country, length, check digits",
    "bank_routing": "US bank routing numbers: check digit, beside a word for them",
    "bank_account": "Account numbers beside a word for them",
    "crypto_address": "Addresses of Bitcoin, Ethereum and their kin, by their checksums",
    "ip_address": "IPv4 and IPv6 addresses; not versions, times or `::` of programming languages",
    "mac_address": "Hardware addresses",
    "url_credentials": "Passwords and tokens in URLs, before the host and in the query",
    "jwt": "JSON web tokens, signed and encrypted",
    "private_key": "Private keys in PEM, also escaped, indented, or cut off",
    "api_key": "Keys and tokens of vendors, by their own formats",
    "secret": "Passwords, tokens and keys by what they are assigned to, where they look random",
    "passport": "Passports beside a word for them, and machine-readable lines",
    "driving_licence": "Driving licences beside a word for them",
    "national_id": "National identity, tax and health numbers by check digit; short ones beside a word for them",
}


def table() -> str:
    """A Markdown table: placeholder, what is found, an example.

    >>> table().splitlines()[2].startswith("| `[EMAIL]` |")
    True
    """
    rows = ["| placeholder | what is found | for example |", "|---|---|---|"]
    return "\n".join((*rows, *(_row(kind, words) for kind, words in KINDS.items())))


def _row(kind: str, words: str) -> str:
    example = next(rule.matches[0] for rule in RULES if rule.kind == kind).replace("⟦", "").replace("⟧", "")
    shown = example.splitlines()[0].replace("|", "\\|")
    return f"| `[{kind.upper()}]` | {words} | `{shown[:44]}{'…' if len(shown) > 44 else ''}` |"
