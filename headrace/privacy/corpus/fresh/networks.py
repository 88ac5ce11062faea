"""Addresses of machines, and what opens them."""

from __future__ import annotations

import base64
import ipaddress
import json

from headrace.privacy.corpus.dice import ALNUM, BASE64, BASE64URL, LOWER_HEX, Dice
from headrace.privacy.corpus.fresh.recipe import Recipe
from headrace.privacy.corpus.values.maker import VALUE_CLOSE, VALUE_OPEN

_IP = ("ip", "IP address", "client_ip", "remote_addr", "host", "server", "X-Forwarded-For", "ip_address", "Adresse IP")
_MAC = ("MAC", "mac address", "ether", "hwaddr", "BSSID", "device mac")
_URL = ("url", "DATABASE_URL", "dsn", "connection string", "remote", "endpoint")
_KEY = ("key", "private key", "id_rsa")


def _four(dice: Dice) -> str:
    return f"{dice.pick((24, 34, 45, 52, 63, 81, 93, 104, 141, 185, 193, 203, 217))}." + ".".join(
        str(dice.whole(0, 255)) for _ in range(3)
    )


def _six(dice: Dice, zeros: int) -> ipaddress.IPv6Address:
    start = dice.pick((0x2001, 0x2400, 0x2606, 0x2A00, 0x2A03, 0xFD12))
    groups = [start, *(dice.whole(1, 0xFFFF) for _ in range(7))]
    groups[4 : 4 + zeros] = [0] * len(groups[4 : 4 + zeros])
    return ipaddress.IPv6Address(":".join(f"{group:x}" for group in groups))


