"""API keys and tokens of vendors: by their prefix, by their shape, or by the vendor's name nearby."""

from __future__ import annotations

import re

from headrace.privacy.families.vendor_table import VENDORS, Vendor
from headrace.privacy.randomness import is_placeholder, looks_random
from headrace.privacy.rule import Bounds, Confirm, Keyword, Literal, Prefix, Rule, Trigger, code, digits, whole

_FILLER = "7f3A9c1E-5d0B8a4C2e6F_"
"""What examples are made of: every alphabet has some of it."""
_FEWEST_DIFFERENT = 6
"""Characters: a tail of fewer is a row of one letter that shows where a key goes."""


_AWS_TAIL = 16
"""Characters behind `AKIA`, of letters and six digits."""
LONGEST_LOOK = 160
"""Characters of a tail that decide; what goes on behind them belongs to the key too."""
_digit = re.compile("[0-9]").search


def _real(tail: str) -> bool:
    """Whether a generator made it: with a digit, or (one of thirty has none) without any word in it."""
    if len(set(tail)) < _FEWEST_DIFFERENT or is_placeholder(tail):
        return False
    return _digit(tail) is not None or (len(tail) == _AWS_TAIL and tail.isupper()) or looks_random(tail)


def _tail(alphabet: str, most: int) -> Confirm:
    rest = re.compile(f"[{alphabet}]*+")

    def confirm(match: re.Match[str]) -> Bounds | None:
        if not _real(match["tail"]):
            return None
        going_on = None if most else rest.match(match.string, match.end())
        return match.start(), going_on.end() if going_on else match.end()

    return confirm


def _rule(vendor: Vendor) -> Rule:
    prefixes = tuple(vendor.prefixes.split())
    heads = "|".join(map(re.escape, sorted(prefixes, key=len, reverse=True)))
    most = vendor.most or max(LONGEST_LOOK, vendor.least)
    end = r"(?![A-Za-z0-9])" if vendor.most else ""
    pattern = rf"(?<![A-Za-z0-9])(?:{heads})(?P<tail>[{vendor.alphabet}]{{{vendor.least},{most}}}+){end}"
    return Rule(
        f"vendor_{vendor.name}",
        "api_key",
        Prefix(prefixes),
        re.compile(pattern),
        _tail(vendor.alphabet, vendor.most),
        matches=tuple(prefix + _example(vendor) for prefix in prefixes),
        differs=tuple(prefix + "x" * vendor.least for prefix in prefixes),
    )


def _example(vendor: Vendor) -> str:
    usable = "".join(re.findall(f"[{vendor.alphabet}]", _FILLER))
    return (usable * vendor.least)[: vendor.least - 1] + "7"


def _shaped(
    name: str, trigger: Trigger, pattern: str, match: str, *differs: str, lead: int = 0, confirm: Confirm | None = None
) -> Rule:
    """A key by its whole shape; it begins `lead` characters before the trigger's place."""
    confirm = confirm or (_begun_before(lead) if lead else _random_enough)
    return Rule(f"vendor_{name}", "api_key", trigger, re.compile(pattern), confirm, (), (), (match,), differs)


def _random_enough(match: re.Match[str]) -> Bounds | None:
    bounds = match.span("value") if "value" in match.re.groupindex else match.span()
    return bounds if _real(match.string[slice(*bounds)]) else None


def _begun_before(lead: int) -> Confirm:
    """Refuses a match before which other characters than a key's stand."""

    def confirm(match: re.Match[str]) -> Bounds | None:
        start = match.start() - lead
        if start < 0 or not _KEY_CHARACTERS(match.string, start, match.start()):
            return None
        return start, match.end()

    return confirm


def _webhook(match: re.Match[str]) -> Bounds | None:
    """The whole address: whoever has it may post."""
    scheme = match.string.startswith("https://", match.start() - 8) if match.start() >= 8 else False
    return match.start() - 8 * scheme, match.end()


def _somebodys(match: re.Match[str]) -> Bounds | None:
    """A key of a vendor that nobody listed: `acme_pat_…` with a generated tail; its name is read backwards."""
    text, start = match.string, match.start()
    while start > max(0, match.start() - _LONGEST_NAME) and text[start - 1].isascii() and text[start - 1].isalnum():
        start -= 1
    tail = match["tail"]
    if start == match.start() or not _real(tail) or not looks_random(tail) or _HEXADECIMAL(tail):
        return None
    return start, match.end()


_LONGEST_NAME = 14
_HEXADECIMAL = re.compile(r"[0-9a-f]+").fullmatch
_KEY_CHARACTERS = re.compile(r"[A-Za-z0-9_~.]+").fullmatch


