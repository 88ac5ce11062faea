"""Numbers on papers: social security, tax, passport, driving licence."""

from __future__ import annotations

from string import ascii_uppercase

from headrace.privacy.corpus.dice import Dice
from headrace.privacy.corpus.values.maker import Maker, shapes

SSN_WORDS = ("SSN", "social security number", "Social Security #", "social")
FAR_SSN_WORDS = ("ssn_last", "Soc. Sec. No.", "SS#", "taxpayer ssn", "social sec", "SSN/TIN")
ITIN_WORDS = ("ITIN", "tax id", "individual taxpayer id")
FAR_ITIN_WORDS = ("TIN", "itin_number", "IRS ITIN", "taxpayer number")
PASSPORT_WORDS = ("passport number", "Passport No.", "passport", "passport#")
FAR_PASSPORT_WORDS = (
    "Reisepass-Nr.",
    "passeport n°",
    "Número de pasaporte",
    "passport_no",
    "travel document",
    "Passnummer",
    "паспорт",
    "护照号码",
)
LICENCE_WORDS = ("driver's license", "DL#", "driver license number", "driving licence")
FAR_LICENCE_WORDS = (
    "Führerscheinnummer",
    "licence no.",
    "permis de conduire",
    "DLN",
    "license_number",
    "drivers lic.",
    "DVLA driver number",
)
MRZ_WEIGHTS = (7, 3, 1)
_MRZ_VALUES = "0123456789" + ascii_uppercase


def _ssn(dice: Dice, separator: str) -> str:
    area = dice.pick((dice.whole(1, 665), dice.whole(667, 899)))
    return f"{area:03d}{separator}{dice.whole(1, 99):02d}{separator}{dice.whole(1, 9999):04d}"


def _itin(dice: Dice, separator: str) -> str:
    group = dice.pick((dice.whole(50, 65), dice.whole(70, 88), dice.whole(90, 92), dice.whole(94, 99)))
    return f"9{dice.digits(2)}{separator}{group}{separator}{dice.digits(4)}"


def mrz_digit(field: str) -> str:
    """ICAO 9303's check digit.

    >>> mrz_digit("L898902C3")
    '6'
    """
    values = (0 if character == "<" else _MRZ_VALUES.index(character) for character in field)
    return str(sum(value * MRZ_WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def _german_passport(dice: Dice) -> str:
    number = dice.pick("CFGHJK") + dice.mixed("CFGHJKLMNPRTVWXYZ0123456789", 8)
    return dice.pick((number, number + mrz_digit(number)))


def _mrz(dice: Dice) -> str:
    number, born, ends = dice.pick("LXC") + dice.digits(8), "7408122", "1204159"
    body = f"{number}{mrz_digit(number)}UTO{born}F{ends}{'<' * 14}0"
    return body + mrz_digit(body[:10] + born + ends + body[28:43])


def _british_licence(dice: Dice) -> str:
    return (
        dice.pick(("MORGA", "SMITH", "JONES", "LEE99")) + dice.shaped("^##") + dice.shaped("###") + dice.shaped("??9??")
    )


IDENTITY: tuple[Maker, ...] = (
    Maker("ssn", "hyphens", "tune", SSN_WORDS, lambda dice: _ssn(dice, "-")),
    Maker("ssn", "spaces", "tune", SSN_WORDS, lambda dice: _ssn(dice, " ")),
    Maker("ssn", "unparted", "tune", SSN_WORDS, lambda dice: _ssn(dice, ""), True),
    Maker("ssn", "far_hyphens", "held_out", FAR_SSN_WORDS, lambda dice: _ssn(dice, "-")),
    Maker("ssn", "compact", "held_out", FAR_SSN_WORDS, lambda dice: _ssn(dice, ""), True),
    Maker("ssn", "dots", "held_out", FAR_SSN_WORDS, lambda dice: _ssn(dice, "."), True),
    Maker("itin", "hyphens", "tune", ITIN_WORDS, lambda dice: _itin(dice, "-")),
    Maker("itin", "far", "held_out", FAR_ITIN_WORDS, lambda dice: _itin(dice, dice.pick(("-", " ", ""))), True),
    Maker("passport", "american", "tune", PASSPORT_WORDS, shapes("^########", "?########"), True),
    Maker("passport", "british", "tune", PASSPORT_WORDS, shapes("5########", "1########"), True),
    Maker("passport", "indian", "tune", PASSPORT_WORDS, shapes("?^######"), True),
    Maker("passport", "chinese", "tune", PASSPORT_WORDS, shapes("E########", "G########", "EA#######"), True),
    Maker("passport", "german", "held_out", FAR_PASSPORT_WORDS, _german_passport, True),
    Maker("passport", "french", "held_out", FAR_PASSPORT_WORDS, shapes("##??#####"), True),
    Maker(
        "passport", "two_letters", "held_out", FAR_PASSPORT_WORDS, shapes("??######", "??#######", "?? #######"), True
    ),
    Maker("passport", "russian", "held_out", FAR_PASSPORT_WORDS, shapes("## ## ######", "#### ######"), True),
    Maker("passport", "machine_readable", "held_out", FAR_PASSPORT_WORDS, _mrz),
    Maker("driving_licence", "californian", "tune", LICENCE_WORDS, shapes("?#######"), True),
    Maker("driving_licence", "texan", "tune", LICENCE_WORDS, shapes("########"), True),
    Maker("driving_licence", "michigan", "tune", LICENCE_WORDS, shapes("? ### ### ### ###", "?### ### ### ###"), True),
    Maker("driving_licence", "parted", "tune", LICENCE_WORDS, shapes("?##-##-####", "##-###-####", "???######"), True),
    Maker("driving_licence", "new_york", "held_out", FAR_LICENCE_WORDS, shapes("### ### ###", "#########"), True),
    Maker(
        "driving_licence", "florida", "held_out", FAR_LICENCE_WORDS, shapes("?###-###-##-###-#", "?############"), True
    ),
    Maker("driving_licence", "illinois", "held_out", FAR_LICENCE_WORDS, shapes("?###-####-####"), True),
    Maker("driving_licence", "british", "held_out", FAR_LICENCE_WORDS, _british_licence, True),
    Maker("driving_licence", "german", "held_out", FAR_LICENCE_WORDS, shapes("?###??#??##", "?#######?##"), True),
)
