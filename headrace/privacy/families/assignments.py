"""Secrets without a format of their own: what is assigned to a name like `password`, or said to be one.

A generated value (letters and digits in turns) counts under any such name, a chosen one (`hunter2`) under names of
passwords only. What names a hash, a type, a path or a count, and what only holds a secret's place, stays.
"""

from __future__ import annotations

import re

from headrace.privacy.randomness import is_placeholder, looks_chosen, looks_random
from headrace.privacy.rule import Bounds

PASSWORDS = (
    "pass", "pwd", "contraseña", "contrasena", "mot de passe", "senha", "kennwort", "wachtwoord", "hasło", "parola",
    "lösenord", "пароль", "密码", "パスワード", "비밀번호",
)  # fmt: skip
"""Names of what a person may have chosen; `pass` begins or ends them in half of Europe."""
_PASS = re.compile(r"pass(?:w|phr|code|e\b|[_-]|[0-9]|\b)", re.IGNORECASE).match
"""Not passengers, passports and what has passed."""
TOKENS = ("secret", "token", "credential", "apikey", "bearer", "signature", "authorization")
KEY = ("key",)

_OTHER_THINGS = (
    "hash", "digest", "type", "count", "limit", "length", "url", "uri", "endpoint", "path", "file", "dir", "expir",
    "ttl", "age", "policy", "version", "field", "label", "hint", "reset", "changed", "updated", "created", "regex",
    "pattern",
    "rule", "format", "prompt", "input", "min", "max", "strength", "class", "provider", "index", "position", "usage",
    "izer", "ized", "ization", "tokens", "manager", "ring", "board", "word", "enabled", "required", "algorithm", "alg",
    "name", "_id", "id", "public", "error",
)  # fmt: skip
"""Parts of a name that make it another thing's: `password_hash`, `token_type`, `secret_name`, `tokenizer`."""
_OTHER_LEADS = (
    "public",
    "page",
    "next",
    "max_",
    "max",
    "num_",
    "total_",
    "cancel",
    "min_",
    "primary",
    "foreign",
    "cache",
    "hash",
    r"md5\(",
    r"sha[0-9]*\(",
    r"hash\(",
)
_KEY_LEADS = (
    "api", "access", "secret", "private", "ryption", "signing", "master", "auth", "account", "shared", "service",
    "license", "licence", "webhook", "deploy", "session", "admin", "root", "hmac", "jwt", "server", "write", "app",
    "client", "storage", "sas", "rsa", "aes", "bot", "live", "prod", "user",
)  # fmt: skip
"""What stands before `key` where it opens something."""
_HASHES = (
    "$2a$",
    "$2b$",
    "$2y$",
    "$argon2",
    "$6$",
    "$5$",
    "$1$",
    "{ssha",
    "sha256",
    "sha512",
    "sha1",
    "md5",
    "pbkdf2",
    "scrypt",
)
_MEMBER = re.compile(r"[A-Za-z_]\w*(?:(?:\.|->|::)[A-Za-z_]\w*)+")
_CALL = re.compile(r"[A-Za-z_][\w.]*[(\[]")
_SHORTEST_GENERATED = 12
"""Characters of a value that counts as generated: names of fewer look like it too often."""
_SHORTEST_ASSIGNED = 10
"""As that, where an equals sign or the like stands before it."""
_IN_GROUPS = re.compile(r"(?=[A-Z-]{0,40}[0-9])(?=[0-9-]{0,40}[A-Z])[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){2,7}").fullmatch
"""As keys are printed on paper: `KTQP-4821-MWZX-0937`."""
_LONGEST_LOOK = 128
"""Characters of a value that decide what it is."""
_SHORTEST_NUMBER = 6
_sign = re.compile(r"[^\w\-.:/,;()\[\]{}]").search
_digit = re.compile(r"[0-9]").search
_telling = re.compile(r"[0-9!@#$%^&*+=?~|]|-[^-]*-[^-]*-").search
"""What a chosen value has."""
_LATIN_NAME = r"[\w-]{0,40}+"
_NAME = rf"(?P<name>{_LATIN_NAME}(?: (?:key|token|code|phrase|secret))?)"
_QUOTE = r"(?:\\{0,2}[\"'`])"
_TYPE = r"(?::[ \t]?(?:&(?:'static )?)?(?:str|String|string|bytes|char\*?)(?:\[\])?[ \t]{0,4}=)"
"""A name's type on the way to its value: `KEY: &str = "…"`."""
_ASSIGNS = rf"(?:(?:{_QUOTE}|\*\*)?[\])]?[ \t]{{0,8}}(?:{_TYPE}|:=|=>|->|={{1,3}}|::?(?:\*\*)?|\|)"
_ASSIGNS += r"[ \t]{0,8}(?:\r?\n[ \t]{1,8})?"
_ASSIGNS += rf"|{_QUOTE}?,?\s{{1,16}}{_QUOTE}?value{_QUOTE}?[ \t]?[:=][ \t]{{0,4}})"
_SAYS = (
    r"(?:(?:(?: (?:for|of|on|at)(?: [\w.@'-]{1,30}){1,4})? (?:is|was|to|as|ist|lautet|est|es|é|è|wurde|jest))?"
    r"(?: (?:now|still|set to|just|really))?:? (?=\S))"
)
_HOLDS = (
    rf"(?:{_QUOTE}?[ \t]{{0,4}}[,(][ \t]{{0,4}}(?=\\{{0,2}}[\"'`])"
    rf"|{_QUOTE}[ \t]{{1,4}}value[ \t]{{0,2}}=[ \t]{{0,2}}(?=[\"'])|>(?!>))"
)
_VALUE = r"(?:(?P<quote>\\{0,2}[\"'`])(?P<quoted>[^\"'`\s\\\0]{6,512}+)|(?P<bare>[^\s\"'`<>,;\\\0]{6,256}+))"
ASSIGNMENT = re.compile(rf"{_NAME}(?:(?P<assigns>{_ASSIGNS})|(?P<holds>{_HOLDS})|(?P<says>{_SAYS})){_VALUE}")