def _named(vendor: str, words: tuple[str, ...], alphabet: str, *lengths: int) -> Rule:
    """A key without a prefix, which only the vendor's name nearby gives away."""
    sizes = "|".join(f"[{alphabet}]{{{length}}}" for length in lengths)
    example = (_HEX_EXAMPLE * 4)[: lengths[0]]
    if alphabet == _UPPER:
        example = example.upper()
    return Rule(
        f"vendor_{vendor}",
        "api_key",
        code(*lengths),
        re.compile(rf"(?<![A-Za-z0-9_-])(?:{sizes})(?![A-Za-z0-9_-])"),
        _random_enough,
        words,
        _HASH_WORDS,
        (f"{words[0]} key ⟦{example}⟧",),
        (f"the commit {example}", f"{words[0]} {'0' * lengths[0]}"),
    )


_HEX_EXAMPLE = "7f3a9c1e5d0b8a4c2e6f"
_HASH_WORDS = (
    "commit", "sha1", "sha256", "sha-256", "sha512", "md5", "digest", "checksum", "etag", "integrity", "hash",
    "fingerprint", "trace", "revision", "image", "blob", "tree", "uuid", "version", "public",
)  # fmt: skip
_HEX = "0-9a-f"
_UPPER = "0-9A-Z"
_ALNUM = "A-Za-z0-9"

