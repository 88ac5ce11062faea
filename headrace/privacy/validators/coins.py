"""Addresses of crypto currencies."""

from __future__ import annotations

import hashlib

from headrace.privacy.validators.keccak import keccak_256

_BASE58 = {
    character: value for value, character in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
}
_BECH32 = {character: value for value, character in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUMS = (1, 0x2BC830A3)
"""What the checksum leaves: bech32 (BIP 173) and bech32m (BIP 350)."""
LONGEST_BECH32 = 120
"""BIP 173's limit is 90; Cardano's addresses have up to 108 characters."""


def base58check(value: str) -> bool:
    """A base58 text whose last four bytes begin the double SHA-256 of the others (Bitcoin's "Base58Check").

    >>> base58check("1BoatSLRHtKNngkdXEeobR76b53LETtpyT"), base58check("1BoatSLRHtKNngkdXEeobR76b53LETtpyU")
    (True, False)
    """
    if not 25 <= len(value) <= 112 or any(character not in _BASE58 for character in value):
        return False
    number = 0
    for character in value:
        number = number * 58 + _BASE58[character]
    zeros = len(value) - len(value.lstrip("1"))
    raw = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def bech32(value: str) -> bool:
    """A bech32 (BIP 173) or bech32m (BIP 350) text: one case, a known alphabet, its checksum.

    >>> bech32("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"), bech32("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp")
    (True, False)
    """
    lower = value.lower()
    prefix, one, data = lower.rpartition("1")
    if len(value) > LONGEST_BECH32 or not (prefix and one and len(data) >= 6 and value in (lower, value.upper())):
        return False
    if not value.isascii() or any(character not in _BECH32 for character in data):
        return False
    codes = map(ord, prefix)
    high = [ord(character) >> 5 for character in prefix]
    return _polymod([*high, 0, *(code & 31 for code in codes), *(_BECH32[c] for c in data)]) in _BECH32_SUMS


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATOR):
            if top >> bit & 1:
                check ^= generator
    return check


def ethereum(value: str) -> bool:
    """`0x` and forty hexadecimal digits whose capitals are EIP-55's checksum; digits in one case carry none.

    >>> ethereum("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), ethereum("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")
    (True, False)
    """
    digits = value[2:]
    if len(digits) != 40 or value[:2] not in ("0x", "0X") or not _is_hexadecimal(digits):
        return False
    if digits in (lower := digits.lower(), digits.upper()):
        return True
    digest = keccak_256(lower.encode()).hex()
    return all(
        character.isupper() == (int(nibble, 16) >= 8)
        for character, nibble in zip(digits, digest, strict=False)
        if character.isalpha()
    )


def _is_hexadecimal(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)
