"""What can be found: sanitized text and where it comes from."""

from __future__ import annotations

from typing import Literal

import msgspec

Origin = Literal["answer", "correction", "document"]
"""An answer that was rated well, one that a person corrected, or a document that an operator added."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing to be found. A later entry of the same id takes the place of an earlier one."""

    entry_id: str
    """The interaction's id, or the document's."""
    text: str
    """What it is found by: the question, or the document itself."""
    answer: str
    origin: Origin
    tenant: str = "default"
    session_id: str | None = None
    user_id: str | None = None
    """Whose words they were (pseudonyms): what is erased goes by them."""
