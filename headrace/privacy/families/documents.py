"""Passports, driving licences, bank accounts and numbers of other papers: what they are, a word nearby has to say.

Their shapes are no more than a few letters and digits. So a word like INTRODUCTORY, D3 or H1 is never one, and what
has five digits and more is one only near such a word, unless the word right before it speaks of an order, a ticket
or a version.
"""

from __future__ import annotations

import re

from headrace.privacy.families.national_forms import unless_named_otherwise
from headrace.privacy.rule import Bounds, Confirm, Rule, Trigger, code, digits, whole

PASSPORT = (
    "passport", "passeport", "pasaporte", "passaporte", "passaporto", "reisepass", "paspoort", "paszport",
    "passnummer", "passnr", "pass-nr", "pass nr", "pass no ", "pass no.", "pass no:", "pasaport", "pašto", "pașaport",
    "cestovní pas", "útlevél", "passi", "pass nummer", "travel document", "reisedokument", "document de voyage",
    "паспорт", "διαβατήρι", "护照", "護照", "旅券", "パスポート",
    "여권", "جواز", "דרכון", "पासपोर्ट", "hộ chiếu", "paspor",
    "หนังสือเดินทาง",
)  # fmt: skip
LICENCE = (
    "driver", "driving", "license number", "licence number", "license no ", "license no.", "license no:",
    "licence no ", "licence no.", "licence no:", "license #", "licence #", "license_n", "licence_n", "licensen",
    "licencen", "licensen", "dl", "dln", "d.l.", "dl#", "dvla", "dmv", "führerschein", "fuehrerschein",
    "permis de conduire", "permiso de conducir", "licencia de conducir", "licencia de manejo", "carnet de conducir",
    "patente di guida", "patente", "rijbewijs", "prawo jazdy", "körkort", "førerkort", "kørekort", "ajokortti",
    "carta de condução", "carteira de motorista", "habilitação", "cnh", "řidičsk", "vodičsk", "permis auto",
    "permis nr", "sürücü belgesi", "ehliyet", "водительск", "права", "驾驶证", "駕駛執照", "運転免許", "운전면허",
)  # fmt: skip
PAPERS = (
    "national id", "national_id", "nationalid", "national identi", "national insurance", "identity number",
    "identity no ", "identity no.", "identity no:", "identity card", "identity document", "identity_",
    "identification number", "identification no ", "identification no.", "identification no:", "identification card",
    "id number", "id_number", "idnumber", "id card", "id no ", "id no.", "id no:", "id #", "government id", "gov id",
    "citizen id", "citizenship number", "citizen number", "resident number", "residence permit", "residence card",
    "resident id", "alien number", "a-number", "green card", "permanent resident", "visa number", "visa no ",
    "visa no.", "visa no:", "personalausweis", "ausweisnummer", "ausweis-nr", "aufenthaltstitel", "carte d'identité",
    "carte d’identité", "carte nationale", "titre de séjour", "documento nacional", "documento de identidad",
    "cédula", "cedula", "dni", "clave de elector", "carta d'identità", "carta d’identità", "documento d'identità",
    "identiteitskaart", "identiteitsbewijs", "dowód osobisty", "dowodu osobistego", "nr dowodu",
    "bilhete de identidade", "cartão de cidadão", "registro geral", "občanský průkaz", "személyi igazolvány", "nüfus",
    "удостоверение", "ідентифікаційн", "身份证", "身分證", "身份證",
    "在留カード", "주민등록", "신분증", "الهوية", "תעודת זהות", "cccd",
    "cmnd", "căn cước", "ktp", "nin", "bvn", "voter id", "ghana card", "huduma", "tax id", "tax_id", "taxid",
    "tax number", "tax identification", "taxpayer", "tin", "ein", "steuernummer", "numéro fiscal", "codice fiscale",
    "insurance number", "insurance no ", "insurance no.", "insurance no:", "member id", "medicare", "medicaid",
    "health card", "health insurance", "krankenversicher", "versichertennummer", "mbi", "mrn", "medical record",
    "patient id", "social security",
)  # fmt: skip
ACCOUNT = (
    "account number", "account no ", "account no.", "account no:", "account #", "acct", "account_n", "accountn",
    "a/c", "bank account", "savings account", "kontonummer", "konto-nr", "kontonr", "numéro de compte",
    "número de cuenta", "numero de cuenta", "numero di conto", "número da conta", "rekeningnummer", "numer konta",
    "nr konta", "číslo účtu", "bankkonto", "beneficiary account",
    "номер счета", "расчетный счет", "账号", "口座番号", "계좌",
)  # fmt: skip

