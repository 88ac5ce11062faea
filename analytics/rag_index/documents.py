"""Documents that an operator adds: JSON lines of an id and a text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from headrace.errors import ConfigError
from headrace.retrieval import Entry


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    text: str
    tenant: str = "default"


def read(path: Path) -> Iterator[Entry]:
    """The documents of a file. Raises ConfigError with the line that is none."""
    decode = msgspec.json.Decoder(_Document).decode
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            document = decode(line)
        except msgspec.MsgspecError:
            raise ConfigError(f'{path}, line {number}: expected {{"id": "…", "text": "…"}}') from None
        yield Entry(
            entry_id=document.id, text=document.text, answer=document.text, origin="document", tenant=document.tenant
        )
