"""Credentials in URLs, JSON web tokens, private keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from textwrap import indent, wrap
from typing import Any

from headrace.privacy.corpus.dice import ALNUM, BASE64URL, LOWER_HEX, Dice
from headrace.privacy.corpus.values.maker import VALUE_CLOSE, VALUE_OPEN, Maker

URL_WORDS = ("url", "connect with", "DATABASE_URL", "endpoint")
FAR_URL_WORDS = ("dsn", "broker", "remote origin", "fetch", "webhook", "link", "jdbc.url", "SQLALCHEMY_DATABASE_URI")
TOKEN_WORDS = ("token", "Bearer", "Authorization", "jwt")
FAR_TOKEN_WORDS = ("id_token", "access_token", "session", "Cookie: auth", "x-auth", "assertion", "refreshToken")
KEY_WORDS = ("key", "here is the key", "cat id_rsa")
FAR_KEY_WORDS = ("tls.key", "deploy key", "ssh_private_key", "secret", "service account")


def marked(value: str) -> str:
    return f"{VALUE_OPEN}{value}{VALUE_CLOSE}"


def _password(dice: Dice) -> str:
    return marked(dice.pick((dice.mixed(ALNUM, 12), f"{dice.pick(('Winter', 'hunter', 'letmein'))}{dice.digits(4)}")))


def _odd_password(dice: Dice) -> str:
    plain = dice.mixed(ALNUM, 10)
    return marked(
        dice.pick((f"{plain}%40{dice.digits(2)}", f"p$ss-{plain}", f"{plain}!", f"{plain[:5]}.{plain[5:]}_~"))
    )


def _userinfo(dice: Dice) -> str:
    scheme = dice.pick(("postgres", "postgresql", "mysql", "https", "http"))
    return (
        f"{scheme}://{dice.pick(('admin', 'app', 'svc-user'))}:{_password(dice)}@db{dice.digits(1)}.internal:5432/main"
    )


def _odd_userinfo(dice: Dice) -> str:
    host = dice.pick(("10.0.0.5:6379/0", "cluster0.ab1cd.mongodb.net/test?w=majority", "mq:5672/%2F", "[::1]:8080/x"))
    scheme = dice.pick(
        ("redis://", "rediss://:", "mongodb+srv://root:", "amqps://guest:", "ftp://deploy:", "sftp://u.n:")
    )
    user = "default:" if scheme == "redis://" else ""
    return f"{scheme}{user}{_odd_password(dice)}@{host}"


def _git_token(dice: Dice) -> str:
    token = marked(dice.mixed(LOWER_HEX, 40))
    host = dice.pick(("github.com/acme/app.git", "git.example.org/a/b", "gitlab.com/g/p.git"))
    return dice.pick(
        (f"https://{token}@{host}", f"https://oauth2:{token}@{host}", f"https://x-token-auth:{token}@{host}")
    )


def _query(dice: Dice) -> str:
    name = dice.pick(("access_token", "api_key", "token"))
    return f"https://api.example.com/v1/items?page=2&{name}={marked(dice.mixed(ALNUM, 32))}"


def _odd_query(dice: Dice) -> str:
    name = dice.pick(
        ("X-Amz-Signature", "sig", "auth", "client_secret", "apikey", "password", "key", "sessionid", "code")
    )
    value = dice.mixed(LOWER_HEX, 64) if name == "X-Amz-Signature" else dice.mixed(BASE64URL, 28)
    tail = dice.pick(("", "&v=3", "#top"))
    host = dice.pick(("files", "cdn", "maps"))
    return f"https://{host}.example.net/o/a%20b.pdf?se=2026-01-01&{name}={marked(value)}{tail}"


def _jdbc(dice: Dice) -> str:
    return f"jdbc:{dice.pick(('mysql', 'postgresql'))}://db:3306/app?user=app&password={_password(dice)}&useSSL=true"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _jwt(dice: Dice, header: dict[str, Any], signature: int, space: str = "") -> str:
    claims = {"sub": dice.digits(10), "name": "Jo Doe", "iat": 1516239022}
    encoded = (
        _base64url(json.dumps(part, separators=("," + space, ":" + space)).encode()) for part in (header, claims)
    )
    return ".".join((*encoded, _base64url(dice.bytes(signature))))


def _common_jwt(dice: Dice) -> str:
    return _jwt(dice, {"alg": dice.pick(("HS256", "RS256")), "typ": "JWT"}, dice.pick((32, 256)))


def _far_jwt(dice: Dice) -> str:
    header = dice.pick(
        ({"kid": dice.some(ALNUM, 8), "alg": "ES256"}, {"typ": "at+jwt", "alg": "PS512"}, {"alg": "none"})
    )
    return _jwt(dice, header, 0 if header == {"alg": "none"} else 64, dice.pick(("", " ")))


def _jwe(dice: Dice) -> str:
    header = _base64url(json.dumps({"alg": "RSA-OAEP", "enc": "A256GCM"}).encode())
    return ".".join((header, *(_base64url(dice.bytes(size)) for size in (256, 12, 48, 16))))


def _pem(dice: Dice, name: str, size: int, headers: str = "") -> str:
    body = "\n".join(wrap(base64.b64encode(b"0\x82\x04\xa4" + dice.bytes(size)).decode(), 64))
    return f"-----BEGIN {name}-----\n{headers}{marked(body)}\n-----END {name}-----"


def _common_key(dice: Dice) -> str:
    return _pem(dice, dice.pick(("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY")), dice.whole(100, 700))


def _far_key(dice: Dice) -> str:
    headers = dice.pick(("", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n\n"))
    name = dice.pick(("OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "DSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"))
    return _pem(dice, name, dice.whole(100, 500), headers)


def _escaped_key(dice: Dice) -> str:
    return _common_key(dice).replace("\n", "\\n")


def _indented_key(dice: Dice) -> str:
    return indent(_far_key(dice), dice.pick(("    ", "> ", "\t"))).lstrip()


def _cut_key(dice: Dice) -> str:
    """As a log leaves it that cuts long lines: the end is missing."""
    return _common_key(dice).rpartition("\n")[0]


def _one_line_key(dice: Dice) -> str:
    return _common_key(dice).replace("\n", dice.pick((" ", "")))


_MADE: tuple[tuple[str, tuple[str, ...], tuple[str, ...], dict[str, Callable[[Dice], str]], tuple[str, ...]], ...] = (
    (
        "url_credentials",
        URL_WORDS,
        FAR_URL_WORDS,
        {
            "userinfo": _userinfo,
            "query": _query,
            "odd_userinfo": _odd_userinfo,
            "git_token": _git_token,
            "odd_query": _odd_query,
            "jdbc": _jdbc,
        },
        ("userinfo", "query"),
    ),
    ("jwt", TOKEN_WORDS, FAR_TOKEN_WORDS, {"common": _common_jwt, "far": _far_jwt, "encrypted": _jwe}, ("common",)),
    (
        "private_key",
        KEY_WORDS,
        FAR_KEY_WORDS,
        {
            "common": _common_key,
            "far": _far_key,
            "escaped": _escaped_key,
            "indented": _indented_key,
            "cut": _cut_key,
            "one_line": _one_line_key,
        },
        ("common", "escaped"),
    ),
)

WEB: tuple[Maker, ...] = tuple(
    Maker(kind, name, "tune", words, make) if name in tuned else Maker(kind, name, "held_out", far_words, make)
    for kind, words, far_words, makers, tuned in _MADE
    for name, make in makers.items()
)
