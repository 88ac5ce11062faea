"""Text that comes in pieces, sanitized as it comes."""

from __future__ import annotations

from collections.abc import Callable

from headrace.privacy.rule import Span


class TextStream:
    def __init__(self, find: Callable[[str], list[Span]], replace: Callable[[str, list[Span]], str]) -> None:
        self._find, self._replace = find, replace
        self._held = ""

    def feed(self, chunk: str) -> str:
        self._held += chunk
        return ""

    def flush(self) -> str:
        text, self._held = self._held, ""
        return self._replace(text, self._find(text))
