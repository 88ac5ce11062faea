"""National identity numbers with check digits, two dozen countries."""

from __future__ import annotations

from collections.abc import Callable

from headrace.privacy.corpus.checksums import luhn_digit, mod_11_10_digit, verhoeff_digit, weighted
from headrace.privacy.corpus.dice import Dice
from headrace.privacy.corpus.sample import Split
from headrace.privacy.corpus.values.maker import Maker

_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_ODD_ITALIAN = dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True)) | dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)


def _day(dice: Dice) -> tuple[str, str, str]:
    return f"{dice.whole(45, 99):02d}", f"{dice.whole(1, 12):02d}", f"{dice.whole(1, 28):02d}"


def _retried(make: Callable[[Dice], str | None]) -> Callable[[Dice], str]:
    """Where a body has no check digit, another is drawn."""

    def made(dice: Dice) -> str:
        while (number := make(dice)) is None:
            pass
        return number

    return made


def _cpf(dice: Dice) -> str:
    body = dice.digits(9)
    for _ in range(2):
        body += str(weighted(body, range(len(body) + 1, 1, -1)) * 10 % 11 % 10)
    return dice.pick((f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}", body))


def _dni(dice: Dice) -> str:
    number = dice.digits(8)
    letter = _SPANISH[int(number) % 23]
    return dice.pick((number + letter, f"{number}-{letter}"))


def _nie(dice: Dice) -> str:
    lead, number = dice.whole(0, 2), dice.digits(7)
    return f"{'XYZ'[lead]}{number}{_SPANISH[int(f'{lead}{number}') % 23]}"


def _nhs(dice: Dice) -> str | None:
    body = dice.digits(9)
    check = (11 - weighted(body, range(10, 1, -1)) % 11) % 11
    return None if check == 10 else dice.pick((f"{body[:3]} {body[3:6]} {body[6:]}{check}", f"{body}{check}"))


def _nino(dice: Dice) -> str:
    return dice.shaped(dice.pick(("AB ## ## ## C", "JM######A", "CE######D", "PW ## ## ## B")))


def _codice_fiscale(dice: Dice) -> str:
    body = f"{dice.pick(('RSSMRA', 'VRDGPP', 'BNCLRA'))}{_day(dice)[0]}{dice.pick('ABCDEHLMPRST')}{_day(dice)[2]}H501"
    values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(
        _ODD_ITALIAN[c] if place % 2 == 0 else values.index(c) - (10 if c.isalpha() else 0)
        for place, c in enumerate(body)
    )
    return body + chr(ord("A") + total % 26)


def _nir(dice: Dice) -> str:
    year, month, _ = _day(dice)
    body = f"{dice.pick('12')}{year}{month}{dice.whole(10, 95)}{dice.whole(1, 900):03d}{dice.whole(1, 900):03d}"
    key = f"{97 - int(body) % 97:02d}"
    spaced = f"{body[0]} {body[1:3]} {body[3:5]} {body[5:7]} {body[7:10]} {body[10:]} {key}"
    return dice.pick((spaced, body + key))


def _aadhaar(dice: Dice) -> str:
    body = dice.shaped("^##########").replace("1", "2", 1)
    number = ("3" + body[1:]) + verhoeff_digit("3" + body[1:])
    return dice.pick((f"{number[:4]} {number[4:8]} {number[8:]}", number))


def _sin(dice: Dice) -> str:
    body = str(dice.whole(1, 7)) + dice.digits(7)
    number = body + luhn_digit(body)
    return dice.pick((f"{number[:3]} {number[3:6]} {number[6:]}", f"{number[:3]}-{number[3:6]}-{number[6:]}"))


def _bsn(dice: Dice) -> str | None:
    body = dice.shaped("^#######")
    check = weighted(body, range(9, 1, -1)) % 11
    return None if check == 10 else f"{body}{check}"


def _pesel(dice: Dice) -> str:
    body = "".join(_day(dice)) + dice.digits(4)
    return body + str(-weighted(body, (1, 3, 7, 9) * 3) % 10)


def _personnummer(dice: Dice) -> str:
    year, month, day = _day(dice)
    body = year + month + day + dice.digits(3)
    tail = body[6:] + luhn_digit(body)
    return dice.pick((f"{year}{month}{day}-{tail}", f"19{year}{month}{day}-{tail}", f"19{year}{month}{day}{tail}"))


def _steuer_id(dice: Dice) -> str:
    drawn = dice.shuffled("123456789")
    body = "".join((*drawn, drawn[3]))
    number = body + mod_11_10_digit(body)
    return dice.pick((number, f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"))


def _tfn(dice: Dice) -> str:
    while True:
        number = dice.shaped("^########")
        if weighted(number, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0:
            return dice.pick((f"{number[:3]} {number[3:6]} {number[6:]}", number))


def _chinese(dice: Dice) -> str:
    year, month, day = _day(dice)
    body = f"{dice.pick(('110101', '310115', '440305'))}19{year}{month}{day}{dice.digits(3)}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def _hetu(dice: Dice) -> str:
    year, month, day = _day(dice)
    body = f"{day}{month}{year}{dice.whole(2, 899):03d}"
    return f"{body[:6]}-{body[6:]}{_FINNISH[int(body) % 31]}"


def _rijksregister(dice: Dice) -> str:
    year, month, day = _day(dice)
    body = f"{year}{month}{day}{dice.whole(1, 997):03d}"
    check = f"{97 - int(body) % 97:02d}"
    return dice.pick((f"{year}.{month}.{day}-{body[6:]}.{check}", body + check))


def _tckn(dice: Dice) -> str:
    body = dice.shaped("^########")
    tenth = (7 * sum(map(int, body[::2])) - sum(map(int, body[1::2]))) % 10
    return f"{body}{tenth}{(sum(map(int, body)) + tenth) % 10}"


def _rrn(dice: Dice) -> str:
    year, month, day = _day(dice)
    body = f"{year}{month}{day}{dice.pick('12')}{dice.digits(5)}"
    return f"{body[:6]}-{body[6:]}{(11 - weighted(body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10}"


def _nric(dice: Dice) -> str:
    body = dice.digits(7)
    return f"S{body}{'JZIHGFEDCBA'[weighted(body, (2, 7, 6, 5, 4, 3, 2)) % 11]}"


def _south_african(dice: Dice) -> str:
    body = "".join(_day(dice)) + dice.digits(4) + "08"
    return body + luhn_digit(body)


def _curp(dice: Dice) -> str:
    year, month, day = _day(dice)
    body = f"GOMC{year}{month}{day}{dice.pick('HM')}DFRRL0"
    alphabet = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum(alphabet.index(c) * (18 - place) for place, c in enumerate(body))
    return body + str(-total % 10)


def _rut(dice: Dice) -> str:
    body = str(dice.whole(5_000_000, 25_000_000))
    check = "0K987654321"[weighted(body[::-1], (2, 3, 4, 5, 6, 7, 2, 3)) % 11]
    return dice.pick((f"{body}-{check}", f"{int(body):,}-{check}".replace(",", ".")))


def _fodselsnummer(dice: Dice) -> str | None:
    year, month, day = _day(dice)
    body = f"{day}{month}{year}{dice.whole(0, 499):03d}"
    first = -weighted(body, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted(f"{body}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11 if first < 10 else 10
    return None if 10 in (first, second) else f"{body[:6]} {body[6:]}{first}{second}"


def _ahv(dice: Dice) -> str:
    body = "756" + dice.digits(9)
    check = -weighted(body, (1, 3) * 6) % 10
    return f"{body[:3]}.{body[3:7]}.{body[7:11]}.{body[11:]}{check}"


def _pps(dice: Dice) -> str:
    body = dice.digits(7)
    return body + "WABCDEFGHIJKLMNOPQRSTUV"[weighted(body, range(8, 1, -1)) % 23]


def _nif(dice: Dice) -> str:
    body = "2" + dice.digits(7)
    rest = weighted(body, range(9, 1, -1)) % 11
    return f"{body}{0 if rest < 2 else 11 - rest}"


def _cnp(dice: Dice) -> str:
    body = dice.pick("12") + "".join(_day(dice)) + f"{dice.whole(1, 46):02d}{dice.digits(3)}"
    rest = weighted(body, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return f"{body}{1 if rest == 10 else rest}"


def _rodne_cislo(dice: Dice) -> str:
    year, month, day = _day(dice)
    while int(body := f"{year}{month}{day}{dice.digits(3)}") % 11 == 10:
        pass
    return f"{body[:6]}/{body[6:]}{int(body) % 11}"


def _teudat_zehut(dice: Dice) -> str:
    body = dice.digits(8)
    return body + luhn_digit(body)


def _cuit(dice: Dice) -> str | None:
    body = dice.pick(("20", "27")) + dice.digits(8)
    check = -weighted(body, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return None if check == 10 else f"{body[:2]}-{body[2:]}-{check}"


def _pan(dice: Dice) -> str:
    return dice.shaped("???P?####?")


_COUNTRIES: tuple[tuple[str, Split, Callable[[Dice], str], tuple[str, ...]], ...] = (
    ("brazil", "tune", _cpf, ("CPF", "número do CPF", "cpf_cliente")),
    ("spain", "tune", _dni, ("DNI", "NIF", "documento nacional de identidad")),
    ("spain_foreigner", "held_out", _nie, ("NIE", "número de identidad de extranjero")),
    ("britain_health", "tune", _retried(_nhs), ("NHS number", "NHS no", "NHS")),
    ("britain", "tune", _nino, ("National Insurance number", "NI number", "NINO")),
    ("italy", "tune", _codice_fiscale, ("codice fiscale", "CF", "C.F.")),
    ("france", "tune", _nir, ("numéro de sécurité sociale", "NIR", "n° sécu")),
    ("india", "tune", _aadhaar, ("Aadhaar", "Aadhaar number", "UIDAI")),
    ("canada", "tune", _sin, ("SIN", "social insurance number")),
    ("poland", "tune", _pesel, ("PESEL", "nr PESEL")),
    ("germany", "tune", _steuer_id, ("Steuer-ID", "Steueridentifikationsnummer", "IdNr.")),
    ("sweden", "tune", _personnummer, ("personnummer", "pnr")),
    ("netherlands", "held_out", _retried(_bsn), ("BSN", "burgerservicenummer", "sofinummer")),
    ("australia", "held_out", _tfn, ("TFN", "tax file number")),
    ("china", "held_out", _chinese, ("身份证号", "居民身份证", "Chinese ID")),
    ("finland", "held_out", _hetu, ("henkilötunnus", "HETU")),
    ("belgium", "held_out", _rijksregister, ("rijksregisternummer", "numéro national", "NISS")),
    ("turkey", "held_out", _tckn, ("TC Kimlik No", "TCKN", "T.C. kimlik numarası")),
    ("korea", "held_out", _rrn, ("주민등록번호", "RRN")),
    ("singapore", "held_out", _nric, ("NRIC", "NRIC/FIN")),
    ("south_africa", "held_out", _south_african, ("SA ID number", "ID number", "identity number")),
    ("mexico", "held_out", _curp, ("CURP", "clave CURP")),
    ("chile", "held_out", _rut, ("RUT", "RUN")),
    ("norway", "held_out", _retried(_fodselsnummer), ("fødselsnummer", "personnummer", "fnr")),
    ("switzerland", "held_out", _ahv, ("AHV-Nr.", "numéro AVS", "AHV")),
    ("ireland", "held_out", _pps, ("PPS number", "PPSN")),
    ("portugal", "held_out", _nif, ("NIF", "contribuinte")),
    ("romania", "held_out", _cnp, ("CNP", "cod numeric personal")),
    ("czechia", "held_out", _rodne_cislo, ("rodné číslo", "r.č.")),
    ("israel", "held_out", _teudat_zehut, ("teudat zehut", "תעודת זהות", "Israeli ID")),
    ("argentina", "held_out", _retried(_cuit), ("CUIT", "CUIL")),
    ("india_tax", "held_out", _pan, ("PAN", "PAN card", "Permanent Account Number")),
)

NATIONAL: tuple[Maker, ...] = tuple(
    Maker("national_id", name, split, words, make, True) for name, split, make, words in _COUNTRIES
)