_START = r"(?<![0-9A-Za-z_])(?<![0-9A-Za-z][.:@-])(?:(?<![0-9A-Za-z],)|(?=[A-Za-z]|[0-9]{1,9}[A-Za-z]))"
_END = r"(?![0-9A-Za-z_])(?![.:@-][0-9A-Za-z])(?!,[0-9]{3}(?![0-9A-Za-z]))"
_FEWEST_DIGITS = 5
_CALENDAR = re.compile(r"(?:19|20)[0-9]{2}[ ./-]?(?:0[1-9]|1[0-2])[ ./-]?(?:0[1-9]|[12][0-9]|3[01])(?:[T ][0-9:.]*)?")
_MRZ_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
_MRZ_WEIGHTS = (7, 3, 1)


def _plausible(match: re.Match[str]) -> Bounds | None:
    """Digits enough for a number of a paper, and not a day; with the letters of its series before it."""
    start, end = whole(match)
    value = match.string[start:end]
    if sum(map(str.isdigit, value)) < _FEWEST_DIGITS or _CALENDAR.fullmatch(value):
        return None
    series = _SERIES(match.string, max(0, start - 4), start)
    return (series.start("letters") if series and _is_series(series) else start), end


_SERIES = re.compile(r"(?:[^\0]*[^A-Za-z0-9]|^)(?P<letters>[A-Z]{1,2})[ -]").fullmatch


def _is_series(series: re.Match[str]) -> bool:
    """Letters that open a value (`# I 302 926`, `'A 841`) belong to it, whatever word they are."""
    opened = series.string[series.start() : series.start("letters")].endswith(
        ("# ", ": ", "= ", "'", '"', "=", ":", "#", "(")
    )
    return series["letters"] not in _NOT_SERIES or (opened and len(series["letters"]) == 1)


_NOT_SERIES = frozenset(
    ("DL", "ID", "NO", "NR", "N", "RG", "TO", "IS", "OR", "AT", "MY", "SS", "PP", "AC", "IN", "OF", "A", "I")
)
"""Words of two capitals that may stand before a number without being its series."""


def _lettered(match: re.Match[str]) -> Bounds | None:
    """Letters of a name with a few digits, as the state of Washington writes it."""
    return match.span() if sum(map(str.isdigit, match[0])) >= _FEWEST_OF_LETTERED else None


_FEWEST_OF_LETTERED = 3


def machine_readable(line: str) -> bool:
    """The second line of a passport's machine-readable zone, its check digits (ICAO 9303-4).

    >>> machine_readable("L898902C36UTO7408122F1204159ZE184226B<<<<<10")
    True
    """
    checks = ((line[:9], line[9]), (line[13:19], line[19]), (line[21:27], line[27]))
    return all(_mrz_digit(field) == digit for field, digit in checks)


def _mrz_digit(field: str) -> str:
    return str(sum(_MRZ_VALUES[one] * _MRZ_WEIGHTS[place % 3] for place, one in enumerate(field)) % 10)


def _machine_readable(match: re.Match[str]) -> Bounds | None:
    return match.span() if machine_readable(match[0]) else None


def _identity_line(match: re.Match[str]) -> Bounds | None:
    """The first line of an identity card's zone, from two characters before the match on (ICAO 9303-5)."""
    return (match.start() - 2, match.end()) if _mrz_digit(match[0][3:12]) == match[0][12] else None


