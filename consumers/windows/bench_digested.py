"""How many interactions a running digester has published."""

from __future__ import annotations

import msgspec

from consumers.digests.messages import Key, Source
from headrace.errors import Poison, Reason
from headrace.settings import Settings
from headrace.topic_log import Reader
from headrace.topics import DIGESTS


class _Counted(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """See `consumers.digests.summary.Summary`."""

    interactions: int


class _Copy(msgspec.Struct, tag_field="type", tag="digest.v1", frozen=True, gc=False):
    """See `consumers.digests.messages.Part`."""

    source: Source
    chunk: int
    end_offset: int
    key: Key
    summary: _Counted | None = None


class _Progress(msgspec.Struct, tag_field="type", tag="progress.v1", frozen=True, gc=False):
    """See `consumers.digests.messages.Progress`."""


_decode = msgspec.msgpack.Decoder(_Copy | _Progress).decode


def _known(value: bytes) -> _Copy | _Progress:
    try:
        known: _Copy | _Progress = _decode(value)
    except msgspec.MsgspecError:
        raise Poison(Reason.UNDECODABLE) from None
    return known


class Digested:
    """How many interactions the published digests hold; a chunk's newer copy counts in the place of the older one."""

    def __init__(self, settings: Settings) -> None:
        self._reader = Reader(settings.kafka, DIGESTS, _known)
        self._counts: dict[tuple[Source, int, Key], tuple[int, int]] = {}
        """Each copy's end offset and interactions."""

    def look(self) -> int:
        """Reads what has come; the interactions by now."""
        while (entry := self._reader.poll()) is not None:
            if isinstance(copy := entry.value, _Copy) and copy.summary is not None:
                identity = copy.source, copy.chunk, copy.key
                self._counts[identity] = max(
                    self._counts.get(identity, (0, 0)), (copy.end_offset, copy.summary.interactions)
                )
        return sum(interactions for _, interactions in self._counts.values())
