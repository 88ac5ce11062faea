"""National numbers of the Americas."""

from __future__ import annotations

from headrace.privacy.validators.digits import is_day_of_century, is_digits, luhn, weighted

_CNPJ_FIRST = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_CNPJ_SECOND = (6, *_CNPJ_FIRST)
_CUIT = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_CURP_CHARACTERS = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_CURP_STATE_CODES = "AS BC BS CC CL CM CS CH DF DG GT GR HG JC MC MN MS NT NL OC PL QT QR SP SL SR TC TS TL VZ YN ZS NE"
_CURP_STATES = frozenset(_CURP_STATE_CODES.split())
_NIT = (41, 37, 29, 23, 19, 17, 13, 7, 3)
_URUGUAYAN = (2, 9, 8, 7, 6, 3, 4)


def cpf(value: str) -> bool:
    """Brazil: CPF, eleven digits, two check digits modulo 11 (Receita Federal).

    >>> cpf("39053344705"), cpf("39053344706"), cpf("11111111111")
    (True, False, False)
    """
    if not is_digits(value, 11) or len(set(value)) == 1:
        return False
    first, second = weighted(value, range(10, 1, -1)), weighted(value, range(11, 1, -1))
    return (first * 10 % 11 % 10, second * 10 % 11 % 10) == (int(value[9]), int(value[10]))


def cnpj(value: str) -> bool:
    """Brazil: CNPJ, fourteen digits, two check digits modulo 11 (Receita Federal).

    >>> cnpj("16727230000197"), cnpj("16727230000198")
    (True, False)
    """
    if not is_digits(value, 14) or len(set(value)) == 1:
        return False
    first, second = weighted(value, _CNPJ_FIRST), weighted(value, _CNPJ_SECOND)
    return (first * 10 % 11 % 10, second * 10 % 11 % 10) == (int(value[12]), int(value[13]))


def rut(value: str) -> bool:
    """Chile: RUT, seven or eight digits and a check character, weights 2 … 7 modulo 11 (SII).

    >>> rut("125319092"), rut("125319093")
    (True, False)
    """
    body, check = value[:-1], value[-1:].upper()
    if not is_digits(body, 7, 8):
        return False
    return check == "0K987654321"[weighted(body[::-1], (2, 3, 4, 5, 6, 7, 2, 3)) % 11]


def cuit(value: str) -> bool:
    """Argentina: CUIT or CUIL, eleven digits, check digit modulo 11 (AFIP).

    >>> cuit("20055361682"), cuit("20055361683")
    (True, False)
    """
    if not is_digits(value, 11) or value[:2] not in ("20", "23", "24", "27", "30", "33", "34"):
        return False
    return "012345678990"[11 - weighted(value, _CUIT) % 11] == value[10]


def curp(value: str) -> bool:
    """Mexico: CURP, eighteen characters: birthday, sex, state, check digit (RENAPO).

    >>> curp("BOXW310820HNERXN09"), curp("BOXW310820HNERXN08")
    (True, False)
    """
    value = value.upper()
    if len(value) != 18 or not (is_digits(value[4:10], 6) and value[17].isdigit()):
        return False
    if value[10] not in "HMX" or value[11:13] not in _CURP_STATES:
        return False
    return is_day_of_century(value[4:6], int(value[6:8]), int(value[8:10])) and -_curp_sum(value) % 10 == int(value[17])


def _curp_sum(value: str) -> int:
    return sum(_CURP_CHARACTERS.find(character) * (18 - place) for place, character in enumerate(value[:17]))


def rfc(value: str) -> bool:
    """Mexico: a person's RFC, thirteen characters by shape: four letters, a birthday, a code of three (SAT).

    >>> rfc("GODE561231GR8"), rfc("GODE561331GR8")
    (True, False)
    """
    value = value.upper()
    if len(value) != 13 or not (value[:4].isalpha() and is_digits(value[4:10], 6) and value[10:].isalnum()):
        return False
    return is_day_of_century(value[4:6], int(value[6:8]), int(value[8:10]))


def nit(value: str) -> bool:
    """Colombia: NIT of ten digits, weights from primes modulo 11 (DIAN).

    >>> nit("2131234321"), nit("2131234322")
    (True, False)
    """
    if not is_digits(value, 10):
        return False
    return "01987654321"[weighted(value, _NIT) % 11] == value[9]


def cedula(value: str) -> bool:
    """Ecuador: cédula, ten digits, a province and Luhn (Registro Civil).

    >>> cedula("1714307103"), cedula("1714307104")
    (True, False)
    """
    return is_digits(value, 10) and (1 <= int(value[:2]) <= 24 or value[:2] == "30") and value[2] <= "6" and luhn(value)


def uruguayan(value: str) -> bool:
    """Uruguay: cédula de identidad, eight digits, weights modulo 10 (DNIC).

    >>> uruguayan("12345672"), uruguayan("12345673")
    (True, False)
    """
    return is_digits(value, 8) and -weighted(value, _URUGUAYAN) % 10 == int(value[7])


def sin(value: str) -> bool:
    """Canada: social insurance number, nine digits, Luhn (ESDC); none begins with 0 or 8.

    >>> sin("123456782"), sin("123456783")
    (True, False)
    """
    return is_digits(value, 9) and value[0] not in "08" and luhn(value)


def dea(value: str) -> bool:
    """USA: a prescriber's DEA number: two letters (or letter and 9), six digits and a check digit (21 CFR 1301).

    >>> dea("AB1234563"), dea("AB1234564")
    (True, False)
    """
    value = value.upper()
    if len(value) != 9 or value[0] not in "ABCDEFGHJKLMPRSTUX" or not is_digits(value[2:], 7):
        return False
    return (value[1].isalpha() or value[1] == "9") and weighted(value[2:], (1, 2, 1, 2, 1, 2)) % 10 == int(value[8])