def _paper(
    name: str,
    kind: str,
    trigger: Trigger,
    pattern: str,
    context: tuple[str, ...],
    matches: tuple[str, ...],
    differs: tuple[str, ...] = (),
    never: tuple[str, ...] = (),
) -> Rule:
    confirm: Confirm = unless_named_otherwise(_plausible, context)
    return Rule(
        name, kind, trigger, re.compile(_START + f"(?:{pattern})" + _END), confirm, context, never, matches, differs
    )


_SPACED_NUMBER = r"[0-9]{2,4}(?:[ -][0-9]{2,6}){1,4}"
_NOT_DRIVERS = (
    "software",
    "product key",
    "driver update",
    "windows",
    "mit license",
    "apache",
    "device driver",
    "driver version",
    "nvidia",
)
_NOT_ACCOUNTS = "aws", "twitter", "github account"
_LICENCE_WORDS = (
    r"[A-Z][0-9]{3}-[0-9]{3}-[0-9]{2}-[0-9]{3}-[0-9]|[A-Z][0-9]{3}-[0-9]{4}-[0-9]{4}|[A-Z][0-9]{4}-[0-9]{5}-[0-9]{5}"
    r"|[A-Z]-[0-9]{3}(?:-[0-9]{3}){3}|[A-Z]{1,3}[ -]?[0-9]{1,5}(?:[ -][0-9]{1,6}){1,5}|[0-9]{2}[A-Z]{3}[0-9]{5}"
)

