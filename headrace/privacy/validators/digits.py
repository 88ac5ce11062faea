"""Check digits that many numbers share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import cycle

_DOUBLED = tuple(sum(divmod(2 * digit, 10)) for digit in range(10))

_VERHOEFF_PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
"""Multiplication in the dihedral group of order ten (Verhoeff 1969)."""
_VERHOEFF_STEP = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _permutations() -> Iterator[list[int]]:
    permutation = list(range(10))
    for _ in range(8):
        yield permutation
        permutation = [_VERHOEFF_STEP[image] for image in permutation]


_VERHOEFF_PERMUTATIONS = tuple(_permutations())
"""Of the digits, from the last on; the ninth is the first again."""


def is_digits(value: str, *lengths: int) -> bool:
    """Whether the value is ASCII digits only, of one of these lengths.

    >>> is_digits("123", 3), is_digits("12a", 3), is_digits("٣٣٣", 3)
    (True, False, False)
    """
    return len(value) in lengths and value.isascii() and value.isdigit()


def weighted(value: str, weights: Sequence[int]) -> int:
    """The sum of the digits, each times its weight; digits behind the last weight do not count.

    >>> weighted("129", (1, 10))
    21
    """
    return sum(int(digit) * weight for digit, weight in zip(value, weights, strict=False))


def luhn(value: str) -> bool:
    """Luhn's check digit (ISO/IEC 7812-1, annex B).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    return (sum(map(int, value[::-2])) + sum(map(_DOUBLED.__getitem__, map(int, value[-2::-2])))) % 10 == 0


def verhoeff(value: str) -> bool:
    """Verhoeff's check digit.

    >>> verhoeff("2363"), verhoeff("2364")
    (True, False)
    """
    check = 0
    for digit, permutation in zip(reversed(value), cycle(_VERHOEFF_PERMUTATIONS), strict=False):
        check = _VERHOEFF_PRODUCT[check][permutation[int(digit)]]
    return check == 0


def mod_11_10(value: str) -> bool:
    """The hybrid check digit of ISO/IEC 7064, MOD 11,10.

    >>> mod_11_10("794623"), mod_11_10("794624")
    (True, False)
    """
    check = 10
    for digit in value[:-1]:
        check = ((check + int(digit)) % 10 or 10) * 2 % 11
    return (check + int(value[-1])) % 10 == 1


def mod_97(value: str) -> bool:
    """The check characters of ISO/IEC 7064, MOD 97-10, of letters (A = 10) and digits.

    >>> mod_97("3214282912345698765432161182"), mod_97("3214282912345698765432161183")
    (True, False)
    """
    return int("".join(str(int(character, 36)) for character in value)) % 97 == 1


def is_date(year: int, month: int, day: int) -> bool:
    """Whether such a day exists.

    >>> is_date(2024, 2, 29), is_date(2023, 2, 29)
    (True, False)
    """
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_day_of_century(year: str, month: int, day: int) -> bool:
    """Whether the day exists in a year of which only the last two digits are written (29 February included)."""
    return is_date(2000 + int(year), month, day) or is_date(1900 + int(year), month, day)
