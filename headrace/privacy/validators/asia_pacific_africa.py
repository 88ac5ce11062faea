"""National numbers of Asia, the Pacific and Africa."""

from __future__ import annotations

from headrace.privacy.validators.digits import is_date, is_day_of_century, is_digits, luhn, verhoeff, weighted

_CHINESE = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHINESE_CHECKS = "10X98765432"
_KOREAN = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_JAPANESE = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_SINGAPORE = (2, 7, 6, 5, 4, 3, 2)
_SINGAPORE_CHECKS = {
    "S": (0, "JZIHGFEDCBA"),
    "T": (4, "JZIHGFEDCBA"),
    "F": (0, "XWUTRQPNMLK"),
    "G": (4, "XWUTRQPNMLK"),
    "M": (3, "XWUTRQPNJLK"),
}
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_TAIWAN = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
_PAN_HOLDERS = frozenset("ABCFGHJLPT")
_TFN = (1, 4, 3, 7, 5, 8, 6, 9, 10)
_MEDICARE = (1, 3, 7, 9, 1, 3, 7, 9)
_ABN = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
_IRD = (3, 2, 7, 6, 5, 4, 3, 2)
_IRD_AGAIN = (7, 4, 3, 2, 5, 2, 7, 6)
_KAZAKH = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_KAZAKH_AGAIN = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)


def aadhaar(value: str) -> bool:
    """India: Aadhaar, twelve digits from 2, no palindrome, Verhoeff (UIDAI).

    >>> aadhaar("234123412346"), aadhaar("234123412347")
    (True, False)
    """
    return is_digits(value, 12) and value[0] > "1" and value != value[::-1] and verhoeff(value)


def pan(value: str) -> bool:
    """India: PAN by shape: the fourth letter names the kind of holder (Income Tax Department).

    >>> pan("ABCPE1234F"), pan("ABCDE1234F")
    (True, False)
    """
    value = value.upper()
    letters = value[:5] + value[9:]
    if len(value) != 10 or not (letters.isascii() and letters.isalpha() and is_digits(value[5:9], 4)):
        return False
    return value[3] in _PAN_HOLDERS and value[5:9] != "0000"


def chinese(value: str) -> bool:
    """China: resident identity number, eighteen characters, birthday, MOD 11-2 (GB 11643-1999).

    >>> chinese("11010519491231002X"), chinese("110105194912310021")
    (True, False)
    """
    value = value.upper()
    if len(value) != 18 or not is_digits(value[:17], 17) or value[0] not in "12345678":
        return False
    year = int(value[6:10])
    if not 1850 < year < 2100 or not is_date(year, int(value[10:12]), int(value[12:14])):
        return False
    return value[17] == _CHINESE_CHECKS[weighted(value[:17], _CHINESE) % 11]


def korean(value: str) -> bool:
    """South Korea: resident number, thirteen digits, birthday; from October 2020 without a check digit.

    >>> korean("9710139019902"), korean("9713139019902")
    (True, False)
    """
    if not is_digits(value, 13) or not is_day_of_century(value[:2], int(value[2:4]), int(value[4:6])):
        return False
    recent = value[6] in "3478" and value[:2] >= "20"
    return recent or (11 - weighted(value, _KOREAN) % 11) % 10 == int(value[12])


def my_number(value: str) -> bool:
    """Japan: Individual Number, twelve digits, check digit modulo 11 (Ordinance 85 of 2014).

    >>> my_number("123456789018"), my_number("123456789019")
    (True, False)
    """
    if not is_digits(value, 12):
        return False
    rest = weighted(value, _JAPANESE) % 11
    return int(value[11]) == (0 if rest <= 1 else 11 - rest)


def nric(value: str) -> bool:
    """Singapore: NRIC or FIN, a letter, seven digits, a check letter (ICA).

    >>> nric("S1234567D"), nric("S1234567A")
    (True, False)
    """
    value = value.upper()
    if len(value) != 9 or value[0] not in _SINGAPORE_CHECKS or not is_digits(value[1:8], 7):
        return False
    offset, checks = _SINGAPORE_CHECKS[value[0]]
    return value[8] == checks[(weighted(value[1:], _SINGAPORE) + offset) % 11]


def thai(value: str) -> bool:
    """Thailand: citizen number, thirteen digits, weights 13 … 2 modulo 11 (DOPA).

    >>> thai("1101700230708"), thai("1101700230705")
    (True, False)
    """
    if not is_digits(value, 13) or value[0] in "09":
        return False
    return (11 - weighted(value, range(13, 1, -1)) % 11) % 10 == int(value[12])


def mykad(value: str) -> bool:
    """Malaysia: MyKad, twelve digits: birthday, place of birth, running number (JPN).

    >>> mykad("770305021234"), mykad("771305021234")
    (True, False)
    """
    if not is_digits(value, 12) or value[6:8] in (
        "00",
        "17",
        "18",
        "19",
        "20",
        "69",
        "70",
        "73",
        "80",
        "81",
        "94",
        "95",
    ):
        return False
    return is_day_of_century(value[:2], int(value[2:4]), int(value[4:6]))