RULES: tuple[Rule, ...] = (
    Rule(
        "passport_mrz",
        "passport",
        code(*range(6, 45)),
        re.compile(
            r"(?<![0-9A-Z])[0-9A-Z<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][0-9A-Z<]{7}(?:[0-9A-Z<]{7}[0-9])?"
            r"[0-9](?![0-9A-Z])"
        ),
        _machine_readable,
        matches=("L898902C36UTO7408122F1204159ZE184226B<<<<<10",),
        differs=("L898902C37UTO7408122F1204159ZE184226B<<<<<10",),
    ),
    Rule(
        "identity_card_mrz",
        "national_id",
        code(*range(12, 31)),
        re.compile(r"(?<=[IAC][A-Z<])[A-Z]{3}[0-9A-Z<]{9}[0-9][0-9A-Z<]{15}(?![0-9A-Z<])"),
        _identity_line,
        matches=("I<UTOD231458907<<<<<<<<<<<<<<<",),
        differs=("I<UTOD231458906<<<<<<<<<<<<<<<",),
    ),
    _paper(
        "passport_number",
        "passport",
        digits(7, 8, 9, 10),
        rf"[0-9]{{7,10}}|{_SPACED_NUMBER}",
        PASSPORT,
        (
            "passport number: ⟦533380006⟧",
            "passport ⟦AB 1234567⟧",
            "паспорт ⟦45 08 123456⟧",
            "my passport is ⟦123456789⟧",
        ),
        ("passport valid until 2031-04-17", "passport order 533380006", "passport.js 0.6.0"),
    ),
    _paper(
        "passport_code",
        "passport",
        code(*range(7, 12)),
        r"[A-Za-z]{1,3}[0-9]{5,9}|[0-9]{2}[A-Za-z]{2}[0-9]{5}|[A-Z][0-9A-Z]{7,9}|[A-Z]{2}[0-9A-Z]{6}[0-9]",
        PASSPORT,
        (
            "passport no. ⟦X1234567⟧",
            "Reisepass ⟦C01X00T47⟧",
            "passeport n° ⟦12AB34567⟧",
            "⟦AB1234567⟧ is my passport number",
        ),
        ("passport office: INTRODUCTORY D3 H1", "passport ticket TK1234567"),
    ),
    Rule(
        "passport_german",
        "passport",
        code(9, 10),
        re.compile(_START + r"[CFGHJ-NPRTV-Z](?=[A-Z]{0,8}[0-9])[CFGHJ-NPRTV-Z0-9]{8}[0-9]?" + _END),
        context=PASSPORT,
        matches=("passport no. ⟦C4J9K2L7M⟧", "Reisepass: ⟦CFGHJKLM4⟧"),
        differs=("passport SECURITY2", "passport CFGHJKLMN"),
    ),
    _paper(
        "licence_number",
        "driving_licence",
        digits(*range(7, 17)),
        rf"[0-9]{{7,16}}|{_SPACED_NUMBER}",
        LICENCE,
        ("driver's license ⟦12345678⟧", "DL# ⟦123 456 789⟧"),
        ("driver 3.14.15926", "driver version 12345678", "12345678 is the order"),
        _NOT_DRIVERS,
    ),
    _paper(
        "licence_code",
        "driving_licence",
        code(*range(6, 20)),
        r"[A-Za-z]{1,3}[0-9]{5,18}|[A-Za-z]{5}[0-9]{6}[0-9A-Za-z]{5}|[A-Za-z]{2,4}9{1,3}[0-9]{6}[0-9A-Za-z]{5}"
        r"|[A-Z][0-9A-Z]{9,14}|[0-9]{2,9}[A-Z]{1,3}[0-9]{0,9}",
        LICENCE,
        ("driving licence ⟦MORGA657054SM9IJ⟧", "license number: ⟦D1234567⟧", "Führerschein ⟦B072RRE2I55⟧"),
        ("driver bug D3 in H1", "graphics driver ticket TK123456"),
        _NOT_DRIVERS,
    ),
    Rule(
        "licence_lettered",
        "driving_licence",
        code(12),
        re.compile(_START + "[A-Z]{3}[0-9A-Z]{9}" + _END),
        unless_named_otherwise(_lettered, LICENCE),
        LICENCE,
        _NOT_DRIVERS,
        ("driver's license ⟦WDLABCD456DG⟧",),
        ("driver ABCDEFGHIJKL",),
    ),
    _paper(
        "licence_grouped",
        "driving_licence",
        code(*range(1, 9)),
        _LICENCE_WORDS,
        LICENCE,
        ("DL ⟦S530-1234-5678⟧", "driver license ⟦F123-456-78-901-0⟧", "DL ⟦R0699 78890 77814⟧"),
        (),
        _NOT_DRIVERS,
    ),
    _paper(
        "paper_number",
        "national_id",
        digits(*range(6, 17)),
        r"[0-9]{6,16}|[0-9]{1,4}(?:[ ./-][0-9]{2,8}){1,4}",
        PAPERS,
        ("national ID number ⟦30.123.456⟧", "DNI ⟦30123456⟧", "tax id: ⟦12-3456789⟧", "member ID ⟦483920175⟧"),
        ("DNI 2024-05-06", "national id order 30123456"),
    ),
    _paper(
        "paper_code",
        "national_id",
        code(*range(6, 20)),
        r"[A-Za-z]{1,6}[0-9]{5,12}[A-Za-z]{0,2}|[0-9]{5,14}[A-Za-z]{1,3}|[A-Z][0-9A-Z]{8,9}|[A-Z]{4}[0-9]{6}[0-9A-Z]{3,8}",
        PAPERS,
        ("national id ⟦AB123456C⟧", "Personalausweis ⟦L01X00T471⟧", "identity card no. ⟦ABC123456⟧"),
        ("identity card of D3, H1 and C4",),
    ),
    _paper(
        "account_number",
        "bank_account",
        digits(*range(6, 18)),
        rf"[0-9]{{6,17}}|{_SPACED_NUMBER}",
        ACCOUNT,
        ("bank account number ⟦000123456789⟧", "acct no: ⟦12345678⟧", "Kontonummer ⟦1234567890⟧"),
        ("account order 12345678",),
        _NOT_ACCOUNTS,
    ),
)