def _part(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


def _jwt(dice: Dice, algorithm: str, claims: dict[str, object]) -> str:
    head = _part({"alg": algorithm, "typ": "JWT"})
    return f"{head}.{_part(claims | {'iat': dice.whole(10**9, 2 * 10**9)})}.{dice.some(BASE64URL, 43)}"


def _key_block(dice: Dice, kind: str, lines: int, end: str = "\n") -> str:
    body = end.join([*(dice.some(BASE64, 64) for _ in range(lines)), dice.some(BASE64, 22) + "=="])
    return f"-----BEGIN {kind}-----{end}{VALUE_OPEN}{body}{VALUE_CLOSE}{end}-----END {kind}-----"


def _login(dice: Dice, form: str) -> str:
    return form.format(
        u=dice.pick(("admin", "app_user", "root", "svc-ci")),
        p=f"{VALUE_OPEN}{dice.mixed(ALNUM + '!$*_', dice.whole(8, 20))}{VALUE_CLOSE}",
        h=dice.pick(("db.internal", "10.0.0.5", "cluster0.ab1cd.mongodb.net", "git.corp.example")),
    )


NETWORKS: dict[str, tuple[Recipe, ...]] = {
    "ipv4": (
        Recipe("plain", _IP, _four),
        Recipe("port", _IP, lambda dice: f"{VALUE_OPEN}{_four(dice)}{VALUE_CLOSE}:{dice.whole(80, 65000)}"),
        Recipe("cidr", _IP, lambda dice: f"{VALUE_OPEN}{_four(dice)}{VALUE_CLOSE}/{dice.whole(8, 32)}"),
        Recipe(
            "url", _IP, lambda dice: f"http://{VALUE_OPEN}{_four(dice)}{VALUE_CLOSE}/{dice.pick(('login', 'a/b', ''))}"
        ),
        Recipe(
            "private",
            _IP,
            lambda dice: f"{dice.pick(('10.4', '192.168', '172.16'))}.{dice.whole(0, 255)}.{dice.whole(1, 254)}",
        ),
        Recipe("bracketed", _IP, lambda dice: f"[{VALUE_OPEN}{_four(dice)}{VALUE_CLOSE}]"),
        Recipe("ssh", _IP, lambda dice: f"root@{VALUE_OPEN}{_four(dice)}{VALUE_CLOSE}"),
        Recipe("arrow", _IP, lambda dice: f"{VALUE_OPEN}{_four(dice)}{VALUE_CLOSE}->gateway"),
    ),
    "ipv6": (
        Recipe("full", _IP, lambda dice: _six(dice, 0).exploded),
        Recipe("compressed", _IP, lambda dice: _six(dice, 3).compressed),
        Recipe("upper", _IP, lambda dice: _six(dice, 2).compressed.upper()),
        Recipe(
            "bracket_port",
            _IP,
            lambda dice: f"[{VALUE_OPEN}{_six(dice, 2).compressed}{VALUE_CLOSE}]:{dice.whole(80, 9000)}",
        ),
        Recipe("mapped", _IP, lambda dice: f"::ffff:{_four(dice)}"),
        Recipe(
            "zone",
            _IP,
            lambda dice: f"{VALUE_OPEN}fe80::{dice.some(LOWER_HEX, 4)}:{dice.whole(1000, 9999)}{VALUE_CLOSE}%en0",
        ),
        Recipe("prefix", _IP, lambda dice: f"{VALUE_OPEN}2001:db8:{dice.whole(1, 999)}::{VALUE_CLOSE}/48"),
        Recipe("ending", _IP, lambda dice: f"2a02:{dice.whole(100, 999)}:{dice.some(LOWER_HEX, 4)}::"),
        Recipe("url", _IP, lambda dice: f"https://[{VALUE_OPEN}{_six(dice, 3).compressed}{VALUE_CLOSE}]/x"),
        Recipe("short", _IP, lambda dice: f"2606:4700::{dice.whole(1000, 9999)}"),
    ),
    "mac": (
        Recipe("colons", _MAC, lambda dice: ":".join(dice.some(LOWER_HEX, 2) for _ in range(6))),
        Recipe("dashes", _MAC, lambda dice: "-".join(dice.some(LOWER_HEX, 2) for _ in range(6)).upper()),
        Recipe("upper", _MAC, lambda dice: ":".join(dice.some(LOWER_HEX, 2) for _ in range(6)).upper()),
        Recipe("cisco", _MAC, lambda dice: ".".join(dice.some(LOWER_HEX, 4) for _ in range(3))),
    ),
    "url_credentials": (
        Recipe("postgres", _URL, lambda dice: _login(dice, "postgres://{u}:{p}@{h}:5432/app")),
        Recipe("https", _URL, lambda dice: _login(dice, "https://{u}:{p}@{h}/repo.git")),
        Recipe("mongo", _URL, lambda dice: _login(dice, "mongodb+srv://{u}:{p}@{h}/?retryWrites=true")),
        Recipe("redis", _URL, lambda dice: _login(dice, "redis://:{p}@{h}:6379/0")),
        Recipe("amqp", _URL, lambda dice: _login(dice, "amqps://{u}:{p}@{h}/vhost")),
        Recipe("ftp", _URL, lambda dice: _login(dice, "ftp://{u}:{p}@{h}")),
        Recipe("jdbc", _URL, lambda dice: _login(dice, "jdbc:postgresql://{u}:{p}@{h}:5432/x")),
        Recipe("smtp", _URL, lambda dice: _login(dice, "smtp+ssl://{u}:{p}@{h}:465")),
    ),
    "jwt": (
        Recipe("plain", ("token", "Authorization: Bearer", "id_token"), lambda dice: _jwt(dice, "HS256", {"sub": "1"})),
        Recipe(
            "claims", ("jwt", "access_token"), lambda dice: _jwt(dice, "RS256", {"aud": "x", "scope": "read write"})
        ),
        Recipe(
            "cookie",
            ("cookie", "session"),
            lambda dice: f"session={VALUE_OPEN}{_jwt(dice, 'ES256', {'user': 'ada'})}{VALUE_CLOSE}",
        ),
        Recipe(
            "query",
            ("link", "url"),
            lambda dice: f"https://x.example/?t={VALUE_OPEN}{_jwt(dice, 'HS512', {'exp': 1})}{VALUE_CLOSE}",
        ),
    ),
    "private_key": (
        Recipe("rsa", _KEY, lambda dice: _key_block(dice, "RSA PRIVATE KEY", 6)),
        Recipe("pkcs8", _KEY, lambda dice: _key_block(dice, "PRIVATE KEY", 4)),
        Recipe("openssh", _KEY, lambda dice: _key_block(dice, "OPENSSH PRIVATE KEY", 5)),
        Recipe("escaped", _KEY, lambda dice: _key_block(dice, "EC PRIVATE KEY", 2, "\\n")),
        Recipe("encrypted", _KEY, lambda dice: _key_block(dice, "ENCRYPTED PRIVATE KEY", 5, "\r\n")),
        Recipe("pgp", _KEY, lambda dice: _key_block(dice, "PGP PRIVATE KEY BLOCK", 5)),
    ),
}
