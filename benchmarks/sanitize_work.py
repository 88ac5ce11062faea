"""The work that every Python peer does to one record: the same functions as Headrace's own sanitizer."""

from __future__ import annotations

from collections.abc import Callable, Collection

from headrace import codec
from headrace.privacy import Sanitizer, sanitize_event
from headrace.privacy.table import RULES


def record_sanitizer(kinds: Collection[str] | None = None) -> Callable[[bytes], bytes]:
    """Decodes msgpack, sanitizes every text of the event, encodes msgpack; only these kinds if any are given."""
    sanitizer = Sanitizer([rule for rule in RULES if kinds is None or rule.kind in kinds])

    def sanitize(value: bytes) -> bytes:
        event, _ = codec.decode_event(value)
        return codec.encode(sanitize_event(event, sanitizer)[0])

    return sanitize
