"""Bytes to events and back: msgpack, with JSON accepted.

An event is decoded strictly first; one with unknown fields is decoded again leniently, which drops
them. Whatever cannot be decoded raises `Poison` with a reason and a path of our own field names:
the decoder's message quotes values, so it goes nowhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar, get_args

import msgspec

from headrace.errors import Poison, Reason
from headrace.events import AnyEvent, Clean, Feedback, Label, ProducerStatus, ProductionInteraction, Rejected, Retrieval

T = TypeVar("T")

encode = msgspec.msgpack.Encoder().encode
"""An event or envelope to msgpack bytes."""
encode_json = msgspec.json.Encoder().encode
"""An event or envelope to JSON bytes."""


class _StrictInteraction(ProductionInteraction, tag="interaction.v1", forbid_unknown_fields=True, kw_only=True):
    pass


class _StrictFeedback(Feedback, tag="feedback.v1", forbid_unknown_fields=True, kw_only=True):
    pass


class _StrictLabel(Label, tag="label.v1", forbid_unknown_fields=True, kw_only=True):
    pass


class _StrictStatus(ProducerStatus, tag="producer_status.v1", forbid_unknown_fields=True, kw_only=True):
    pass


_PUBLIC: dict[type, Any] = {
    strict: strict.__base__ for strict in (_StrictInteraction, _StrictFeedback, _StrictLabel, _StrictStatus)
}


class Decoder(Generic[T]):
    """Decodes msgpack or JSON, told apart by the first byte, into one type; raises Poison."""

    def __init__(self, kind: Any) -> None:
        self.msgpack: Callable[[bytes], T] = msgspec.msgpack.Decoder(kind).decode
        self._json: Callable[[bytes], T] = msgspec.json.Decoder(kind).decode

    def __call__(self, payload: bytes) -> T:
        try:
            return self.decode(payload)
        except Exception as error:
            raise _poison(error, payload) from None

    def decode(self, payload: bytes) -> T:
        """As a call, but with the decoder's own exceptions: their messages quote the payload."""
        return self._json(payload) if payload[:1] == b"{" else self.msgpack(payload)


decode_clean: Decoder[Clean] = Decoder(Clean)
decode_rejected: Decoder[Rejected] = Decoder(Rejected)

_strict: Decoder[AnyEvent] = Decoder(_StrictInteraction | _StrictFeedback | _StrictLabel | _StrictStatus)
_lenient: Decoder[AnyEvent] = Decoder(AnyEvent)


def decode_event(payload: bytes) -> tuple[AnyEvent, bool]:
    """The event in a raw record, and whether unknown fields were dropped from it. Raises Poison.

    >>> decode_event(b'{"type": "interaction.v1", "agent_selected": "a", "user_query": 7}')
    Traceback (most recent call last):
    headrace.errors.Poison: wrong_type at $.user_query
    """
    try:
        return _public(_strict.decode(payload)), False
    except msgspec.ValidationError as error:
        if "unknown field" not in str(error):
            raise _poison(error, payload) from None
    except Exception as error:
        raise _poison(error, payload) from None
    return _lenient(payload), True


def _public(event: AnyEvent) -> AnyEvent:
    """The same event as the class that everybody compares with: a change of name, not a copy."""
    event.__class__ = _PUBLIC[type(event)]
    return event


_EVENT_NAMES = {str(kind.__struct_config__.tag).partition(".")[0] for kind in get_args(AnyEvent)}
_FIELD_NAMES = {name for kind in (*get_args(AnyEvent), Clean, Rejected, Retrieval) for name in kind.__struct_fields__}
_FIELD_NAMES.add("type")
_REASON_BY_WORDS = (
    ("Invalid value", Reason.UNKNOWN_TYPE),
    ("missing required field", Reason.MISSING_FIELD),
    ("got `", Reason.WRONG_TYPE),
    ("surrogate", Reason.INVALID_TEXT),
    ("malformed", Reason.UNDECODABLE),
    ("truncated", Reason.UNDECODABLE),
)
_LOCATION = re.compile(r" - at `(\$[^`]*)`$")
_MISSING = re.compile(r"^Object missing required field `(\w+)`")
_VERSIONED_TYPE = re.compile(r"^Invalid value '(\w+)\.v[0-9]{1,4}'")
_STEP = re.compile(r"\.(\w+)|\[[^\]]*\]")


def _poison(error: Exception, payload: bytes) -> Poison:
    if isinstance(error, Poison):
        return error
    if isinstance(error, RecursionError):
        return Poison(Reason.TOO_DEEP)
    if isinstance(error, UnicodeError) or (type(error) is msgspec.DecodeError and _has_half_pair(payload)):
        return Poison(Reason.INVALID_TEXT)
    if isinstance(error, msgspec.MsgspecError):
        return _located(_reason(str(error)), _path(str(error)))
    return Poison(Reason.UNDECODABLE)


_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


def _has_half_pair(payload: bytes) -> bool:
    """Whether it is JSON with a lone surrogate: msgspec takes one at the end of a string for a cut-off end."""
    if payload[:1] != b"{" or not _HALF_PAIR.search(payload):
        return False
    try:
        json.dumps(json.loads(payload), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return False


def _located(reason: Reason, path: str) -> Poison:
    """A record that is no map at all is not an event with a wrong field: it is undecodable."""
    return Poison(Reason.UNDECODABLE if (reason, path) == (Reason.WRONG_TYPE, "$") else reason, path)


def _reason(message: str) -> Reason:
    if (known := _VERSIONED_TYPE.match(message)) and known[1] in _EVENT_NAMES:
        return Reason.UNKNOWN_VERSION
    return next((reason for words, reason in _REASON_BY_WORDS if words in message), Reason.INVALID_VALUE)


def _path(message: str) -> str:
    location = _LOCATION.search(message)
    path = "$" + "".join(_safe_step(step) for step in _STEP.finditer(location[1])) if location else "$"
    missing = _MISSING.match(message)
    return f"{path}.{missing[1]}" if missing and missing[1] in _FIELD_NAMES else path


def _safe_step(step: re.Match[str]) -> str:
    return f".{step[1]}" if step[1] in _FIELD_NAMES else "[…]"