def _secret(match: re.Match[str], chosen: bool) -> Bounds | None:
    name = match["name"].lower()
    bounds = _value(match)
    value = match.string[bounds[0] : min(bounds[1], bounds[0] + _LONGEST_LOOK)]
    if not _may_be_secret(value, chosen):
        return None
    if (
        _names_another_thing(match, name)
        or is_placeholder(value)
        or value.lower().startswith(_HASHES)
        or _is_code(match, value)
    ):
        return None
    generated = _is_generated(value, said=match["says"] is not None)
    if generated and not (match["says"] is not None and _is_path(value)):
        return bounds
    if _is_path(value):
        return None
    by_hand = chosen or "secret" in name
    if by_hand and (looks_chosen(value) or _is_number(value, chosen)):
        return bounds
    return bounds if (match["says"] is None or " is" in match["says"]) and _is_strong(value) else None


def _is_generated(value: str, said: bool) -> bool:
    if len(value) < (_SHORTEST_GENERATED if said else _SHORTEST_ASSIGNED):
        return False
    return looks_random(value) or _is_plain_hexadecimal(value) or _IN_GROUPS(value) is not None


def _may_be_secret(value: str, chosen: bool) -> bool:
    """The first and cheapest question: most of what follows such a name is a word."""
    if len(value) >= _SHORTEST_ASSIGNED and (_digit(value) or value.lower() != value != value.upper()):
        return True
    return (chosen or len(value) < _SHORTEST_GENERATED) and _telling(value) is not None


def _is_strong(value: str) -> bool:
    """Whether the value has all that forms ask of a password: such a token was chosen."""
    mixed = _sign(value) or (value.lower() != value != value.upper() and not value.isidentifier())
    return len(value) >= 7 and bool(mixed and _digit(value)) and looks_chosen(value)


def _names_another_thing(match: re.Match[str], name: str) -> bool:
    if _other_thing(match["name"], 1) or _derived(name):
        return True
    return _other_lead(match.string[max(0, match.start() - 8) : match.start()].lower()) is not None


_other_thing = re.compile(rf"(?:[\s_-]|(?<=[a-z0-9])(?=[A-Z]))(?i:{'|'.join(_OTHER_THINGS)})").search
_other_lead = re.compile(rf"(?:{'|'.join(lead.rstrip('_') for lead in _OTHER_LEADS)})[ _-]*\Z").search
_derived = re.compile(r"[a-z]+(?:izer|ized|ization|less|okens)|[a-z]*tokens\b").match


def _value(match: re.Match[str]) -> Bounds:
    """The value without the punctuation of the text behind it."""
    if match["quoted"] is not None:
        return match.span("quoted")
    start, end = match.span("bare")
    value = match["bare"]
    if match.string[max(0, match.start() - 1) : match.start()] in ("?", "&"):
        value = value.partition("&")[0]
    stripped = value.rstrip(".:)]}!?") if match["says"] is not None else value.rstrip(".:)]}")
    return start, start + (len(stripped) or end - start)


def _is_code(match: re.Match[str], value: str) -> bool:
    """Whether the value is an expression: a call, a member, a name that holds the secret."""
    if match["quoted"] is not None:
        return False
    if _CALL.match(value) or (_MEMBER.fullmatch(value) and not looks_random(value)):
        return True
    return value.isidentifier() and any(word in value.lower() for word in ("password", "secret", "token", "_key"))


def _is_plain_hexadecimal(value: str) -> bool:
    plain = value.replace("-", "")
    return len(plain) >= 24 and all(one in "0123456789abcdefABCDEF" for one in plain) and any(map(str.isdigit, plain))


def _is_number(value: str, chosen: bool) -> bool:
    return chosen and value.isascii() and value.isdigit() and len(value) >= _SHORTEST_NUMBER


def _is_path(value: str) -> bool:
    return "://" in value or value.startswith(("/", "./", "../", "~/", "C:")) or value.count("/") > 3


def password(match: re.Match[str]) -> Bounds | None:
    name = match["name"].lower()
    if name.startswith("pass") and (_PASS(name) is None or (name == "pass" and not _is_pass(match))):
        return None
    return _secret(match, chosen=True)


def _is_pass(match: re.Match[str]) -> bool:
    """Whether a bare `pass` is a name that something is assigned to, not the end of a Reisepass."""
    before = match.string[max(0, match.start() - 1) : match.start()]
    return before == "_" or (
        match["says"] is None and (not before.isalpha() or (before.islower() and match["name"][0] == "P"))
    )


def token(match: re.Match[str]) -> Bounds | None:
    return _secret(match, chosen=False)


def key(match: re.Match[str]) -> Bounds | None:
    """`key` counts where the word before it says what it opens."""
    before = match.string[max(0, match.start() - 8) : match.start()].lower().rstrip(" _-")
    return _secret(match, chosen=False) if before.endswith(_KEY_LEADS) else None
