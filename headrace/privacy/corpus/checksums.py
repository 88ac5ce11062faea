"""Check digits, computed forwards to make values: written apart from the rules that verify them, so that each checks
the other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from headrace.privacy.corpus.dice import BASE58

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
BECH32_FINAL, BECH32M_FINAL = 1, 0x2BC830A3
_VERHOEFF_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_KECCAK_ROTATIONS = (1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44)
_KECCAK_LANES = (10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1)
_MASK_64 = 2**64 - 1


def weighted(number: str, weights: Sequence[int]) -> int:
    """The sum of the digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def luhn_digit(body: str) -> str:
    """The digit that completes a card number.

    >>> luhn_digit("7992739871")
    '3'
    """
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return str((10 - total % 10) % 10)


def iban_digits(country: str, account: str) -> str:
    """The two check digits of ISO 13616.

    >>> iban_digits("GB", "WEST12345698765432")
    '82'
    """
    number = "".join(str(int(character, 36)) for character in f"{account}{country}00")
    return f"{98 - int(number) % 97:02d}"


def verhoeff_digit(body: str) -> str:
    """The check digit of the dihedral group of order ten.

    >>> verhoeff_digit("236")
    '3'
    """
    check = 0
    for place, digit in enumerate(reversed(body), start=1):
        check = _dihedral(check, _permuted(int(digit), place))
    return str(next(digit for digit in range(10) if _dihedral(check, digit) == 0))


def _permuted(digit: int, times: int) -> int:
    for _ in range(times % 8):
        digit = _VERHOEFF_PERMUTATION[digit]
    return digit


def _dihedral(left: int, right: int) -> int:
    if left < 5:
        return (left + right) % 5 if right < 5 else 5 + (left + right) % 5
    return 5 + (left - right) % 5 if right < 5 else (left - right) % 5


def mod_11_10_digit(body: str) -> str:
    """ISO 7064 MOD 11,10.

    >>> mod_11_10_digit("0794")
    '5'
    """
    product = 10
    for digit in body:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def base58check(version: bytes, payload: bytes, alphabet: str = BASE58) -> str:
    """Bytes with a double SHA-256 checksum, in base 58.

    >>> base58check(b"\\0", bytes(20))
    '1111111111111111111114oLvT2'
    """
    body = version + payload
    return base58(body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4], alphabet)


def base58(data: bytes, alphabet: str = BASE58) -> str:
    number, written = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        written = alphabet[digit] + written
    return alphabet[0] * (len(data) - len(data.lstrip(b"\0"))) + written


def bech32(prefix: str, version: int | None, payload: bytes, final: int = BECH32_FINAL) -> str:
    """A segwit address (BIP 173, BIP 350), or plain bech32 where there is no version.

    >>> bech32("bc", 0, bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6"))
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'
    """
    data = ([] if version is None else [version]) + _five_bits(payload)
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod(expanded + data + [0] * 6) ^ final
    data += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(_BECH32[value] for value in data)


def _five_bits(payload: bytes) -> list[int]:
    bits = "".join(f"{byte:08b}" for byte in payload)
    return [int(bits[place : place + 5].ljust(5, "0"), 2) for place in range(0, len(bits), 5)]


def _polymod(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check


def eip55(address: str) -> str:
    """40 hexadecimal digits with Ethereum's checksum in their case.

    >>> eip55("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")
    '5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
    """
    digest = keccak256(address.encode()).hex()
    return "".join(c.upper() if int(digest[place], 16) > 7 else c for place, c in enumerate(address))


def keccak256(data: bytes) -> bytes:
    """Keccak before it became SHA-3 (other padding), for less than 136 bytes.

    >>> keccak256(b"").hex()[:16]
    'c5d2460186f7233c'
    """
    block = bytearray(data.ljust(136, b"\0"))
    block[len(data)] ^= 1
    block[-1] ^= 0x80
    lanes = [int.from_bytes(block[8 * i : 8 * i + 8], "little") for i in range(17)] + [0] * 8
    lfsr = 1
    for _ in range(24):
        lanes = _keccak_steps(lanes)
        constant = 0
        for power in range(7):
            constant |= (lfsr & 1) << (2**power - 1)
            lfsr = lfsr << 1 ^ (0x171 if lfsr & 0x80 else 0)
        lanes[0] ^= constant
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _keccak_steps(lanes: list[int]) -> list[int]:
    parity = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
    lanes = [lane ^ parity[(i + 4) % 5] ^ _rotated(parity[(i + 1) % 5], 1) for i, lane in enumerate(lanes)]
    moving = lanes[1]
    for lane, rotation in zip(_KECCAK_LANES, _KECCAK_ROTATIONS, strict=True):
        lanes[lane], moving = _rotated(moving, rotation), lanes[lane]
    return [lane ^ (~lanes[i - i % 5 + (i + 1) % 5] & lanes[i - i % 5 + (i + 2) % 5]) for i, lane in enumerate(lanes)]


def _rotated(lane: int, bits: int) -> int:
    return (lane << bits | lane >> (64 - bits)) & _MASK_64
