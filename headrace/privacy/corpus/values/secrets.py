"""Secrets without a format: passwords, random strings, what an assignment gives away."""

from __future__ import annotations

import base64
import uuid

from headrace.privacy.corpus.dice import ALNUM, BASE64, BASE64URL, LOWER_ALNUM, LOWER_HEX, Dice
from headrace.privacy.corpus.values.maker import Maker

SECRET_WORDS = ("password", "api_key", "secret", "token", "client_secret", "DB_PASSWORD", "auth_token")
FAR_SECRET_WORDS = (
    "passwd",
    "pwd",
    "apiKey",
    "SECRET_KEY",
    "private_token",
    "consumerSecret",
    "JWT_SECRET",
    "encryption_key",
    "signingKey",
    "aws_secret_access_key",
    "access-key",
    "Passwort",
    "contraseña",
    "mot_de_passe",
    "DJANGO_SECRET_KEY",
    "bearer_token",
    "webhookSecret",
    "REDIS_PASS",
    "master_key",
    "credential",
)
_WORDS = ("Sommer", "dragon", "Blue", "Monkey", "pizza", "Falcon", "river", "Tr0ub4dor", "Passw0rd", "qwerty")


def _human(dice: Dice) -> str:
    return f"{dice.pick(_WORDS)}{dice.digits(dice.whole(2, 4))}{dice.pick('!#@$?*&%')}"


def _far_human(dice: Dice) -> str:
    first, second = dice.pick(_WORDS), dice.pick(_WORDS)
    return dice.pick(
        (f"{first}-{second}-{dice.digits(3)}", f"{first}.{second}#{dice.digits(2)}", f"{dice.some(ALNUM, 9)}^&")
    )


def _long(dice: Dice) -> str:
    return dice.mixed(dice.pick((ALNUM, BASE64URL, LOWER_ALNUM)), dice.pick((20, 24, 32, 40)))


def _padded(dice: Dice) -> str:
    return base64.b64encode(dice.bytes(dice.pick((20, 32, 50)))).decode()


def _encoded(dice: Dice) -> str:
    return dice.pick((base64.b64encode(dice.bytes(24)).decode(), dice.bytes(16).hex(), dice.bytes(32).hex()))


def _hex(dice: Dice) -> str:
    return dice.mixed(LOWER_HEX, dice.pick((32, 40, 64)))


SECRETS: tuple[Maker, ...] = (
    Maker("secret", "human", "tune", SECRET_WORDS, _human, True),
    Maker("secret", "long", "tune", SECRET_WORDS, _long, True),
    Maker("secret", "encoded", "tune", SECRET_WORDS, _encoded, True),
    Maker("secret", "far_human", "held_out", FAR_SECRET_WORDS, _far_human, True),
    Maker("secret", "far_long", "held_out", FAR_SECRET_WORDS, _long, True),
    Maker("secret", "padded", "held_out", FAR_SECRET_WORDS, _padded, True),
    Maker("secret", "hex", "held_out", FAR_SECRET_WORDS, _hex, True),
    Maker(
        "secret",
        "uuid",
        "held_out",
        ("api_key", "client_secret", "apiKey", "auth_token"),
        lambda dice: str(uuid.UUID(bytes=dice.bytes(16), version=4)),
        True,
    ),
    Maker(
        "secret",
        "aws_pair",
        "held_out",
        ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "secretAccessKey"),
        lambda dice: dice.mixed(BASE64, 40),
        True,
    ),
)
