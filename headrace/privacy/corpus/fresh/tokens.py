"""Secrets by assignment, and vendors' keys as their documentation shows them."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable

from headrace.privacy.corpus.dice import ALNUM, BASE64, BASE64URL, LOWER_ALNUM, LOWER_HEX, UPPER_ALNUM, Dice
from headrace.privacy.corpus.fresh.recipe import Recipe
from headrace.privacy.corpus.values.maker import VALUE_CLOSE, VALUE_OPEN

_PASSWORD = (
    "password",
    "DB_PASS",
    "db_password",
    "passphrase",
    "admin_password",
    "MYSQL_ROOT_PASSWORD",
    "userPassword",
)
_TOKEN = ("token", "ACCESS_TOKEN", "refresh_token", "authToken", "X-Auth-Token", "api-token", "SLACK_TOKEN")
_KEY = ("api_key", "apikey", "API-KEY", "x-api-key", "secretKey", "ENCRYPTION_KEY", "signing_secret", "client_secret")
_BARE = ("key", "token")


def _some(prefix: str, alphabet: str, count: int, after: str = "") -> Callable[[Dice], str]:
    return lambda dice: prefix + dice.mixed(alphabet, count) + after


def _phrase(dice: Dice) -> str:
    words = dice.pick(("Winter", "blue", "Tiger", "monkey", "Hunter", "Coffee", "Zebra", "sunset"))
    return f"{words}{dice.pick(('!', '@', '#', '_', ''))}{dice.whole(10, 2099)}{dice.pick(('!', '$', '', 'x'))}"


def _symbols(dice: Dice) -> str:
    return dice.mixed(ALNUM + "!@#$%^*-_+", dice.whole(10, 18))


def _uuid(dice: Dice) -> str:
    return str(uuid.UUID(bytes=dice.bytes(16), version=4))


def _wrapped(*parts: tuple[str, str, int]) -> Callable[[Dice], str]:
    return lambda dice: "".join(before + dice.mixed(alphabet, count) for before, alphabet, count in parts)


def _basic(dice: Dice) -> str:
    return f"Basic {VALUE_OPEN}{base64.b64encode(f'user:{dice.mixed(ALNUM, 14)}'.encode()).decode()}{VALUE_CLOSE}"


_VENDORS: tuple[tuple[str, Callable[[Dice], str]], ...] = (
    ("aws", _some("AKIA", UPPER_ALNUM.replace("0", "").replace("1", "").replace("8", "").replace("9", ""), 16)),
    ("github_classic", _some("ghp_", ALNUM, 36)),
    ("github_fine", _wrapped(("github_pat_", ALNUM, 22), ("_", ALNUM, 59))),
    ("gitlab", _some("glpat-", BASE64URL, 20)),
    ("slack_bot", _wrapped(("xoxb-", "0123456789", 12), ("-", "0123456789", 12), ("-", ALNUM, 24))),
    (
        "slack_hook",
        _wrapped(("https://hooks.slack.com/services/T", UPPER_ALNUM, 8), ("/B", UPPER_ALNUM, 8), ("/", ALNUM, 24)),
    ),
    ("stripe_live", _some("sk_live_", ALNUM, 24)),
    ("stripe_restricted", _some("rk_live_", ALNUM, 24)),
    ("openai_project", _wrapped(("sk-proj-", ALNUM, 74), ("T3BlbkFJ", ALNUM, 74))),
    ("openai_old", _wrapped(("sk-", ALNUM, 20), ("T3BlbkFJ", ALNUM, 20))),
    ("anthropic", _some("sk-ant-api03-", BASE64URL, 93, "AA")),
    ("google", _some("AIza", BASE64URL, 35)),
    ("google_oauth", _some("GOCSPX-", BASE64URL, 28)),
    ("google_refresh", _some("ya29.", BASE64URL, 60)),
    ("sendgrid", _wrapped(("SG.", BASE64URL, 22), (".", BASE64URL, 43))),
    ("mailgun", _some("key-", LOWER_HEX, 32)),
    ("twilio", _some("SK", LOWER_HEX, 32)),
    ("npm", _some("npm_", ALNUM, 36)),
    ("pypi", _some("pypi-AgEIcHlwaS5vcmc", BASE64URL, 80)),
    ("huggingface", _some("hf_", ALNUM, 34)),
    ("shopify", _some("shpat_", LOWER_HEX, 32)),
    ("square", _some("EAAAE", BASE64URL, 59)),
    ("digitalocean", _some("dop_v1_", LOWER_HEX, 64)),
    ("databricks", _some("dapi", LOWER_HEX, 32)),
    ("linear", _some("lin_api_", ALNUM, 40)),
    ("notion", _some("ntn_", ALNUM, 46)),
    ("telegram", _wrapped(("", "123456789", 10), (":AA", BASE64URL, 33))),
    ("discord", _wrapped(("M", ALNUM, 23), (".", ALNUM, 6), (".", BASE64URL, 27))),
    ("hashicorp", _some("hvs.", BASE64URL, 92)),
    ("terraform", _wrapped(("", ALNUM, 14), (".atlasv1.", BASE64URL, 64))),
    ("newrelic", _some("NRAK-", UPPER_ALNUM, 27)),
    ("grafana", _some("glsa_", ALNUM, 32, "_0a1b2c3d")),
    ("dynatrace", _wrapped(("dt0c01.", UPPER_ALNUM, 24), (".", UPPER_ALNUM, 64))),
    ("sentry", _some("sntrys_eyJ", BASE64, 80)),
    ("figma", _wrapped(("figd_", BASE64URL, 40))),
    ("postman", _wrapped(("PMAK-", LOWER_HEX, 24), ("-", LOWER_HEX, 34))),
    ("airtable", _wrapped(("pat", ALNUM, 14), (".", LOWER_HEX, 64))),
    ("atlassian", _some("ATATT3xFfGF0", BASE64URL, 180)),
    ("doppler", _some("dp.pt.", ALNUM, 43)),
    ("planetscale", _some("pscale_tkn_", ALNUM, 43)),
    ("replicate", _some("r8_", ALNUM, 37)),
    ("groq", _some("gsk_", ALNUM, 52)),
    ("perplexity", _some("pplx-", ALNUM, 48)),
    ("xai", _some("xai-", ALNUM, 80)),
    ("openrouter", _some("sk-or-v1-", LOWER_HEX, 64)),
    ("langsmith", _wrapped(("lsv2_pt_", LOWER_HEX, 32), ("_", LOWER_HEX, 10))),
    ("supabase", _some("sbp_", LOWER_HEX, 40)),
    ("vercel_blob", _wrapped(("vercel_blob_rw_", ALNUM, 16), ("_", ALNUM, 30))),
    ("netlify", _some("nfp_", ALNUM, 36)),
    ("fly", _some("FlyV1 fm2_", BASE64, 120)),
    ("docker", _some("dckr_pat_", BASE64URL, 27)),
    ("cloudflare", _some("v1.0-", LOWER_HEX, 24, "-" + "9f" * 73)),
    ("heroku", _some("HRKU-AA", BASE64URL, 58)),
    ("age", _some("AGE-SECRET-KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),
    ("braintree", _wrapped(("access_token$production$", LOWER_ALNUM, 16), ("$", LOWER_HEX, 32))),
    ("facebook", _some("EAACEdEose0cBA", ALNUM, 120)),
    ("mapbox", _wrapped(("sk.eyJ", ALNUM, 60), (".", BASE64URL, 22))),
    ("rubygems", _some("rubygems_", LOWER_HEX, 48)),
    ("pulumi", _some("pul-", LOWER_HEX, 40)),
    (
        "hubspot",
        _wrapped(
            ("pat-na1-", LOWER_HEX, 8),
            ("-", LOWER_HEX, 4),
            ("-", LOWER_HEX, 4),
            ("-", LOWER_HEX, 4),
            ("-", LOWER_HEX, 12),
        ),
    ),
)


TOKENS: dict[str, tuple[Recipe, ...]] = {
    "secret": (
        Recipe("phrase", _PASSWORD, _phrase, True),
        Recipe("symbols", _PASSWORD, _symbols, True),
        Recipe("hex", _KEY, lambda dice: dice.some(LOWER_HEX, dice.pick((32, 40, 64))), True),
        Recipe("alnum", _TOKEN, lambda dice: dice.mixed(ALNUM, dice.whole(20, 48)), True),
        Recipe("base64", _KEY, lambda dice: base64.b64encode(dice.bytes(32)).decode(), True),
        Recipe(
            "aws_secret",
            ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "secretAccessKey"),
            lambda dice: dice.mixed(BASE64, 40),
            True,
        ),
        Recipe("uuid", ("api_key", "API_KEY", "client_secret", "secret_key"), _uuid, True),
        Recipe("dashed", _KEY, lambda dice: dice.shaped("????-####-????-####"), True),
        Recipe("basic", ("Authorization", "authorization"), _basic, True),
        Recipe("short", _PASSWORD, lambda dice: dice.mixed(ALNUM + "!$#", 10), True),
    ),
    "vendor_key": tuple(Recipe(name, _BARE, make) for name, make in _VENDORS),
}
