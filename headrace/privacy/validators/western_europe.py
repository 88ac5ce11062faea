"""National numbers of western Europe."""

from __future__ import annotations

from collections import Counter

from headrace.privacy.validators.digits import is_digits, mod_11_10, weighted

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_NIE_LEADS = {"X": "0", "Y": "1", "Z": "2"}
_PPS_LETTERS = "WABCDEFGHIJKLMNOPQRSTUV"
_PPS_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)
_NINO_FIRST = frozenset("ABCEGHJKLMNOPRSTWXYZ")
_NINO_SECOND = frozenset("ABCEGHJKLMNPRSTWXYZ")
_NINO_NEVER = frozenset(("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"))
_FISCAL_MONTHS = "ABCDEHLMPRST"
_FISCAL_DIGITS = str.maketrans("LMNPQRSTUV", "0123456789")
"""Letters that stand for digits where two people would have the same code."""
_FISCAL_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_FISCAL_NUMBERS = (6, 7, 9, 10, 12, 13, 14)
_AUSTRIAN_WEIGHTS = (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)


def nhs(value: str) -> bool:
    """UK: NHS number, ten digits, weights 10 … 2 modulo 11 (NHS data dictionary).

    >>> nhs("9434765919"), nhs("9434765918")
    (True, False)
    """
    if not is_digits(value, 10) or len(set(value)) == 1:
        return False
    return (weighted(value, range(10, 1, -1)) + int(value[9])) % 11 == 0


def nino(value: str) -> bool:
    """UK: national insurance number, by its letters (HMRC, NIM39110).

    >>> nino("AB123456C"), nino("GB123456C"), nino("QQ123456C")
    (True, False, False)
    """
    value = value.upper()
    if len(value) not in (8, 9) or not is_digits(value[2:8], 6) or value[:2] in _NINO_NEVER:
        return False
    return value[0] in _NINO_FIRST and value[1] in _NINO_SECOND and value[8:] in ("", "A", "B", "C", "D")


