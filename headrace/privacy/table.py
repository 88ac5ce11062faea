"""The rule table: all families, the more certain first. An earlier rule wins over a later one."""

from __future__ import annotations

from importlib import import_module

from headrace.privacy.rule import Rule

FAMILIES = (
    "web",
    "keys",
    "contact",
    "network",
    "money",
    "phone",
)
"""Modules of `headrace.privacy.families`, in the order in which they are asked."""


def _rules() -> tuple[Rule, ...]:
    modules = (import_module(f"headrace.privacy.families.{family}") for family in FAMILIES)
    rules = tuple(rule for module in modules for rule in module.RULES)
    assert len({rule.name for rule in rules}) == len(rules), "two rules of one name"
    return rules


RULES = _rules()
