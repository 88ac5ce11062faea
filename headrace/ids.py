"""Ids: time-ordered UUIDs, and keyed hashes of user and session ids.

A hashed id reads `h1:<key id>:<26 base32 characters>`. The 26 characters are 16 bytes: ten of
HMAC-SHA256(key, kind NUL id), so that equal ids join, and six of HMAC-SHA256(key, "tag" NUL kind
NUL those ten), so that a hash of ours can be told from a look-alike without knowing the id.
The format is frozen: tests/contract holds golden values.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import random
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal, get_args

from headrace.errors import ConfigError, MissingIdKey

IdKind = Literal["user", "session", "interaction", "producer"]

ID_KEY_VARIABLE = "HEADRACE_ID_KEY"
ID_KEY_FILE_VARIABLE = "HEADRACE_ID_KEY_FILE"
KEY_BYTES = 32
"""As long as the hash's output (RFC 2104 asks for no less)."""
DIGEST_BYTES = 10
"""80 bits: at 10^9 ids two of them collide with a chance below 10^-6."""
TAG_BYTES = 6
"""48 bits: a forger gets one look-alike past in 2.8e14 tries."""
CACHED_HASHES = 32_768
"""Of each kind: sessions repeat within minutes; 32,768 entries are about 7 MB."""

_random = random.Random()
"""Our own, seeded by the system, so that an agent's `random.seed` repeats no id; a forked child seeds its own."""
os.register_at_fork(after_in_child=_random.seed)
_stamp = (0, "00000000-0000-7")
"""The millisecond of the last id and its text: most ids share one with their neighbours."""


def uuid7(milliseconds: int | None = None) -> str:
    """A UUIDv7 (RFC 9562) as 36 characters; `milliseconds` since 1970, now unless given.

    >>> uuid7(1_700_000_000_000)[:13]
    '018bcfe5-6800'
    """
    global _stamp
    now = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    then, prefix = _stamp
    if now != then:
        prefix = f"{now >> 16 & 0xFFFF_FFFF:08x}-{now & 0xFFFF:04x}-7"
        _stamp = (now, prefix)
    r = _random.getrandbits(72).to_bytes(9, "big").hex()
    return f"{prefix}{r[:3]}-8{r[3:6]}-{r[6:]}"


def derived_uuid7(milliseconds: int, name: str) -> str:
    """The UUIDv7 that this time and name always give: the row id of an interaction with a foreign id.

    >>> derived_uuid7(1_700_000_000_000, "a") == derived_uuid7(1_700_000_000_000, "a")
    True
    """
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    r, t = digest[:9].hex(), "%012x" % (milliseconds & 0xFFFF_FFFF_FFFF)
    return f"{t[:8]}-{t[8:]}-7{r[:3]}-{'89ab'[digest[9] & 3]}{r[3:6]}-{r[6:18]}"


_canonical_uuid7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}").fullmatch


def is_uuid7(value: str) -> bool:
    """Whether `value` is a UUIDv7 in its canonical 36 lower-case characters.

    >>> is_uuid7("018bcfe5-6800-7000-8000-000000000000"), is_uuid7("order-17")
    (True, False)
    """
    return _canonical_uuid7(value) is not None


def uuid7_milliseconds(value: str) -> int:
    """Milliseconds since 1970 at which the UUIDv7 was made.

    >>> uuid7_milliseconds("018bcfe5-6800-7000-8000-000000000000")
    1700000000000
    """
    return int(value[:8] + value[9:13], 16)