def utr(value: str) -> bool:
    """UK: unique taxpayer reference, ten digits, the first a check (HMRC).

    >>> utr("1955839661"), utr("2955839661")
    (True, False)
    """
    if not is_digits(value, 10):
        return False
    return int(value[0]) == int("21987654321"[weighted(value[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11])


def pps(value: str) -> bool:
    """Ireland: personal public service number (Revenue).

    >>> pps("6433435F"), pps("6433435OA"), pps("6433435E")
    (True, True, False)
    """
    value = value.upper()
    if len(value) not in (8, 9) or not is_digits(value[:7], 7) or value[8:] not in ("", "W", *"ABCDEFGHI"):
        return False
    second = _PPS_LETTERS.index(value[8]) if value[8:] else 0
    return value[7] == _PPS_LETTERS[(weighted(value, _PPS_WEIGHTS) + 9 * second) % 23]


def dni(value: str) -> bool:
    """Spain: DNI, or NIE of a foreigner: the letter is the number modulo 23 (Real Decreto 1553/2005).

    >>> dni("12345678Z"), dni("X2482300W"), dni("12345678A")
    (True, True, False)
    """
    value = value.upper()
    number = _NIE_LEADS.get(value[:1], value[:1]) + value[1:-1]
    return is_digits(number, 8) and value[-1] == _DNI_LETTERS[int(number) % 23]


def nif(value: str) -> bool:
    """Portugal: taxpayer number of a person, nine digits, weights 9 … 2 modulo 11 (Decreto-Lei 14/2013).

    >>> nif("123456789"), nif("123456788")
    (True, False)
    """
    if not is_digits(value, 9) or value[0] not in "12345679":
        return False
    return (11 - weighted(value, range(9, 1, -1)) % 11) % 11 % 10 == int(value[8])


def fiscal_code(value: str) -> bool:
    """Italy: codice fiscale, its month, day and check letter (Decreto ministeriale 12/3/1974).

    >>> fiscal_code("RSSMRA85T10A562S"), fiscal_code("RSSMRA85T10A562T")
    (True, False)
    """
    value = value.upper()
    if len(value) != 16 or not (value.isascii() and value.isalnum() and value[:6].isalpha() and value[-1].isalpha()):
        return False
    numbers = "".join(value[place] for place in _FISCAL_NUMBERS).translate(_FISCAL_DIGITS)
    if not is_digits(numbers, 7) or value[8] not in _FISCAL_MONTHS or not value[11].isalpha():
        return False
    return 1 <= int(numbers[2:4]) % 40 <= 31 and ord(value[15]) - 65 == _fiscal_check(value[:15])


def _fiscal_check(characters: str) -> int:
    ranks = [int(one) if one.isdigit() else ord(one) - 65 for one in characters]
    return (sum(_FISCAL_ODD[rank] for rank in ranks[::2]) + sum(ranks[1::2])) % 26


def nir(value: str) -> bool:
    """France: NIR, thirteen digits (Corsica: 2A, 2B) and the key 97 less their rest (INSEE).

    >>> nir("295109912611193"), nir("253072B07300470"), nir("295109912611194")
    (True, True, False)
    """
    value = value.upper()
    if len(value) != 15:
        return False
    number = value[:13].replace("2A", "19", 1) if value[5:7] == "2A" else value[:13]
    number = number.replace("2B", "18", 1) if value[5:7] == "2B" else number
    if not is_digits(number + value[13:], 15) or value[0] not in "123478" or not _is_french_month(int(value[3:5])):
        return False
    return 97 - int(number) % 97 == int(value[13:])


def _is_french_month(month: int) -> bool:
    """Above twelve the month was not known."""
    return 1 <= month <= 12 or 20 <= month <= 42 or month >= 50


def steuer_id(value: str) -> bool:
    """Germany: tax identification number: one digit two or three times among the first ten, MOD 11,10 (BZSt).

    >>> steuer_id("36574261809"), steuer_id("36574261890"), steuer_id("12345678901")
    (True, False, False)
    """
    if not is_digits(value, 11) or value[0] == "0":
        return False
    repeats = sorted(count for count in Counter(value[:10]).values() if count > 1)
    return repeats in ([2], [3]) and mod_11_10(value)


def bsn(value: str) -> bool:
    """Netherlands: burgerservicenummer, the "eleven test" with -1 for the last digit (RvIG).

    >>> bsn("111222333"), bsn("111222334")
    (True, False)
    """
    value = value.zfill(9)
    return is_digits(value, 9) and value[:3] != "000" and weighted(value, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def belgian(value: str) -> bool:
    """Belgium: national number, eleven digits: 97 less the rest, a 2 before those born from 2000 (IBZ).

    >>> belgian("85073003328"), belgian("85073003329")
    (True, False)
    """
    if not is_digits(value, 11) or int(value[2:4]) % 20 > 12 or int(value[4:6]) > 31:
        return False
    return int(value[9:]) in (97 - int(value[:9]) % 97, 97 - int("2" + value[:9]) % 97)


def ahv(value: str) -> bool:
    """Switzerland: AHV number, 756 and EAN-13's check digit (BSV).

    >>> ahv("7569217076985"), ahv("7569217076986")
    (True, False)
    """
    return is_digits(value, 13) and value.startswith("756") and weighted(value, (1, 3) * 6 + (1,)) % 10 == 0


def austrian(value: str) -> bool:
    """Austria: social insurance number, running number, check digit and birthday (ASVG § 30c).

    >>> austrian("1237010180"), austrian("2237010180")
    (True, False)
    """
    if not is_digits(value, 10) or value[0] == "0" or not 1 <= int(value[4:6]) <= 31 or not 1 <= int(value[6:8]) <= 15:
        return False
    return weighted(value, _AUSTRIAN_WEIGHTS) % 11 == int(value[3])
