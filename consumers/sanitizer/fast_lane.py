"""The fast lane of the transform: most interactions need no change, and pass as the bytes they came in.

What passes is byte for byte what the thorough way makes of it; what is not certain to, waits for that way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from headrace.codec import encode
from headrace.events import DEFAULT_TENANT, Clean
from headrace.ids import KeyRing
from headrace.privacy.event import are_names, in_order
from headrace.privacy.lane import table_of
from headrace.privacy.places import Place
from headrace.privacy.policy import Sanitizers
from headrace.settings import Quality
from headrace.topics import PRODUCER_HEADER, SEQ_HEADER

RecordT = TypeVar("RecordT", contravariant=True)
OutcomeT = TypeVar("OutcomeT", covariant=True)
Lane = Callable[[Sequence[RecordT]], list[OutcomeT | None]]
"""Each record's outcome, None for those that wait."""


def fast_lane(
    ring: KeyRing,
    quality: Quality,
    sanitizers: Sanitizers,
    producer: Callable[[str | bytes | None], str | None],
    outcome: Callable[[bytes, bytes, None], OutcomeT],
    longest_record: int,
) -> Lane[RecordT, OutcomeT] | None:
    """None where there is no native scanner, or where settings have to be asked about every event: patterns of users or
    of quality, tenants of their own. `producer` gives the pseudonym of the producer that a header names.
    """
    sanitizer = sanitizers.for_all
    if sanitizer is None or (scanner := sanitizer.scanner) is None or quality.blocked_patterns:
        return None
    from headrace.privacy._scan import Lane

    def fine(*names: str | None) -> bool:
        return are_names(sanitizer, names)

    def clean(tenant: str | None, texts: list[str], places: list[Place], may_disguise: bool) -> tuple[list[str], bytes]:
        changed, findings = sanitizers(tenant or DEFAULT_TENANT).settled(texts, places, may_disguise)
        return list(changed), encode(in_order(findings)) if findings else b""

    longest = {"user_query": quality.max_query_characters, "response": quality.max_response_characters}
    parts = _parts(sanitizers.version, sanitizers.policy_hash)
    ids = (ring.pseudonyms["session"], ring.pseudonyms["user"], producer)
    envelope = (parts, longest_record, *ids, clean, outcome, PRODUCER_HEADER, SEQ_HEADER)
    return Lane(table_of(longest), scanner, fine, envelope).outcomes


def _parts(version: str, policy: str) -> tuple[bytes, ...]:
    """What stands around the values that differ, in the order in which a Clean record is written."""
    config = Clean.__struct_config__
    before_event = _text(str(config.tag_field), str(config.tag), "event")
    before_findings = _text("sanitizer", version, "policy", policy)
    keys = ("findings", "raw_partition", "raw_offset", "appended_at")
    return _text("producer_id"), _text("seq"), before_event, before_findings, *map(_text, keys)


def _text(*texts: str) -> bytes:
    return b"".join(map(encode, texts))
