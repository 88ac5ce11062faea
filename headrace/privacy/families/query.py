"""Tokens in the query of an address: there the name alone is enough."""

from __future__ import annotations

import re

from headrace.privacy.families.web import STAND_IN
from headrace.privacy.rule import Bounds, Rule, Seed

LONGEST_NAME = 41
"""Characters of a parameter's name with the mark before it."""
_NAME = re.compile(
    r"[?&;](?:[a-z0-9_.-]*(?:token|api_?-?key|apikey|secret|password|passwd|pwd|signature|auth|credential|session_?id"
    r"|access_?key|client_?key|private_?key|subscription-key|_key|-key)|sig|code|key|jwt|otp|hmac|sid|pass|pw)",
    re.IGNORECASE,
)
_in_address = re.compile(r"\S[?&;]").match


def query(match: re.Match[str]) -> Bounds | None:
    """The value behind the name of a secret, in an address's query."""
    text, end = match.string, match.start()
    start = max(text.rfind(mark, max(1, end - LONGEST_NAME), end) for mark in "?&;")
    if start < 1 or not _NAME.fullmatch(text, start, end) or STAND_IN.match(match["value"]):
        return None
    return match.span("value") if _in_address(text, start - 1) else None


URL_TOKEN = Rule(
    name="url_token",
    kind="url_credentials",
    trigger=Seed(r"=(?=[^\s\0&#;\"'<>`|)\]},=]{8})"),
    pattern=re.compile(r"=(?P<value>[^\s\0&#;\"'<>`|)\]},=]{8,2048}+={0,2})"),
    confirm=query,
    matches=("https://api.example.com/v1?page=2&otp=⟦a1B2c3D4e5F6g7H8⟧", "x?code=⟦0a1b2c3d4e5f⟧&x=1"),
    differs=("?page=2&q=tokens", "x?token=<token>", "x?key=${KEY_FILE}", "x?code=200"),
)

RULES = (URL_TOKEN,)
