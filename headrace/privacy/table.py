"""The rule table: all families, the more certain first.

Where two rules claim the same characters, the earlier wins; of neighbours in the table with one kind, the longer value.
"""

from __future__ import annotations

from importlib import import_module

from headrace.privacy.rule import Rule

FAMILIES = ("web", "vendors", "contact", "network", "money", "secrets", "query", "national", "documents", "phone")
"""Modules of `headrace.privacy.families`, in the order in which they are asked."""


def _rules() -> tuple[Rule, ...]:
    modules = (import_module(f"headrace.privacy.families.{family}") for family in FAMILIES)
    rules = tuple(rule for module in modules for rule in module.RULES)
    assert len({rule.name for rule in rules}) == len(rules), "two rules of one name"
    return rules


RULES = _rules()
