"""docs/privacy.md says what the rule table does."""

from __future__ import annotations

from pathlib import Path

from headrace.privacy.catalogue import KINDS, table
from headrace.privacy.table import RULES

PAGE = Path(__file__).parents[3] / "docs" / "privacy.md"


def test_every_kind_of_the_rules_is_described_and_none_is_promised_beside() -> None:
    assert {rule.kind for rule in RULES} == KINDS.keys()


def test_the_page_has_the_table_of_today() -> None:
    """`python -c "from headrace.privacy.catalogue import table; print(table())"` prints it."""
    assert table() in PAGE.read_text()
