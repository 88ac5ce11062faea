"""National numbers of northern Europe and the Baltic states."""

from __future__ import annotations

from headrace.privacy.validators.digits import is_date, is_day_of_century, is_digits, luhn, weighted

_HETU_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_HETU_CENTURIES = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}
_NORWEGIAN_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_NORWEGIAN_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_KENNITALA = (3, 2, 7, 6, 5, 4, 3, 2, 1)
_BALTIC_FIRST = (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)
_BALTIC_SECOND = (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)
_LATVIAN = (10, 5, 8, 4, 2, 1, 6, 3, 7, 9)


def personnummer(value: str) -> bool:
    """Sweden: ten or twelve digits, a birthday (day + 60: a coordination number) and Luhn (Skatteverket).

    >>> personnummer("8803200016"), personnummer("198803200016"), personnummer("8803200018")
    (True, True, False)
    """
    if not is_digits(value, 10, 12) or (len(value) == 12 and value[:2] not in ("18", "19", "20")):
        return False
    short = value[-10:]
    day = int(short[4:6])
    return is_day_of_century(short[:2], int(short[2:4]), day - 60 if day > 60 else day) and luhn(short)


def hetu(value: str) -> bool:
    """Finland: henkilötunnus with its century sign and check character (Digi- ja väestötietovirasto).

    >>> hetu("131052-308T"), hetu("131052-308U")
    (True, False)
    """
    value = value.upper()
    if len(value) != 11 or not is_digits(value[:6] + value[7:10], 9) or value[6] not in _HETU_CENTURIES:
        return False
    if not is_date(_HETU_CENTURIES[value[6]] + int(value[4:6]), int(value[2:4]), int(value[:2])):
        return False
    return value[10] == _HETU_CHECKS[int(value[:6] + value[7:10]) % 31]


def fodselsnummer(value: str) -> bool:
    """Norway: eleven digits, birthday (D numbers: day + 40) and two check digits modulo 11 (Skatteetaten).

    >>> fodselsnummer("15108695088"), fodselsnummer("15108695077")
    (True, False)
    """
    if not is_digits(value, 11) or not is_day_of_century(value[4:6], int(value[2:4]) % 40, int(value[:2]) % 40):
        return False
    return weighted(value, _NORWEGIAN_FIRST) % 11 == 0 and weighted(value, _NORWEGIAN_SECOND) % 11 == 0


def cpr(value: str) -> bool:
    """Denmark: ten digits that begin with a birthday; since 2007 they need no check digit (CPR-kontoret).

    >>> cpr("2110625629"), cpr("3210625629")
    (True, False)
    """
    return is_digits(value, 10) and is_day_of_century(value[4:6], int(value[2:4]), int(value[:2]))


def kennitala(value: str) -> bool:
    """Iceland: ten digits, birthday (day + 40: a company), check digit modulo 11, century (Þjóðskrá).

    >>> kennitala("1201743399"), kennitala("1201743389")
    (True, False)
    """
    if not is_digits(value, 10) or value[9] not in "890":
        return False
    return is_day_of_century(value[4:6], int(value[2:4]), int(value[:2])) and weighted(value, _KENNITALA) % 11 == 0


def baltic(value: str) -> bool:
    """Estonia, Lithuania: eleven digits, century and sex, birthday, a check digit in two rounds (EVS 585:2007).

    >>> baltic("36805280109"), baltic("36805280108")
    (True, False)
    """
    if not is_digits(value, 11) or value[0] not in "12345678":
        return False
    if not is_date(1800 + 100 * ((int(value[0]) - 1) // 2) + int(value[1:3]), int(value[3:5]), int(value[5:7])):
        return False
    check = weighted(value, _BALTIC_FIRST) % 11
    return int(value[10]) == (check if check < 10 else weighted(value, _BALTIC_SECOND) % 11 % 10)


def latvian(value: str) -> bool:
    """Latvia: eleven digits, birthday and check digit; from 2017 a 32 and no birthday (PMLP).

    >>> latvian("16117519997"), latvian("16117519998"), latvian("32673679679")
    (True, False, True)
    """
    if not is_digits(value, 11):
        return False
    if value.startswith("32"):
        return True
    if value[6] not in "012" or not is_day_of_century(value[4:6], int(value[2:4]), int(value[:2])):
        return False
    return (1 + weighted(value, _LATVIAN)) % 11 % 10 == int(value[10])
