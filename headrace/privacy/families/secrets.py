"""Secrets without a format of their own: assigned to a name like `password`, or where a protocol puts them."""

from __future__ import annotations

import base64
import binascii
import re

from headrace.privacy.families.assignments import ASSIGNMENT, KEY, PASSWORDS, TOKENS, key, password, token
from headrace.privacy.randomness import is_placeholder, looks_random
from headrace.privacy.rule import Bounds, Keyword, Literal, Rule


def _basic(match: re.Match[str]) -> Bounds | None:
    """Credentials of HTTP's basic scheme: base64 of `name:password` (RFC 7617)."""
    try:
        decoded = base64.b64decode(match["value"], validate=True)
    except (ValueError, binascii.Error):
        return None
    return match.span("value") if b":" in decoded and decoded.isascii() else None


def _generated(match: re.Match[str]) -> Bounds | None:
    value = match["value"]
    generated = looks_random(value) or (any(map(str.isdigit, value)) and value.lower() != value)
    return match.span("value") if generated and not is_placeholder(value) else None


def _shown(match: re.Match[str]) -> Bounds | None:
    return match.span("value") if not is_placeholder(match["value"]) else None


RULES: tuple[Rule, ...] = (
    Rule(
        "secret_bearer",
        "secret",
        Keyword(("bearer",)),
        re.compile(r"bearer[ \t:]{1,3}[\"'`]?(?P<value>[A-Za-z0-9._~+/=-]{12,1024}+)", re.IGNORECASE),
        _generated,
        matches=("Authorization: Bearer ⟦q7Rk29zLmX04bTfw⟧", "'bearer ⟦mF_9.B5f-4.1JqM⟧'"),
        differs=("Authorization: Bearer <token>", "bearer authentication-scheme", "Bearer xxxxxxxxxxxxxxxx"),
    ),
    Rule(
        "secret_basic",
        "secret",
        Keyword(("basic",)),
        re.compile(r"basic[ \t]{1,3}(?P<value>[A-Za-z0-9+/]{8,512}+={0,2})", re.IGNORECASE),
        _basic,
        matches=("Authorization: Basic ⟦QWxhZGRpbjpvcGVuIHNlc2FtZQ==⟧",),
        differs=("a basic understanding", "Basic subscription"),
    ),
    Rule(
        "secret_password",
        "secret",
        Keyword(PASSWORDS),
        ASSIGNMENT,
        password,
        matches=(
            "password=⟦hunter2⟧",
            "DB_PASSWORD=⟦Tr0ub4dor&3⟧",
            '{"password": "⟦S3cr3t!pw⟧"}',
            "my password is ⟦hunter2⟧.",
            "--password ⟦hunter2x⟧",
            "<password>⟦hunter2⟧</password>",
            "passwd: ⟦correct-horse-battery-staple⟧",
            'setPassword("⟦hunter2⟧")',
            '{\\"password\\":\\"⟦hunter2⟧\\"}',
            "Server=db;Pwd=⟦Blue42!x⟧;Port=1",
            "Passwort: ⟦Sommer2024!⟧",
            "https://x.org/?password=⟦hunter2⟧&n=1",
            "密码：⟦hunter2x⟧".replace("：", ": "),
            "MYSQL_PASS=⟦monkey77⟧",
            '"pass": "⟦Winter2023⟧"',
            "the password for the staging box is ⟦hunter2⟧",
            "- name: DB_PASSWORD\n  value: ⟦hunter2⟧",
        ),
        differs=(
            "password = os.environ['DB_PASSWORD']",
            "password: str",
            "password=self.password",
            "the password is required",
            "password: <your password>",
            "password: ${DB_PASSWORD}",
            "password=xxxxxxxx",
            "password: changeme",
            "password_hash: $2b$12$C6UzMDM.H6dfI/f/IKcEeO",
            "password = getpass()",
            "password reset link: https://x.org/reset1",
            "passwordless login v2",
            "password = None",
            "pass python3 on",
            "passenger: A1234567",
            "md5(password)=5f4dcc3b5aa765d61d8327deb882cf99",
        ),
    ),
    Rule(
        "secret_token",
        "secret",
        Keyword(TOKENS),
        ASSIGNMENT,
        token,
        matches=(
            "secret: ⟦q7Rk29zLmX04bTfw⟧",
            'client_secret = "⟦q7Rk29zLmX04bTfw⟧"',
            "access_token=⟦7f3a9c1e5d0b8a4c2e6f7f3a9c1e5d0b⟧",
            "--token ⟦q7Rk29zLmX04bTfw⟧",
            "//registry.npmjs.org/:_authToken=⟦q7Rk29zLmX04bTfw⟧",
            "APP_SECRET='⟦my$ecret42⟧'",
            "use token ⟦q7Rk29zLmX04bTfw⟧ for now",
            "aws_secret_access_key = ⟦wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY⟧",
            "  token:\n    ⟦q7Rk29zLmX04bTfw⟧",
        ),
        differs=(
            "max_tokens: 4096",
            "token_type: bearer",
            "tokenizer = AutoTokenizer.from_pretrained('bert-base-v2')",
            "next_page_token: CAUQAA2x9k3Lm4Qz",
            "secretName: my-tls-secret-2024",
            "token: ${{ secrets.GITHUB_TOKEN }}",
            "the token is expired",
            "token = request.headers['X-Token']",
            "token_hash: 7f3a9c1e5d0b8a4c2e6f7f3a9c1e5d0b",
        ),
    ),
    Rule(
        "secret_key",
        "secret",
        Keyword(KEY),
        ASSIGNMENT,
        key,
        matches=(
            "api_key=⟦q7Rk29zLmX04bTfw⟧",
            "apiKey: '⟦q7Rk29zLmX04bTfw⟧'",
            "X-Api-Key: ⟦q7Rk29zLmX04bTfw⟧",
            "my api key is ⟦q7Rk29zLmX04bTfw⟧",
            "AccountKey=⟦q7Rk29zLmX04bTfwq7Rk29zLmX04bTfw==⟧",
            "SECRET_KEY_BASE=⟦7f3a9c1e5d0b8a4c2e6f7f3a9c1e5d0b⟧",
            "encryption_key: ⟦q7Rk29zLmX04bTfw⟧",
        ),
        differs=(
            "primary_key: user_id_2024_a1b2",
            "public_key = q7Rk29zLmX04bTfw",
            "key: q7Rk29zLmX04bTfw",
            "api_key = os.getenv('API_KEY')",
            "api_key: YOUR_API_KEY_HERE",
            "cache_key=user:1234:profile:v2",
            "keyboard: logitech-mx3",
        ),
    ),
    Rule(
        "secret_user_option",
        "secret",
        Literal(" -u "),
        re.compile(r" -u [\"']?[^\s:\"'\0]{1,64}:(?P<value>[^\s\"'\0]{4,128}+)"),
        _shown,
        matches=("curl -u ada:⟦hunter2⟧ https://x.org",),
        differs=("curl -u ada:$PASSWORD https://x.org", "run -u root"),
    ),
    Rule(
        "secret_signed_url",
        "secret",
        Literal("sig="),
        re.compile(r"sig=(?P<value>[A-Za-z0-9%+/]{40,200}+(?:=|%3[Dd])?)"),
        _generated,
        matches=("?sv=2020&sig=⟦" + "q7Rk29zLmX04" * 4 + "%3D⟧&se=1",),
        differs=("sig=none",),
    ),
    Rule(
        "secret_identified_by",
        "secret",
        Keyword(("identified by",)),
        re.compile(r"identified by [\"'](?P<value>[^\"'\s\0]{4,128}+)", re.IGNORECASE),
        _shown,
        matches=("CREATE USER ada IDENTIFIED BY '⟦hunter2⟧'",),
        differs=("a row identified by id",),
    ),
    Rule(
        "secret_pin",
        "secret",
        Keyword(("pin", "cvv", "cvc")),
        re.compile(
            r"(?<![A-Za-z])(?:pin(?: code| number)?|cvv2?|cvc2?)(?: is|:| =|=)[ \t]?(?P<value>[0-9]{3,8})"
            r"(?![0-9A-Za-z.,-])",
            re.IGNORECASE,
        ),
        matches=("my PIN is ⟦4821⟧ ok", "cvv: ⟦123⟧ ok"),
        differs=("pin 4821", "shipping: 4821", "pin: 13.5"),
    ),
)