class KeyRing:
    """The keys that hash ids: the first hashes, all of them verify.

    >>> ring = KeyRing([b"k" * 32])
    >>> token = ring.hash("user", "ada@example.org")
    >>> ring.verifies("user", token), ring.verifies("session", token), token == ring.hash("user", "ada@example.org")
    (True, False, True)
    """

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._keys: Mapping[str, Mac] = {key_id(key): Mac(key) for key in keys}
        if not self._keys:
            raise MissingIdKey
        self.current = next(iter(self._keys))
        self.pseudonyms: Mapping[IdKind, Callable[[str], str]] = {
            kind: lru_cache(CACHED_HASHES)(partial(self._pseudonym, kind)) for kind in get_args(IdKind)
        }
        """`pseudonym` of each kind, without its call: a cache with one argument is twice as fast as one with two."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> KeyRing:
        """The ring in HEADRACE_ID_KEY, or in the file that HEADRACE_ID_KEY_FILE names.

        One base64 key of 32 bytes per line or comma, the newest first. Raises MissingIdKey, or
        ConfigError where a key is malformed.
        """
        text = environment.get(ID_KEY_VARIABLE, "")
        if not text and (path := environment.get(ID_KEY_FILE_VARIABLE)):
            text = _read_key_file(Path(path))
        return cls(_parse_key(line) for line in text.replace(",", "\n").split())

    @property
    def key_ids(self) -> tuple[str, ...]:
        return tuple(self._keys)

    def pseudonym(self, kind: IdKind, value: str) -> str:
        """`value` itself where it is a pseudonym of ours, its hash where it is not."""
        return self.pseudonyms[kind](value)

    def hash(self, kind: IdKind, value: str) -> str:
        """The pseudonym of `value` under the current key."""
        return _token(self.current, self._keys[self.current], kind, value)

    def hash_under_every_key(self, kind: IdKind, value: str) -> list[str]:
        """The pseudonyms of `value` under all keys of the ring: what an erasure has to look for."""
        return [_token(name, mac, kind, value) for name, mac in self._keys.items()]

    def verifies(self, kind: IdKind, token: str) -> bool:
        """Whether `token` is a pseudonym of this kind that one of our keys made."""
        parts = _pseudonym_parts(token)
        if parts is None or (mac := self._keys.get(parts[1])) is None or (raw := _decode(parts[2])) is None:
            return False
        digest, tag = raw[:DIGEST_BYTES], raw[DIGEST_BYTES:]
        return hmac.compare_digest(tag, _tag(mac, kind, digest))

    def mac(self, key: str, message: bytes) -> bytes:
        """HMAC-SHA256 of a message under the key of this id. Raises KeyError for a key that is not on the ring."""
        return self._keys[key](message)

    def _pseudonym(self, kind: IdKind, value: str) -> str:
        return value if self.verifies(kind, value) else self.hash(kind, value)


def new_key() -> str:
    """A fresh id key as base64 text."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def key_id(key: bytes) -> str:
    """The public name of a key: 8 base32 characters of its SHA-256."""
    return base64.b32encode(hashlib.sha256(b"headrace key id\0" + key).digest()[:5]).decode().lower()


class Mac:
    """HMAC-SHA256 under one key, both of its pads hashed ahead: a quarter of the time of `hmac.digest`."""

    def __init__(self, key: bytes) -> None:
        block = (key if len(key) <= 64 else hashlib.sha256(key).digest()).ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def __call__(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


def _token(name: str, mac: Mac, kind: IdKind, value: str) -> str:
    digest = mac(b"%s\0%s" % (kind.encode(), value.encode("utf-8", "surrogatepass")))[:DIGEST_BYTES]
    return f"h1:{name}:{_encode(digest + _tag(mac, kind, digest))}"


def _tag(mac: Mac, kind: IdKind, digest: bytes) -> bytes:
    return mac(b"tag\0%s\0%s" % (kind.encode(), digest))[:TAG_BYTES]


_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_BASE32_PAIRS = [first + second for first in _BASE32 for second in _BASE32]


def _encode(raw: bytes) -> str:
    """The 26 base32 characters of 16 bytes, two at a time: half of base64's time."""
    number = int.from_bytes(raw, "big") << 2
    return "".join([_BASE32_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


_pseudonym_parts = re.compile(r"h1:([a-z2-7]{8}):([a-z2-7]{26})").fullmatch
_TO_DIGITS = str.maketrans(_BASE32, "0123456789abcdefghijklmnopqrstuv")


def _decode(characters: str) -> bytes | None:
    """The 16 bytes in 26 base32 characters; None where the last character holds more. A fifth of base64's time."""
    number = int(characters.translate(_TO_DIGITS), 32)
    return (number >> 2).to_bytes(DIGEST_BYTES + TAG_BYTES, "big") if number & 3 == 0 else None


def _parse_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(f"an id key has to be {KEY_BYTES} bytes in base64; make one with `headrace init`")
    return key


def _read_key_file(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise ConfigError(f"{ID_KEY_FILE_VARIABLE}: {path} cannot be read: {error.strerror}") from None
