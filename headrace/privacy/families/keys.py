"""Keys that vendors give out, by their prefixes."""

from __future__ import annotations

import re

from headrace.privacy.rule import Prefix, Rule

API_KEY = Rule(
    name="common_vendor_key",
    kind="api_key",
    trigger=Prefix(
        (
            *(
                "sk-",
                "sk_live_",
                "rk_live_",
                "sk_test_",
                "rk_test_",
                "AKIA",
                "ASIA",
                "AIza",
                "ghp_",
                "gho_",
                "ghr_",
                "ghs_",
            ),
            *("ghu_", "github_pat_", "glpat-", "xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-"),
            *("hf_", "npm_", "pypi-"),
        )
    ),
    pattern=re.compile(
        r"(?<![A-Za-z0-9])(?:"
        r"sk-(?=[A-Za-z_-]{0,64}[0-9])[A-Za-z0-9_-]{16,}+|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}+"
        r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[A-Za-z0-9_-]{35}"
        r"|gh[oprsu]_[A-Za-z0-9]{30,}+|github_pat_[A-Za-z0-9_]{22,}+|glpat-[A-Za-z0-9_-]{20,}+"
        r"|xox[abeoprs]-[A-Za-z0-9-]{10,}+|hf_[A-Za-z0-9]{30,}+|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{32,}+)"
    ),
    matches=(
        *("sk-" + "a1B2" * 6, "sk-proj-" + "a1_B-2" * 4, "AKIA" + "IOSF0DNN" * 2, "ghp_" + "a1B2c3" * 6),
        *("xoxb-" + "123456789012-abc", "AIza" + "Sy0aB" * 7, "glpat-" + "a1B2c" * 4),
    ),
    differs=("sk-learn", "task-force-one-hundred-and-1", "sk-a-word-with-hyphens", "AKIA", "ghp_short1", "xoxo"),
)

RULES = (API_KEY,)