def nik(value: str) -> bool:
    """Indonesia: NIK, sixteen digits: region, birthday (women: day + 40), running number (Dukcapil).

    >>> nik("3171011708450001"), nik("3171013208450001")
    (True, False)
    """
    if not is_digits(value, 16) or not 11 <= int(value[:2]) <= 97 or value[12:] == "0000":
        return False
    return is_day_of_century(value[10:12], int(value[8:10]), int(value[6:8]) % 40)


def taiwanese(value: str) -> bool:
    """Taiwan: national identity number, a letter and nine digits, modulo 10 (MOI).

    >>> taiwanese("A123456789"), taiwanese("A123456788")
    (True, False)
    """
    value = value.upper()
    if len(value) != 10 or value[0] not in _TAIWAN_LETTERS or not is_digits(value[1:], 9) or value[1] not in "1289":
        return False
    return weighted(f"{_TAIWAN_LETTERS.index(value[0]) + 10}{value[1:]}", _TAIWAN) % 10 == 0


def hkid(value: str) -> bool:
    """Hong Kong: identity card, one or two letters, six digits, a check character (Immigration Department).

    >>> hkid("A1234563"), hkid("A1234564")
    (True, False)
    """
    value = value.upper()
    letters = value[:-7]
    if len(letters) not in (1, 2) or not (letters.isascii() and letters.isalpha() and is_digits(value[-7:-1], 6)):
        return False
    ranks = (
        [36] * (2 - len(letters)) + [ord(letter) - 55 for letter in letters] + [int(digit) for digit in value[-7:-1]]
    )
    return value[-1] == "0A987654321"[sum(rank * (9 - place) for place, rank in enumerate(ranks)) % 11]


def israeli(value: str) -> bool:
    """Israel: identity number, nine digits, Luhn from the left.

    >>> israeli("123456782"), israeli("123456783")
    (True, False)
    """
    return is_digits(value, 9) and value != "000000000" and luhn(value)


def emirates(value: str) -> bool:
    """United Arab Emirates: identity number, 784, year of birth, Luhn.

    >>> emirates("784197912345671"), emirates("785197912345671")
    (True, False)
    """
    return is_digits(value, 15) and value.startswith("784") and "1900" <= value[3:7] < "2100" and luhn(value)


def saudi(value: str) -> bool:
    """Saudi Arabia: national number or Iqama, ten digits from 1 or 2, Luhn.

    >>> saudi("1000000008"), saudi("3000000004")
    (True, False)
    """
    return is_digits(value, 10) and value[0] in "12" and luhn(value)


def kazakh(value: str) -> bool:
    """Kazakhstan: IIN, twelve digits, birthday, check digit in two rounds."""
    if not is_digits(value, 12) or not is_day_of_century(value[:2], int(value[2:4]), int(value[4:6])):
        return False
    check = weighted(value, _KAZAKH) % 11
    check = weighted(value, _KAZAKH_AGAIN) % 11 if check == 10 else check
    return check == int(value[11])


def cnic(value: str) -> bool:
    """Pakistan: CNIC, thirteen digits: region from 1 to 7, running number (NADRA).

    >>> cnic("3520212345671"), cnic("0520212345671")
    (True, False)
    """
    return is_digits(value, 13) and value[0] in "1234567"


def south_african(value: str) -> bool:
    """South Africa: identity number, birthday, citizenship, Luhn (DHA).

    >>> south_african("7503305044089"), south_african("7503305044088")
    (True, False)
    """
    if not is_digits(value, 13) or value[10] not in "012":
        return False
    return is_day_of_century(value[:2], int(value[2:4]), int(value[4:6])) and luhn(value)


def egyptian(value: str) -> bool:
    """Egypt: national number, fourteen digits: century, birthday, governorate.

    >>> egyptian("29001010112345"), egyptian("19001010112345")
    (True, False)
    """
    if not is_digits(value, 14) or value[0] not in "23" or not 1 <= int(value[7:9]) <= 88:
        return False
    return is_date(1700 + 100 * int(value[0]) + int(value[1:3]), int(value[3:5]), int(value[5:7]))


def tfn(value: str) -> bool:
    """Australia: tax file number, eight or nine digits, weights modulo 11 (ATO).

    >>> tfn("123456782"), tfn("123456783")
    (True, False)
    """
    return is_digits(value, 9) and weighted(value, _TFN) % 11 == 0


def medicare(value: str) -> bool:
    """Australia: Medicare card, ten digits (and a reference), weights modulo 10 (Services Australia).

    >>> medicare("2123456701"), medicare("2123456711")
    (True, False)
    """
    return is_digits(value, 10, 11) and value[0] in "23456" and weighted(value, _MEDICARE) % 10 == int(value[8])


def abn(value: str) -> bool:
    """Australia: business number, eleven digits, the first less one, modulo 89 (ABR).

    >>> abn("83914571673"), abn("83914571674")
    (True, False)
    """
    return is_digits(value, 11) and value >= "11" and (weighted(value, _ABN) - 10) % 89 == 0


def ird(value: str) -> bool:
    """New Zealand: IRD number, eight or nine digits, modulo 11 in two rounds (Inland Revenue).

    >>> ird("49091850"), ird("49091851")
    (True, False)
    """
    if not is_digits(value, 8, 9) or not 10_000_000 < int(value) < 150_000_000:
        return False
    padded = value.zfill(9)
    check = -weighted(padded, _IRD) % 11
    check = -weighted(padded, _IRD_AGAIN) % 11 if check == 10 else check
    return check == int(padded[8])