_SHAPED = (
    _shaped(
        "telegram_bot",
        digits(8, 9, 10),
        r"(?<![A-Za-z0-9])[0-9]{8,10}:AA[A-Za-z0-9_-]{32,34}(?![A-Za-z0-9_-])",
        "123456789:AA" + "Hf3k9Qz1" * 4 + "x",
        "123456789:AAshort",
    ),
    _shaped(
        "discord_bot",
        Prefix(("MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT")),
        r"(?<![A-Za-z0-9])[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])",
        "MTIzNDU2Nzg5MDEyMzQ1Njc4" + ".GaB3cD." + "h7Jk2Lm9" * 4,
        "MTIzNDU2Nzg5MDEyMzQ1Njc4",
    ),
    _shaped(
        "slack_webhook",
        Literal("hooks.slack.com/"),
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9][A-Za-z0-9_/-]{28,256}+",
        "https://hooks.slack.com/services/T00AB12CD/B00EF34GH/q7Rk29zLmX04bTfw81Yc",
        "https://hooks.slack.com/services/",
        confirm=_webhook,
    ),
    _shaped(
        "discord_webhook",
        Literal("discord"),
        r"discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{15,22}/[A-Za-z0-9_-]{40,256}+",
        "https://discord.com/api/webhooks/123456789012345678/" + "q7Rk29zL" * 8,
        "https://discord.com/api/webhooks/12",
        confirm=_webhook,
    ),
    _shaped(
        "zapier_webhook",
        Literal("hooks.zapier.com/"),
        r"hooks\.zapier\.com/hooks/(?:catch|standard)/[0-9]{4,10}/[A-Za-z0-9_-]{5,32}+/?",
        "https://hooks.zapier.com/hooks/catch/1234567/b0a1c2d/",
        "https://hooks.zapier.com/hooks/catch/",
        confirm=_webhook,
    ),
    _shaped(
        "fcm_server",
        Literal(":APA91b"),
        r"(?<=[A-Za-z0-9_-]{11}):APA91b[A-Za-z0-9_-]{60,256}+",
        "AAAAq7Rk29z:APA91b" + "q7Rk29zLmX04bTfw" * 8,
        "x:APA91b",
        lead=11,
    ),
    _shaped(
        "azure_storage",
        Keyword(("accountkey=",)),
        r"(?i:accountkey=)(?P<value>[A-Za-z0-9+/]{86}==)",
        "AccountKey=⟦" + "q7Rk29zLmX04bT+w" * 5 + "q7Rk29==⟧",
        "AccountKey=abc==",
        confirm=whole,
    ),
    _shaped(
        "azure_devops",
        code(84),
        r"(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])",
        "q7Rk29zLmX04bTfw" * 4 + "q7Rk29zLmX04" + "AZDO" + "1x9Q",
    ),
    _shaped(
        "yandex_iam",
        Literal("t1."),
        r"(?<![A-Za-z0-9])t1\.[A-Za-z0-9_-]{8,256}+={0,2}\.[A-Za-z0-9_-]{60,100}+={0,2}",
        "t1.9euelZqq7Rk29zLmX04b." + "q7Rk29zLmX04bTfw" * 5,
        "t1.micro",
    ),
    _shaped(
        "mailgun_signing",
        code(32),
        r"(?<![A-Za-z0-9])[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![A-Za-z0-9-])",
        "7f3a9c1e5d0b8a4c2e6f7f3a9c1e5d0b-7f3a9c1e-5d0b8a4c",
    ),
    _shaped(
        "somebodys",
        Prefix(("_pat_", "_live_", "_secret_", "_sk_", "_key_", "_token_", "_api_", "-pat-", "-sk-", "-api-")),
        r"[_-](?:pat|live|secret|sk|key|token|api)[_-](?P<tail>[A-Za-z0-9]{24,160}+)(?![_-])",
        "acme_pat_q7Rk29zLmX04bTfwq7Rk29zLmX",
        "my_secret_manager_of_everything_here",
        "sha_key_7f3a9c1e5d0b8a4c2e6f7f3a9c1e5d0b",
        confirm=_somebodys,
    ),
    _shaped(
        "azure_client_secret",
        Prefix(("7Q~", "8Q~", "9Q~")),
        r"(?<=[A-Za-z0-9_~.]{3})[789]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~-])",
        "abC" + "8Q~" + "q7Rk29zLmX04bTfw" * 2,
        "8Q~short",
        lead=3,
    ),
    _shaped(
        "terraform_cloud",
        Prefix((".atlasv1.",)),
        r"(?<=[A-Za-z0-9]{14})\.atlasv1\.[A-Za-z0-9_=-]{60,70}(?![A-Za-z0-9_-])",
        "a1B2c3D4e5F6g7" + ".atlasv1." + "q7Rk29zLmX04bTfw" * 4,
        ".atlasv1.",
        lead=14,
    ),
    _shaped(
        "mailchimp",
        code(32),
        r"(?<![A-Za-z0-9])[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9_-])",
        "7f3a9c1e5d0b8a4c2e6f7f3a9c1e5d0b-us14",
        "7f3a9c1e5d0b8a4c2e6f7f3a9c1e5d0b",
    ),
    _shaped(
        "rapidapi",
        code(50),
        r"(?<![A-Za-z0-9])[a-z0-9]{10}msh[a-z0-9]{15}p[a-z0-9]{6}jsn[a-z0-9]{12}(?![A-Za-z0-9])",
        "7f3a9c1e5dmsh0b8a4c2e6f7f3a9p1e5d0bjsn8a4c2e6f7f3a",
    ),
    _shaped(
        "asana",
        Prefix(("0/", "1/", "2/")),
        r"(?<![A-Za-z0-9/])[012]/[0-9]{14,18}(?:/[0-9]{14,18})?:[0-9a-f]{32}(?![A-Za-z0-9])",
        "1/1201234567890123:7f3a9c1e5d0b8a4c2e6f7f3a9c1e5d0b",
    ),
    _shaped(
        "salesforce",
        Prefix(("00D",)),
        r"(?<![A-Za-z0-9])00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{60,256}+",
        "00D5g000004abcDEAQ" + "!" + "AQ8q7Rk29zLmX04b." * 5,
    ),
    _shaped(
        "harness",
        Prefix(("pat.", "sat.")),
        r"(?<![A-Za-z0-9])[ps]at\.[A-Za-z0-9_-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}(?![A-Za-z0-9])",
        "pat." + "q7Rk29zLmX04bTfw81YcAB" + ".7f3a9c1e5d0b8a4c2e6f7f3a." + "q7Rk29zLmX04bTfw81Yc",
    ),
)
_NAMED = (
    _named("datadog", ("datadog", "dd_api", "dd-api", "dd_app"), _HEX, 32, 40),
    _named("linode", ("linode",), _HEX, 64),
    _named("cloudflare_named", ("cloudflare",), "A-Za-z0-9", 37, 40),
    _named("algolia", ("algolia",), _HEX, 32),
    _named("fastly", ("fastly",), _ALNUM, 32),
    _named("openweather", ("openweather",), _HEX, 32),
    _named("deepgram", ("deepgram",), _HEX, 40),
    _named("assemblyai", ("assemblyai", "assembly ai"), _HEX, 32),
    _named("cohere", ("cohere",), _ALNUM, 40),
    _named("mistral", ("mistral",), _ALNUM, 32),
    _named("wandb_named", ("wandb", "weights & biases"), _HEX, 40),
    _named("binance", ("binance",), _ALNUM, 64),
    _named("etherscan", ("etherscan",), _UPPER, 34),
    _named("infura", ("infura",), _HEX, 32),
    _named("alchemy", ("alchemy",), "A-Za-z0-9_-", 32),
    _named("bitly", ("bitly", "bit.ly"), _HEX, 40),
    _named("newsapi", ("newsapi", "news api"), _HEX, 32),
    _named("serpapi", ("serpapi",), _HEX, 64),
    _named("mixpanel", ("mixpanel",), _HEX, 32),
    _named("amplitude", ("amplitude",), _HEX, 32),
    _named("rollbar", ("rollbar",), _HEX, 32),
    _named("pagerduty", ("pagerduty",), "A-Za-z0-9+_-", 20),
    _named("messagebird", ("messagebird",), _ALNUM, 25),
    _named("plivo", ("plivo",), _ALNUM, 40),
    _named("twilio_token", ("twilio",), _HEX, 32),
    _named("travis", ("travis",), _ALNUM, 22),
    _named("ipstack", ("ipstack", "apilayer"), _HEX, 32),
    _named("azure_named", ("azure", "cognitive", "ocp-apim"), _HEX, 32),
)

RULES: tuple[Rule, ...] = (*map(_rule, VENDORS), *_SHAPED, *_NAMED)
