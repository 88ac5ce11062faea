"""Credentials in addresses, JSON web tokens, private keys: found by the marks around them."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode

from headrace.privacy.rule import Bounds, Literal, Prefix, Rule

LONGEST_CREDENTIAL = 256
"""Characters of a user's name or a password in an address."""
LONGEST_KEY = 16_384
"""Characters of a private key: one of RSA with 8,192 bits has 6,400."""
LONGEST_TOKEN = 16_384
"""Characters of one part of a web token; most servers refuse headers of half of that."""
STAND_IN = re.compile(
    r"[<{\[]|\$[({]|(?:\$\w+|%\w+%?|\*+|%\(.{1,40}|x{3,}|\.{3,}|password|passwd|pass|pw|pwd|secret|token|your.{0,20}|user|username)\Z",
    re.IGNORECASE,
)
"""What documentation writes in the place of a password."""


def credentials(match: re.Match[str]) -> Bounds | None:
    """User and password before a host; of a user without password only what looks like a token."""
    password = match["password"]
    if password is None:
        user = match["user"]
        return match.span("user") if len(user) >= 16 and any(map(str.isdigit, user)) else None
    return None if STAND_IN.match(password) else (match.start("user"), match.end("password"))


def jwt(match: re.Match[str]) -> Bounds | None:
    """A token whose header is a JSON object that names its algorithm."""
    head = match["head"][: 4 * (len(match["head"]) // 4)]
    try:
        header = urlsafe_b64decode(head)
    except ValueError:
        return None
    return (
        match.span() if b'"alg"' in header or b'"typ"' in header or b'"enc"' in header or b'"kid"' in header else None
    )


URL_CREDENTIALS = Rule(
    name="url_credentials",
    kind="url_credentials",
    trigger=Literal("://"),
    pattern=re.compile(
        rf"://(?P<user>[^\s\0/?#@:\"'<>`|]{{0,{LONGEST_CREDENTIAL}}}+)"
        rf"(?::(?P<password>[^\s\0/?#@\"'<>`|]{{1,{LONGEST_CREDENTIAL}}}+(?:@[^\s\0/?#@:\"'<>`|]{{1,64}}+(?=@))?))?@(?=[\w\[])"
    ),
    confirm=credentials,
    matches=(
        *("postgres://⟦app:s3cr3tPw⟧@db.internal:5432/main", "redis://⟦:hunter2222⟧@10.0.0.5:6379/0"),
        "https://⟦0123456789abcdef0123456789abcdef01234567⟧@github.com/acme/app.git",
    ),
    differs=("https://example.org/a", "https://user:<password>@host/", "ssh://git@github.com/a", "https://u:${PW}@h/"),
)
JWT = Rule(
    name="jwt",
    kind="jwt",
    trigger=Prefix(("eyJ", "ewog", "eyAi")),
    pattern=re.compile(
        rf"(?<![A-Za-z0-9])(?P<head>e[yw][A-Za-z0-9_-]{{10,{LONGEST_TOKEN}}}+)=?"
        rf"\.[A-Za-z0-9_=-]{{0,{LONGEST_TOKEN}}}+(?:\.[A-Za-z0-9_=-]{{0,{LONGEST_TOKEN}}}+){{0,3}}"
    ),
    confirm=jwt,
    matches=(
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    ),
    differs=("eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"),
)
_GAP = r"(?:[\s\"'+,>|]|\\[nrt]){0,64}+"
_HEADERS = r"(?:(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):[^\n\\\0]{0,200}+(?:\n|\\n)[\s>|]{0,32}+){0,6}"
PRIVATE_KEY = Rule(
    name="private_key",
    kind="private_key",
    trigger=Literal("-----BEGIN"),
    pattern=re.compile(
        r"-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
        rf"{_GAP}{_HEADERS}(?:{_GAP}[A-Za-z0-9+/=]{{16,{LONGEST_KEY}}}+){{0,{LONGEST_KEY // 16}}}+"
        rf"(?:{_GAP}[A-Za-z0-9+/=]{{0,64}}+{_GAP}[A-Za-z0-9+/=]{{0,8}}+{_GAP}"
        r"-----END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
        rf"|(?:\r?\n|\\n)(?=[A-Za-z]{{0,15}}[0-9+/=])[A-Za-z0-9+/=]{{1,15}}+)?"
    ),
    matches=(
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xf\nabc=\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xf\\n-----END PRIVATE KEY-----",
    ),
    differs=(
        "-----BEGIN PUBLIC KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xf\n-----END PUBLIC KEY-----",
        "-----BEGIN X-----",
    ),
)

RULES = (PRIVATE_KEY, JWT, URL_CREDENTIALS)
