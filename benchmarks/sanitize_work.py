"""The work that every Python peer does to one record: the same functions as Headrace's own sanitizer."""

from __future__ import annotations

from collections.abc import Callable

from headrace import codec
from headrace.privacy import Sanitizer, sanitize_event


def record_sanitizer() -> Callable[[bytes], bytes]:
    """Decodes msgpack, sanitizes every text of the event, encodes msgpack."""
    sanitizer = Sanitizer()

    def sanitize(value: bytes) -> bytes:
        event, _ = codec.decode_event(value)
        return codec.encode(sanitize_event(event, sanitizer)[0])

    return sanitize
