"""docs/tables.md says what the code says."""

from __future__ import annotations

from pathlib import Path

from consumers.lake.document import page


def test_the_page_is_what_the_definitions_make() -> None:
    written = Path(__file__).parents[3] / "docs" / "tables.md"
    assert written.read_text() == page(), "run `python -m consumers.lake.document > docs/tables.md`"
