"""One raw record to its one outcome: a clean record or a rejected one. Pure: no Kafka, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec

from consumers.sanitizer.fast_lane import Lane, fast_lane
from consumers.sanitizer.pseudonyms import hash_ids, producer_pseudonym
from consumers.sanitizer.quality import DataQualityValidator
from headrace.codec import Decoder, decode_event, encode
from headrace.errors import Poison, Reason
from headrace.events import AnyEvent, Clean, Feedback, Label, ProducerStatus, ProductionInteraction, Rejected
from headrace.ids import KeyRing, derived_uuid7
from headrace.privacy.policy import Sanitizers, sanitize_all
from headrace.settings import Privacy, Quality
from headrace.topics import MAX_CLEAN_BYTES, PRODUCER_HEADER, SEQ_HEADER

STAGE = "sanitizer"
CLOCK_SKEW = timedelta(minutes=5)
"""An agent's clock may run this far ahead of the broker's; a later event time is capped."""
FRAMING_BYTES = 1024
"""Room for the key and a record batch's own bytes below the topic's limit."""
LONGEST_RECORD = MAX_CLEAN_BYTES - FRAMING_BYTES
"""Bytes."""
LARGEST_SEQ = 2**62
_LONGEST_SEQ = len(str(LARGEST_SEQ))
LONGEST_PRODUCER_ID = 64
_CACHED_PRODUCERS = 4096
"""A producer is a client process: more than thousands do not write at once."""

_CACHED_MOMENTS = 64
"""The broker stamps a whole batch of records with one time."""

FUTURE_TIMESTAMP = "future_timestamp"
UNKNOWN_FIELDS = "unknown_fields"

Header = tuple[str, str | bytes | None]


class RawRecord(msgspec.Struct, frozen=True, gc=False):
    """What the transform sees of a record of `headrace.raw`."""

    value: bytes | None
    headers: Sequence[Header] | None
    partition: int
    offset: int
    appended_ms: int


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What becomes of a raw record; `reason` is None where it goes to `headrace.clean`."""

    key: bytes | None
    value: bytes
    reason: Reason | None


class Transform:
    """Decodes, validates, hashes ids, sanitizes: the same record always gives the same outcome."""

    def __init__(self, ring: KeyRing, quality: Quality | None = None, privacy: Privacy | None = None) -> None:
        """Raises ConfigError for privacy settings that cannot be used."""
        self._ring = ring
        self._sanitizers = Sanitizers(privacy or Privacy(), ring)
        self.version, self.policy = self._sanitizers.version, self._sanitizers.policy_hash
        self._flaw = DataQualityValidator(quality)
        self._producer = lru_cache(_CACHED_PRODUCERS)(self._producer_in)
        self._lane: Lane[RawRecord, Outcome] | None = fast_lane(
            ring, quality or Quality(), self._sanitizers, self._producer, Outcome, LONGEST_RECORD
        )

    def __call__(self, records: Sequence[RawRecord]) -> list[Outcome]:
        """Each record's outcome, in order. Raises nothing: what goes wrong is a rejection (fail closed).

        They are held decoded all at once: give it no more than fit the processor's cache.
        """
        if self._lane is None:
            return self.thorough(records)
        passed = self._lane(records)
        waiting = [record for record, outcome in zip(records, passed, strict=True) if outcome is None]
        others = iter(self.thorough(waiting))
        return [next(others) if outcome is None else outcome for outcome in passed]

    def thorough(self, records: Sequence[RawRecord]) -> list[Outcome]:
        """As a call, without the fast lane."""
        read = [self._read(record) for record in records]
        sound = [one.event for one in read if one.error is None and one.event is not None]
        sanitized = iter(sanitize_all(sound, self._sanitizers))
        return [
            self._finished(record, one, next(sanitized) if one.error is None else one.error)
            for record, one in zip(records, read, strict=True)
        ]

    def crashed(self, record: RawRecord) -> Outcome:
        """The outcome of a record that has ended the process too often to be looked at again."""
        return self._rejected(Poison(Reason.CRASH), record, None)

    def _read(self, record: RawRecord) -> _Read:
        """The event, validated and with its ids hashed, or why it cannot be taken."""
        event: AnyEvent | None = None
        try:
            event, lenient = decode_event(record.value or b"")
            flags = [UNKNOWN_FIELDS] if lenient else []
            self._prepare(event, flags, record)
        except Exception as error:
            return _Read(event, [], error)
        return _Read(event, flags, None)

    def _prepare(self, event: AnyEvent, flags: list[str], record: RawRecord) -> None:
        appended_at, latest = _moments(record.appended_ms)
        _fill_absent(event, record, appended_at)
        if (flaw := self._flaw(event)) is not None:
            raise Poison(*flaw)
        producer_id, seq = self._ledger(record.headers)
        if producer_id is not None:
            event.producer_id = None
        hash_ids(event, self._ring)
        if producer_id is not None:
            event.producer_id, event.seq = producer_id, seq
        if latest < event.timestamp:
            event.timestamp = latest
            flags.append(FUTURE_TIMESTAMP)

    def _finished(
        self, record: RawRecord, read: _Read, sanitized: tuple[AnyEvent, dict[str, int]] | Exception
    ) -> Outcome:
        if isinstance(sanitized, Exception):
            return self._rejected(sanitized, record, read.event)
        event, findings = sanitized
        try:
            value = _encoded(self._enveloped(event, findings, read.flags, record))
        except Exception as error:
            return self._rejected(error, record, read.event)
        return Outcome(_key(event), value, None)

    def _enveloped(self, event: AnyEvent, findings: dict[str, int], flags: list[str], record: RawRecord) -> Clean:
        return Clean(
            event=event,
            sanitizer=self.version,
            policy=self.policy,
            findings=findings,
            flags=flags,
            raw_partition=record.partition,
            raw_offset=record.offset,
            appended_at=_moments(record.appended_ms)[0],
        )

    def _ledger(self, headers: Sequence[Header] | None) -> tuple[str | None, int | None]:
        """The producer's id and seq in a record's headers; a malformed header counts as absent."""
        producer = seq = None
        for name, value in headers or ():
            if name == PRODUCER_HEADER:
                producer = self._producer(value)
            elif name == SEQ_HEADER:
                seq = _seq(value)
        return producer, None if producer is None else seq

    def _producer_in(self, header: str | bytes | None) -> str | None:
        producer_id = _producer_id(header)
        return None if producer_id is None else producer_pseudonym(producer_id, self._ring)

    def _rejected(self, error: Exception, record: RawRecord, event: AnyEvent | None) -> Outcome:
        reason, path = _verdict(error)
        producer_id, seq = self._ledger(record.headers)
        rejected = Rejected(
            reason=reason,
            path=path,
            stage=STAGE,
            raw_partition=record.partition,
            raw_offset=record.offset,
            appended_at=_moments(record.appended_ms)[0],
            producer_id=producer_id,
            seq=seq,
        )
        session = getattr(event, "session_id", None)
        key = self._ring.pseudonym("session", session).encode() if session else None
        return Outcome(key, encode(rejected), reason)


