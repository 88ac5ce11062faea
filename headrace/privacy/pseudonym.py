"""Placeholders: `[EMAIL]`, or a pseudonym that is equal for equal values, so that joins still work.

A pseudonym reads `[EMAIL_<key id>_<17 base32 characters>]`. Of the 17, thirteen (65 bits) are an HMAC-SHA256 of kind
and normalised value under a key of the tenant's own, so that equal values of two tenants differ; four are an HMAC of
kind and those thirteen, so that a look-alike can be told from one of ours without knowing any value.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from typing import Protocol

from headrace.ids import KeyRing, Mac
from headrace.privacy.rule import Literal, Rule
from headrace.privacy.view import view_of

VALUE_CHARACTERS = 13
"""65 bits: of 10^9 values of one tenant and kind two collide with a chance of one in seventy; with 16 bits, 300 do."""
CHECK_CHARACTERS = 4
"""20 bits: one forged look-alike in a million passes."""
CACHED_PSEUDONYMS = 16_384
"""People write from the same address all day; each entry is about 300 bytes."""

PSEUDONYM = r"\[(?P<kind>[A-Z][A-Z0-9_]{0,39})_(?P<key>[a-z2-7]{8})_(?P<token>[a-z2-7]{17})\]"
_PSEUDONYM = re.compile(PSEUDONYM)
_SEPARATORS = str.maketrans("", "", " -./()\t\r\n")
_EXACT_KINDS = frozenset(("secret", "api_key", "private_key", "jwt", "url_credentials", "crypto_address"))
"""Kinds in which a capital or a hyphen makes another value."""


class Placeholders(Protocol):
    """What stands for a value."""

    def write(self, kind: str, value: str) -> str:
        """The placeholder of a value."""

    def are_ours(self, placeholder: str) -> bool:
        """Whether a text in the shape of a pseudonym is one of ours: then it stays as it is."""


class Flat:
    """The kind, nothing else.

    >>> Flat().write("email", "ada@example.org")
    '[EMAIL]'
    """

    def write(self, kind: str, _value: str) -> str:
        return f"[{kind.upper()}]"

    def are_ours(self, _placeholder: str) -> bool:
        return False


FLAT = Flat()


class Pseudonyms:
    """Pseudonyms under the ring's current key; those of all its keys stay as they are.

    >>> ours = Pseudonyms(KeyRing([b"k" * 32]), "acme")
    >>> token = ours.write("email", "Ada@Example.org")
    >>> token == ours.write("email", "ada@example.org"), ours.are_ours(token), kinds_only(token)
    (True, True, '[EMAIL]')
    >>> Pseudonyms(KeyRing([b"k" * 32]), "else").are_ours(token)
    False
    """

    def __init__(self, ring: KeyRing, tenant: str | None) -> None:
        self._macs = {key: _tenant_mac(ring, key, tenant or "") for key in ring.key_ids}
        self._current = ring.current
        self._written = lru_cache(CACHED_PSEUDONYMS)(self._write)

    def write(self, kind: str, value: str) -> str:
        return self._written(kind, normalised(kind, value)) if kind != "redacted" else "[REDACTED]"

    def are_ours(self, placeholder: str) -> bool:
        match = _PSEUDONYM.fullmatch(placeholder)
        if match is None or (mac := self._macs.get(match[2])) is None:
            return False
        value, check = match[3][:VALUE_CHARACTERS], match[3][VALUE_CHARACTERS:]
        return _check(mac, match[1], value) == check

    def _write(self, kind: str, value: str) -> str:
        mac, name = self._macs[self._current], kind.upper()
        token = _base32(mac(f"value\0{name}\0{value}".encode("utf-8", "surrogatepass")))[:VALUE_CHARACTERS]
        return f"[{name}_{self._current}_{token}{_check(mac, name, token)}]"


def normalised(kind: str, value: str) -> str:
    """The value as all ways of writing it agree on: without disguise, separators and capitals.

    >>> normalised("phone", "+1 (415) 555-2671"), normalised("phone", "415.555.2671"), normalised("secret", "Ab-c")
    ('4155552671', '4155552671', 'Ab-c')
    """
    plain = view_of(value).text
    if kind in _EXACT_KINDS:
        return plain
    if kind == "email":
        return plain.casefold()
    plain = plain.translate(_SEPARATORS).casefold()
    return re.sub(r"^\+?1(?=[2-9][0-9]{9}$)|^\+|^00(?=[1-9])", "", plain) if kind.startswith("phone") else plain


def kinds_only(text: str) -> str:
    """The text with each pseudonym as its kind: what embeddings, clusters and training see, whatever the key.

    >>> kinds_only("mail [EMAIL_abcdefgh_aaaaaaaaaaaaabbbb] or [EMAIL]")
    'mail [EMAIL] or [EMAIL]'
    """
    return _PSEUDONYM.sub(r"[\1]", text) if "[" in text else text


FORGED = Rule("forged_placeholder", "redacted", Literal("["), _PSEUDONYM)
"""What looks like a pseudonym; ours are masked before any rule looks."""


def _tenant_mac(ring: KeyRing, key: str, tenant: str) -> Mac:
    """HMAC under a key that belongs to one tenant and to this purpose."""
    return Mac(ring.mac(key, b"placeholders\0" + tenant.encode("utf-8", "surrogatepass")))


def _check(mac: Mac, name: str, token: str) -> str:
    return _base32(mac(f"check\0{name}\0{token}".encode()))[:CHECK_CHARACTERS]


def _base32(digest: bytes) -> str:
    return base64.b32encode(digest[:10]).decode().lower()
