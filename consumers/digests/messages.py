"""The records of `headrace.digests`: parts of chunks, and progress.

A chunk is the offsets [k·N, (k+1)·N) of one partition of `clean`. One that still grows is published again and
again; a copy replaces another only if its `end_offset` is greater. What a part says is a function of the log up to
that offset, so it does not matter who computed it, or how often.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from consumers.digests.examples import Example
from consumers.digests.summary import Summary
from headrace.topics import MAX_DIGEST_BYTES

CHUNK_OFFSETS = 8_192
"""N: at 100,000 events a second twelve chunks a second. A power of two, and no setting: part of each identity."""
_FRAMING_BYTES = 4_096
"""Room for identity, key and the record batch's own bytes."""


class Key(msgspec.Struct, array_like=True, frozen=True, order=True):
    """What a summary is about: one agent's version and variant in one window."""

    tenant: str
    window_us: int
    """The window's start, microseconds since 1970."""
    agent: str
    version: str | None = None
    variant: str | None = None


class Source(msgspec.Struct, array_like=True, frozen=True, order=True):
    """One partition of `clean`, cut into chunks of `chunk_offsets` and windows of `window_us`."""

    topic_id: str
    partition: int
    window_us: int
    chunk_offsets: int = CHUNK_OFFSETS


class Part(msgspec.Struct, tag_field="type", tag="digest.v1", frozen=True, kw_only=True):
    """A chunk's share of one key. Part 0 has the summary; further parts have examples that did not fit."""

    source: Source
    chunk: int
    end_offset: int
    """The next offset that this copy does not cover."""
    key: Key
    part: int = 0
    summary: Summary | None = None
    sample: tuple[Example, ...] = ()
    failures: tuple[Example, ...] = ()
    slow: tuple[Example, ...] = ()
    """The slowest answers: whether they are too slow is decided beside the agent's whole distribution."""

    @property
    def is_complete(self) -> bool:
        """Whether the chunk cannot grow any more."""
        return self.end_offset == (self.chunk + 1) * self.source.chunk_offsets


class Progress(msgspec.Struct, tag_field="type", tag="progress.v1", frozen=True, kw_only=True):
    """After each batch, to every digests partition: everything before `end_offset` has been published."""

    source: Source
    end_offset: int
    event_time_us: int
    """Greatest event time so far, each capped at its arrival; microseconds since 1970."""
    idle: bool = False
    """Whether the reader has been at the partition's end for seconds."""
    at_us: int
    """When it was written, by the digester's clock."""
    partitions: int
    """How many partitions `clean` has: the watermark waits for all of them."""


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Part | Progress).decode


def split(part: Part) -> Iterator[Part]:
    """The part as messages of at most 256 KB each: its summary first, then its examples."""
    small = msgspec.structs.replace(part, sample=(), failures=(), slow=())
    room = MAX_DIGEST_BYTES - _FRAMING_BYTES - len(encode(small))
    for number, (sample, failures, slow) in enumerate(_packets(part, room)):
        yield msgspec.structs.replace(
            small,
            part=number,
            summary=part.summary if number == 0 else None,
            sample=tuple(sample),
            failures=tuple(failures),
            slow=tuple(slow),
        )


def _packets(part: Part, room: int) -> Iterator[tuple[list[Example], list[Example], list[Example]]]:
    packet: tuple[list[Example], list[Example], list[Example]] = ([], [], [])
    size, limit = 0, room
    for kind, examples in enumerate((part.sample, part.failures, part.slow)):
        for example in examples:
            length = len(encode(example))
            if size and size + length > limit:
                yield packet
                packet, size, limit = ([], [], []), 0, MAX_DIGEST_BYTES - _FRAMING_BYTES
            packet[kind].append(example)
            size += length
    yield packet
