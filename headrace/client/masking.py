"""The client's own pass for personal data: bytes in, bytes out, in the background thread."""

from __future__ import annotations

from collections.abc import Callable

from headrace.client.edge import packed
from headrace.codec import decode_event
from headrace.errors import Poison, Reason
from headrace.ids import KeyRing
from headrace.settings import Privacy

Mask = Callable[[bytes], bytes]
"""An event's bytes without personal data. Raises Poison, and then the event is dropped: never sent unmasked."""


def masker(privacy: Privacy, ring: KeyRing | None) -> Mask:
    """Loads the privacy rules and returns the pass. Raises ConfigError for privacy settings that cannot be used."""
    from headrace.privacy import sanitize_event
    from headrace.privacy.lane import harmless
    from headrace.privacy.policy import Sanitizers

    sanitizers = Sanitizers(privacy, ring)
    is_harmless = harmless(sanitizers.for_all)

    def mask(payload: bytes) -> bytes:
        if is_harmless(payload):
            return payload
        try:
            event, _ = decode_event(payload)
            masked, _findings = sanitize_event(event, sanitizers(event.tenant))
        except Poison:
            raise
        except Exception:
            raise Poison(Reason.SANITIZER_ERROR) from None
        return payload if masked is event else packed(masked)

    return mask
