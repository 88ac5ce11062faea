"""National numbers of central, eastern and southern Europe, and Turkey."""

from __future__ import annotations

from headrace.privacy.validators.digits import is_date, is_day_of_century, is_digits, luhn, mod_11_10, weighted

_PESEL = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
_PESEL_CENTURIES = (1900, 2000, 2100, 2200, 1800)
_CNP = (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)
_EGN = (2, 4, 8, 5, 10, 9, 7, 3, 6)
_EGN_CENTURIES = (1900, 1800, 2000)
_UNIQUE_MASTER = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_UKRAINIAN = (-1, 5, 7, 9, 4, 6, 10, 5, 7)
_INN_FIRST = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_SECOND = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def pesel(value: str) -> bool:
    """Poland: PESEL, eleven digits, birthday with the century in its month, check digit modulo 10.

    >>> pesel("44051401359"), pesel("44051401358")
    (True, False)
    """
    if not is_digits(value, 11):
        return False
    century, month = divmod(int(value[2:4]), 20)
    return (
        is_date(_PESEL_CENTURIES[century] + int(value[:2]), month, int(value[4:6])) and not weighted(value, _PESEL) % 10
    )


def birth_number(value: str) -> bool:
    """Czechia, Slovakia: rodné číslo of ten digits, month + 50 (women), + 20 (series full), a multiple of 11.

    >>> birth_number("7103192745"), birth_number("7103192746")
    (True, False)
    """
    if not is_digits(value, 10) or not is_day_of_century(value[:2], int(value[2:4]) % 50 % 20, int(value[4:6])):
        return False
    return int(value) % 11 == 0 or (int(value[:9]) % 11 == 10 and value[9] == "0")


def cnp(value: str) -> bool:
    """Romania: CNP, thirteen digits, sex, birthday, county, check digit modulo 11.

    >>> cnp("1630615123457"), cnp("1630615123458")
    (True, False)
    """
    if not is_digits(value, 13) or value[0] == "0" or not 1 <= int(value[7:9]) <= 52:
        return False
    if not is_day_of_century(value[1:3], int(value[3:5]), int(value[5:7])):
        return False
    return (weighted(value, _CNP) % 11 if weighted(value, _CNP) % 11 < 10 else 1) == int(value[12])


def egn(value: str) -> bool:
    """Bulgaria: EGN, ten digits, birthday with the century in its month, check digit modulo 11.

    >>> egn("7523169263"), egn("7523169264")
    (True, False)
    """
    if not is_digits(value, 10):
        return False
    century, month = divmod(int(value[2:4]), 20)
    if century > 2 or not is_date(_EGN_CENTURIES[century] + int(value[:2]), month, int(value[4:6])):
        return False
    return weighted(value, _EGN) % 11 % 10 == int(value[9])


def amka(value: str) -> bool:
    """Greece: AMKA, eleven digits, birthday, Luhn.

    >>> amka("01013099997"), amka("01013099998")
    (True, False)
    """
    return is_digits(value, 11) and is_day_of_century(value[4:6], int(value[2:4]), int(value[:2])) and luhn(value)


def oib(value: str) -> bool:
    """Croatia: OIB, eleven digits, MOD 11,10.

    >>> oib("33392005961"), oib("33392005962")
    (True, False)
    """
    return is_digits(value, 11) and mod_11_10(value)


def unique_master(value: str) -> bool:
    """Former Yugoslavia: JMBG or EMŠO, thirteen digits, birthday with three digits of the year, modulo 11.

    >>> unique_master("0101006500006"), unique_master("0101006500007")
    (True, False)
    """
    if not is_digits(value, 13) or value[4] not in "089":
        return False
    year = int(value[4:7]) + (2000 if value[4] == "0" else 1000)
    if not is_date(year, int(value[2:4]), int(value[:2])):
        return False
    return -weighted(value, _UNIQUE_MASTER) % 11 % 10 == int(value[12])


def taj(value: str) -> bool:
    """Hungary: social security number, nine digits, weights 3 and 7 modulo 10.

    >>> taj("123456788"), taj("123456789")
    (True, False)
    """
    return is_digits(value, 9) and weighted(value, (3, 7) * 4) % 10 == int(value[8])


def hungarian_tax(value: str) -> bool:
    """Hungary: a person's tax number, ten digits from 8, weights 1 … 9 modulo 11.

    >>> hungarian_tax("8071592153"), hungarian_tax("8071592154")
    (True, False)
    """
    return is_digits(value, 10) and value[0] == "8" and weighted(value, range(1, 10)) % 11 == int(value[9])


def ukrainian(value: str) -> bool:
    """Ukraine: RNOKPP, ten digits, check digit modulo 11.

    >>> ukrainian("1759013776"), ukrainian("1759013777")
    (True, False)
    """
    return is_digits(value, 10) and weighted(value, _UKRAINIAN) % 11 % 10 == int(value[9])


def inn(value: str) -> bool:
    """Russia: a person's INN, twelve digits, two check digits modulo 11.

    >>> inn("123456789047"), inn("123456789037")
    (True, False)
    """
    if not is_digits(value, 12):
        return False
    checks = weighted(value, _INN_FIRST) % 11 % 10, weighted(value, _INN_SECOND) % 11 % 10
    return checks == (int(value[10]), int(value[11]))


def snils(value: str) -> bool:
    """Russia: SNILS, nine digits and a check number of two.

    >>> snils("11223344595"), snils("11223344596")
    (True, False)
    """
    return is_digits(value, 11) and weighted(value, range(9, 0, -1)) % 101 % 100 == int(value[9:])


def tckn(value: str) -> bool:
    """Turkey: identity number, eleven digits, two check digits.

    >>> tckn("10000000146"), tckn("10000000147")
    (True, False)
    """
    if not is_digits(value, 11) or value[0] == "0":
        return False
    digits = [int(digit) for digit in value]
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return digits[9] == tenth and sum(digits[:10]) % 10 == digits[10]
