"""Numbers of bank accounts and banks."""

from __future__ import annotations

from headrace.privacy.validators.digits import is_digits, mod_97, weighted

_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
    "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 "
    "LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 "
    "PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 "
    "YE30"
)
IBAN_LENGTHS = {entry[:2]: int(entry[2:]) for entry in _LENGTHS.split()}
"""Characters of an IBAN by country (SWIFT's IBAN registry)."""
_ROUTING_WEIGHTS = (3, 7, 1) * 3


def iban(value: str) -> bool:
    """An IBAN of its country's length with its check digits (ISO 13616).

    >>> iban("GB82WEST12345698765432"), iban("GB82WEST12345698765433")
    (True, False)
    """
    upper = value.upper()
    if len(upper) != IBAN_LENGTHS.get(upper[:2]) or not (upper.isascii() and upper.isalnum() and upper[2:4].isdigit()):
        return False
    return mod_97(upper[4:] + upper[:4])


def routing_number(value: str) -> bool:
    """A routing transit number of a US bank: a Federal Reserve prefix and its check digit (ABA).

    >>> routing_number("111000025"), routing_number("111000026"), routing_number("990000005")
    (True, False, False)
    """
    if not is_digits(value, 9) or not _is_federal_reserve(int(value[:2])):
        return False
    return weighted(value, _ROUTING_WEIGHTS) % 10 == 0


def _is_federal_reserve(prefix: int) -> bool:
    return 1 <= prefix <= 12 or 21 <= prefix <= 32 or 61 <= prefix <= 72 or prefix == 80