def _verdict(error: Exception) -> tuple[Reason, str]:
    """What an error means for the record; its words may quote the record, so they go nowhere."""
    if isinstance(error, Poison):
        return error.reason, error.path
    return (Reason.TOO_DEEP if isinstance(error, RecursionError) else Reason.SANITIZER_ERROR), "$"


class _Read(msgspec.Struct, frozen=True, gc=False):
    event: AnyEvent | None
    flags: list[str]
    error: Exception | None


def _producer_id(header: str | bytes | None) -> str | None:
    try:
        text = header.decode() if isinstance(header, bytes) else header
    except UnicodeDecodeError:
        return None
    return text if text and len(text) <= LONGEST_PRODUCER_ID else None


def _seq(header: str | bytes | None) -> int | None:
    if not header or len(header) > _LONGEST_SEQ or not (header.isdigit() and header.isascii()):
        return None
    return seq if 0 < (seq := int(header)) <= LARGEST_SEQ else None


@lru_cache(_CACHED_MOMENTS)
def _moments(milliseconds: int) -> tuple[datetime, datetime]:
    """When a record was appended, and the latest event time that it may have."""
    appended_at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return appended_at, appended_at + CLOCK_SKEW


_ID_FIELD: dict[type, str] = {
    ProductionInteraction: "interaction_id",
    Feedback: "feedback_id",
    Label: "label_id",
}
"""The field that names an event."""


class _Given(msgspec.Struct, gc=False):
    """Which of the fields that the decoder of events fills by itself a record has."""

    timestamp: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    interaction_id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    feedback_id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    label_id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_given = Decoder[_Given](_Given).decode


def _fill_absent(event: AnyEvent, record: RawRecord, appended_at: datetime) -> None:
    """What the decoder filled with the present time and a random id is taken from the record instead, so
    that reading it again gives the same; a time without a zone is UTC."""
    given = _given(record.value or b"")
    if given.timestamp is msgspec.UNSET:
        event.timestamp = appended_at
    elif (zone := event.timestamp.tzinfo) is not UTC:
        event.timestamp = _utc(event.timestamp) if zone is not None else event.timestamp.replace(tzinfo=UTC)
    if (field := _ID_FIELD.get(event.__class__)) is None:
        return
    if getattr(given, field) is msgspec.UNSET or not getattr(event, field):
        setattr(event, field, derived_uuid7(record.appended_ms, f"{record.partition}@{record.offset}"))


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Poison(Reason.INVALID_VALUE, "$.timestamp") from None


def _key(event: AnyEvent) -> bytes | None:
    """What keeps a session's events in order on the clean topic; its producer's where there is no session."""
    session = None if isinstance(event, (Label, ProducerStatus)) else event.session_id
    key = session or event.producer_id
    return key.encode() if key else None


def _encoded(clean: Clean) -> bytes:
    try:
        value = encode(clean)
    except OverflowError:
        raise Poison(Reason.INVALID_VALUE, "$.metadata") from None
    except UnicodeEncodeError:
        raise Poison(Reason.INVALID_TEXT) from None
    if len(value) > LONGEST_RECORD:
        raise Poison(Reason.TOO_LARGE)
    return value
