"""`headrace sanitize --explain`: a dry run that shows each finding with its rule, the value itself only on request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, json

from headrace.privacy import Sanitizer


class Finding(Struct, frozen=True, omit_defaults=True):
    """Characters `start` to `end` (excluded) of a line, counted from 1, hold a value."""

    line: int
    start: int
    end: int
    kind: str
    rule: str
    value: str | None = None


def explained(source: Iterable[bytes], sanitizer: Sanitizer, show_values: bool = False) -> Iterator[Finding]:
    """What the rules find in each line, line by line as they come.

    >>> import io
    >>> [told(finding) for finding in explained(io.BytesIO(b"no\\nto ada@example.org\\n"), Sanitizer())]
    ['line 2, 3-18: email, by rule email']
    """
    for number, line in enumerate(source, start=1):
        text = line.decode("utf-8", "surrogateescape")
        for span in sanitizer.spans(text):
            value = text[span.start : span.end] if show_values else None
            yield Finding(number, span.start, span.end, span.kind, span.rule, value)


def told(finding: Finding, as_json: bool = False) -> str:
    """One line for a person, or for a program."""
    if as_json:
        return json.encode(finding).decode()
    value = "" if finding.value is None else f": {finding.value!r}"
    return f"line {finding.line}, {finding.start}-{finding.end}: {finding.kind}, by rule {finding.rule}{value}"
