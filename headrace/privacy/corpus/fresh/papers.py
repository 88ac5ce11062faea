"""Numbers of persons and of their papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from headrace.privacy.corpus.checksums import luhn_digit, mod_11_10_digit, verhoeff_digit, weighted
from headrace.privacy.corpus.dice import Dice
from headrace.privacy.corpus.fresh.recipe import Recipe
from headrace.privacy.corpus.values.maker import shapes

_SSN = ("SSN", "ssn", "Social Security Number", "social security", "social", "soc sec no", "taxpayer id (SSN)")
_ITIN = ("ITIN", "itin", "taxpayer identification number", "individual taxpayer id")
_PASSPORT = (
    "passport",
    "Passport No.",
    "passport number",
    "passport_no",
    "Reisepass",
    "Passeport n°",
    "pasaporte",
    "护照号码",
)
_LICENCE = (
    "driver's license",
    "DL",
    "Driver License #",
    "driving licence number",
    "drivers_license",
    "licence no (driver)",
    "Führerschein",
    "permis de conduire",
)
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def _ssn(form: str) -> Callable[[Dice], str]:
    def made(dice: Dice) -> str:
        area = dice.pick((dice.whole(1, 665), dice.whole(667, 899)))
        return form.format(area, dice.whole(1, 99), dice.whole(1, 9999))

    return made


def _itin(form: str) -> Callable[[Dice], str]:
    return lambda dice: form.format(dice.whole(900, 999), dice.pick((70, 78, 81, 88, 90, 94, 99)), dice.whole(1, 9999))


def _modulo(body: str, weights: Sequence[int], modulus: int) -> int:
    return weighted(body, weights) % modulus


def _sin(dice: Dice) -> str:
    body = dice.shaped("^#######")
    number = body + luhn_digit(body)
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def _nino(dice: Dice) -> str:
    return (
        f"{dice.pick(('AB', 'CE', 'JK', 'PW'))} {dice.digits(2)} {dice.digits(2)} {dice.digits(2)} {dice.pick('ABCD')}"
    )


def _nhs(dice: Dice) -> str:
    body = dice.shaped("^########")
    digit = 11 - _modulo(body, range(10, 1, -1), 11)
    if digit == 10:
        return _nhs(dice)
    number = f"{body}{digit % 11}"
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def _cpf(dice: Dice) -> str:
    body = dice.digits(9)
    for top in (10, 11):
        rest = _modulo(body, range(top, 1, -1), 11)
        body += str(0 if rest < 2 else 11 - rest)
    return f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def _dni(dice: Dice) -> str:
    number = dice.digits(8)
    return number + dice.pick(("", "-")) + _DNI_LETTERS[int(number) % 23]


def _nie(dice: Dice) -> str:
    first, number = dice.pick("XYZ"), dice.digits(7)
    return f"{first}{number}{_DNI_LETTERS[int(str('XYZ'.index(first)) + number) % 23]}"


def _aadhaar(dice: Dice) -> str:
    body = dice.pick("23456789") + dice.digits(10)
    number = body + verhoeff_digit(body)
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def _steuer_id(dice: Dice) -> str:
    order = [str(digit) for digit in dice.shuffled(range(1, 10))]
    body = "".join([*order, order[3]])
    return body + mod_11_10_digit(body)


def _insee(dice: Dice) -> str:
    body = f"{dice.pick('12')}{dice.whole(40, 99)}{dice.whole(1, 12):02d}{dice.whole(1, 95):02d}{dice.digits(6)}"
    return f"{body[0]} {body[1:3]} {body[3:5]} {body[5:7]} {body[7:10]} {body[10:]} {97 - int(body) % 97:02d}"


def _bsn(dice: Dice) -> str:
    body = dice.shaped("^#######")
    digit = _modulo(body, range(9, 1, -1), 11)
    return f"{body}{digit}" if digit < 10 else _bsn(dice)


def _pesel(dice: Dice) -> str:
    body = f"{_born(dice)}{dice.digits(4)}"
    return body + str(-_modulo(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), 10) % 10)


def _personnummer(dice: Dice) -> str:
    body = f"{_born(dice)}{dice.digits(3)}"
    return f"{body[:6]}-{body[6:]}{luhn_digit(body)}"


def _born(dice: Dice) -> str:
    return f"{dice.whole(50, 99)}{dice.whole(1, 12):02d}{dice.whole(1, 28):02d}"


def _chinese(dice: Dice) -> str:
    body = f"{dice.pick(('110105', '310104', '440301'))}19{_born(dice)}{dice.digits(3)}"
    return body + "10X98765432"[_modulo(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), 11)]


def _tfn(dice: Dice) -> str:
    body = dice.shaped("^########")
    return body if _modulo(body, (1, 4, 3, 7, 5, 8, 6, 9, 10), 11) == 0 else _tfn(dice)


def _korean(dice: Dice) -> str:
    body = f"{_born(dice)}{dice.pick('12')}{dice.digits(5)}"
    digit = (11 - _modulo(body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), 11)) % 10
    return f"{body[:6]}-{body[6:]}{digit}"


def _egn(dice: Dice) -> str:
    body = f"{_born(dice)}{dice.digits(3)}"
    return body + str(_modulo(body, (2, 4, 8, 5, 10, 9, 7, 3, 6), 11) % 10)


def _hetu(dice: Dice) -> str:
    day, serial = f"{dice.whole(1, 28):02d}{dice.whole(1, 12):02d}{dice.whole(50, 99)}", f"{dice.whole(2, 899):03d}"
    return f"{day}-{serial}" + "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(day + serial) % 31]


def _singapore(dice: Dice) -> str:
    body = dice.digits(7)
    return f"S{body}" + "JZIHGFEDCBA"[_modulo(body, (2, 7, 6, 5, 4, 3, 2), 11)]


PAPERS: dict[str, tuple[Recipe, ...]] = {
    "ssn": (
        Recipe("dashes", _SSN, _ssn("{:03d}-{:02d}-{:04d}")),
        Recipe("spaces", _SSN, _ssn("{:03d} {:02d} {:04d}"), True),
        Recipe("plain", _SSN, _ssn("{:03d}{:02d}{:04d}"), True),
        Recipe("dots", _SSN, _ssn("{:03d}.{:02d}.{:04d}"), True),
        Recipe("dashes_again", _SSN, _ssn("{:03d}-{:02d}-{:04d}")),
        Recipe("plain_again", _SSN, _ssn("{:03d}{:02d}{:04d}"), True),
    ),
    "itin": (
        Recipe("dashes", _ITIN, _itin("{}-{}-{:04d}")),
        Recipe("plain", _ITIN, _itin("{}{}{:04d}"), True),
    ),
    "passport": (
        Recipe("us_letter", _PASSPORT, shapes("?########"), True),
        Recipe("us_digits", _PASSPORT, shapes("#########"), True),
        Recipe("uk", _PASSPORT, shapes("5########", "1########"), True),
        Recipe(
            "german", _PASSPORT, lambda dice: "C" + dice.some("CFGHJKLMNPRTVWXYZ0123456789", 7) + dice.digits(1), True
        ),
        Recipe("french", _PASSPORT, shapes("##??#####"), True),
        Recipe("indian", _PASSPORT, shapes("?#######"), True),
        Recipe("chinese", _PASSPORT, shapes("E########", "G########"), True),
        Recipe("canadian", _PASSPORT, shapes("??######"), True),
        Recipe("italian", _PASSPORT, shapes("??#######"), True),
        Recipe("spaced", _PASSPORT, shapes("?? #######", "? #######"), True),
    ),
    "driving_licence": (
        Recipe("california", _LICENCE, shapes("?#######"), True),
        Recipe("new_york", _LICENCE, shapes("### ### ###", "#########"), True),
        Recipe("florida", _LICENCE, shapes("?###-###-##-###-#", "?############"), True),
        Recipe("illinois", _LICENCE, shapes("?###-####-####"), True),
        Recipe("texas", _LICENCE, shapes("########"), True),
        Recipe("washington", _LICENCE, shapes("WDL????###?#", "WDL??#??##??"), True),
        Recipe("new_jersey", _LICENCE, shapes("?#### ##### #####"), True),
        Recipe("british", _LICENCE, shapes("?????######??#??"), True),
        Recipe("ontario", _LICENCE, shapes("?####-#####-#####"), True),
        Recipe("wisconsin", _LICENCE, shapes("?###-####-####-##"), True),
        Recipe("german", _LICENCE, shapes("?###?????##", "?##########"), True),
        Recipe("ohio", _LICENCE, shapes("??######"), True),
    ),
    "national_id": (
        Recipe("sin", ("SIN", "social insurance number", "NAS"), _sin, True),
        Recipe("nino", ("NI number", "National Insurance", "NINO"), _nino, True),
        Recipe("nhs", ("NHS number", "NHS no", "nhs"), _nhs, True),
        Recipe("cpf", ("CPF", "cpf do titular"), _cpf),
        Recipe("dni", ("DNI", "documento", "DNI nº"), _dni, True),
        Recipe("nie", ("NIE", "número NIE"), _nie, True),
        Recipe("aadhaar", ("Aadhaar", "UIDAI", "aadhar no"), _aadhaar, True),
        Recipe("steuer", ("Steuer-ID", "IdNr", "Steueridentifikationsnummer"), _steuer_id, True),
        Recipe("insee", ("numéro de sécurité sociale", "NIR", "INSEE"), _insee, True),
        Recipe("bsn", ("BSN", "burgerservicenummer"), _bsn, True),
        Recipe("pesel", ("PESEL", "nr PESEL"), _pesel, True),
        Recipe("personnummer", ("personnummer", "Personnr"), _personnummer, True),
        Recipe("chinese", ("身份证号", "ID card", "居民身份证"), _chinese, True),
        Recipe("tfn", ("TFN", "tax file number"), _tfn, True),
        Recipe("korean", ("주민등록번호", "RRN", "resident registration number"), _korean, True),
        Recipe("egn", ("ЕГН", "EGN"), _egn, True),
        Recipe("hetu", ("henkilötunnus", "HETU"), _hetu, True),
        Recipe("nric", ("NRIC", "identity card no"), _singapore, True),
        Recipe("pan", ("PAN card", "PAN number"), lambda dice: dice.shaped("???P?####?"), True),
        Recipe(
            "national",
            ("national id", "ID number", "identity number", "national_id"),
            shapes("#########", "##########"),
            True,
        ),
    ),
}
