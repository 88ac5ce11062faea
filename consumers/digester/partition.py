"""One partition of `clean` to the parts of its chunks. Pure: no Kafka, no clock.

What a chunk's parts say depends on its records up to the end offset and on `REREAD` offsets before its start; how
the records come in batches, and how often parts are asked for, makes no difference to what they merge to.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray

from consumers.digester.candidates import Bounds, First, Group
from consumers.digester.columns import Columns
from consumers.digester.slim import SlimClean, SlimFeedback, SlimInteraction
from consumers.digester.turns import Turn, Turns
from consumers.digests.examples import (
    MAX_FAILURES,
    MAX_SAMPLE,
    MAX_SLOW,
    MAX_TEXT,
    Example,
    by_hash,
    by_latency,
    packed,
    union,
)
from consumers.digests.keys import Variant, bounded
from consumers.digests.messages import Key, Part, Progress, Source
from consumers.digests.signals import ANY_FAILURE, FAILURE
from consumers.digests.summary import Summary
from consumers.failures.finding import Finding
from consumers.failures.record_rules import rules_of_feedback, rules_of_record
from consumers.failures.session_rules import abandoned, rules_of_turn, turn_of
from headrace.events import Feedback, ProductionInteraction
from headrace.privacy import kinds_only
from headrace.settings import FailureAnalysis

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
MICROSECONDS = 1_000_000
EMBEDDED_TOGETHER = 256
"""Texts: their tokens' vectors are 100 KB each."""
MAX_ERROR_KIND = 64
"""Characters of an error's kind: what stands before its first colon."""


class Chunk:
    """What lies between two chunk bounds, as far as it was read."""

    def __init__(self, number: int, window_us: int, sample: First, failures: First, slow: First) -> None:
        self.number = number
        self.columns = Columns(window_us)
        self.sample, self.failures, self.slow = sample, failures, slow
        self.published: dict[Key, Part] = {}
        """What the last copy said of each key, without its end offset."""


class PartitionDigester:
    """Takes the records of one partition in order, from `REREAD` offsets before `first_chunk` on where it can."""

    def __init__(self, source: Source, first_chunk: int, rules: FailureAnalysis, embed: Embed) -> None:
        self._source, self._window_us, self._rules, self._embed = source, source.window_us, rules, embed
        self._first_chunk = first_chunk
        self._turns = Turns()
        self._bounds = (Bounds(MAX_SAMPLE, by_hash), Bounds(MAX_FAILURES, by_hash), Bounds(MAX_SLOW, by_latency))
        self._open = self._chunk(0)
        self._complete: list[Chunk] = []
        self.end_offset = 0
        self.event_time_us = 0
        """Greatest event time so far, each capped at its arrival."""

    @property
    def chunk_start(self) -> int:
        """First offset of the open chunk: where a successor has to begin."""
        return max(self._open.number, self._first_chunk) * self._source.chunk_offsets

    def take(self, offsets: Sequence[int], records: Sequence[SlimClean]) -> None:
        """Takes records in the order of their offsets."""
        done = 0
        while done < len(offsets):
            self.reach(offsets[done])
            stop = bisect_left(offsets, (self._open.number + 1) * self._source.chunk_offsets, done)
            self._add(offsets[done:stop], records[done:stop])
            done = stop
        if offsets:
            self.reach(offsets[-1] + 1)

    def reach(self, offset: int) -> None:
        """Everything before `offset` was taken, or is no record of ours."""
        self.end_offset = max(self.end_offset, offset)
        number = self.end_offset // self._source.chunk_offsets
        if number > self._open.number:
            if self._open.number >= self._first_chunk:
                self._complete.append(self._open)
                for bounds, kept in zip(self._bounds, _candidates(self._open), strict=True):
                    bounds.note(kept)
            self._open = self._chunk(number)

    def parts(self) -> Iterator[Part]:
        """The parts that say more than the last time: complete chunks whole, of the open one the keys that grew."""
        for chunk in self._complete:
            yield from self._parts(chunk, (chunk.number + 1) * self._source.chunk_offsets, whole=True)
        self._complete.clear()
        if self._open.number >= self._first_chunk and self._open.columns.size:
            yield from self._parts(self._open, self.end_offset, whole=False)

    def progress(self, at_us: int, idle: bool, partitions: int) -> Progress:
        """How far this is, for all digests partitions, after the parts."""
        return Progress(
            source=self._source,
            end_offset=self.end_offset,
            event_time_us=self.event_time_us,
            idle=idle,
            at_us=at_us,
            partitions=partitions,
        )

    def _chunk(self, number: int) -> Chunk:
        sample, failures, slow = (bounds.chunk() for bounds in self._bounds)
        return Chunk(number, self._window_us, sample, failures, slow)

    def _add(self, offsets: Sequence[int], records: Sequence[SlimClean]) -> None:
        taken: list[SlimInteraction] = []
        times: list[int] = []
        openings: list[bool] = []
        for offset, record in zip(offsets, records, strict=True):
            event = record.event
            at_us = round(event.timestamp.timestamp() * MICROSECONDS)
            if at_us > self.event_time_us:
                arrived_us = round(record.appended_at.timestamp() * MICROSECONDS)
                self.event_time_us = max(self.event_time_us, min(at_us, arrived_us))
                self._note_silence(offset)
            if type(event) is SlimInteraction:
                if not self._turns.is_repeated(offset, event.interaction_id):
                    openings.append(self._interaction(offset, at_us, event))
                    taken.append(event)
                    times.append(at_us)
            elif type(event) is SlimFeedback:
                self._feedback(offset, at_us, event)
        self._open.columns.add(taken, np.array(times, np.int64), [_error_kind(event.error) for event in taken])
        self._put_examples(taken, times, openings)

    def _interaction(self, offset: int, at_us: int, event: SlimInteraction) -> bool:
        """Takes an interaction; whether its session begins with it, as far as the look-back tells."""
        seen = cast(ProductionInteraction, event)
        findings = rules_of_record(seen, self._rules)
        turn = Turn(
            offset,
            offset,
            event.interaction_id,
            at_us,
            (event.tenant, event.agent_selected, event.agent_version, event.variant),
            event.session_id,
            event.user_query[:MAX_TEXT],
            event.model,
            _error_kind(event.error),
            event.latency_ms,
            event.user_feedback_score,
            at_us,
        )
        self._turns.add(turn)
        if findings:
            self._find(offset, findings)
        if event.session_id is None:
            return True
        spoken = turn_of(seen, bool(findings))
        if earlier := self._turns.speak(offset, event.session_id, spoken):
            self._find(offset, rules_of_turn(spoken, earlier, self._rules))
        if spoken.failed or spoken.asked_back:
            self._turns.await_silence(at_us + round(self._rules.abandoned_minutes * 60 * MICROSECONDS), turn)
        return not earlier

    def _feedback(self, offset: int, at_us: int, feedback: SlimFeedback) -> None:
        turn = self._turns.find(offset, feedback.interaction_id)
        if turn is None:
            return
        self._find(offset, rules_of_feedback(cast(Feedback, feedback), self._rules))
        if feedback.name == "rating" and feedback.score is not None and (turn.rating is None or at_us >= turn.rated_us):
            self._open.columns.rate(turn.who, turn.at_us, turn.rating, feedback.score)
            turn.rating, turn.rated_us = feedback.score, at_us

    def _note_silence(self, offset: int) -> None:
        for spoken in self._turns.silent(offset, self.event_time_us):
            as_of = spoken.timestamp.fromtimestamp(self.event_time_us / MICROSECONDS, spoken.timestamp.tzinfo)
            if (left := abandoned(spoken, as_of, self._rules)) is not None:
                self._find(offset, [left])

    def _find(self, offset: int, findings: Sequence[Finding]) -> None:
        """Counts findings, each rule once for an interaction, and keeps the interaction as an example."""
        for finding in findings:
            turn = self._turns.find(offset, finding.interaction_id)
            if turn is None or finding in turn.findings:
                continue
            flags = {known.flag for known in turn.findings}
            if not flags:
                self._open.columns.mark(turn.who, turn.at_us, FAILURE, ANY_FAILURE)
            if finding.flag not in flags:
                self._open.columns.mark(turn.who, turn.at_us, FAILURE, finding.flag)
            turn.findings = union(turn.findings, (finding,))
            self._open.failures.put(self._group(turn.who[0], turn.at_us), _example(turn))

    def _put_examples(self, events: Sequence[SlimInteraction], times: Sequence[int], openings: Sequence[bool]) -> None:
        """The batch's share of the samples: most of it lies beyond the bounds.

        Queries are sampled one a session, its first: what a session goes on to say is no independent query.
        """
        sample, slow, window_us = self._open.sample, self._open.slow, self._window_us
        for event, at_us, opens in zip(events, times, openings, strict=True):
            group = (event.tenant, event.agent_selected, at_us // window_us)
            if opens and crc32(event.interaction_id.encode()) <= sample.bound(group):
                sample.put(group, _plain(event, at_us))
            if event.latency_ms is not None and -event.latency_ms <= slow.bound(group):
                slow.put(group, _plain(event, at_us))

    def _group(self, tenant: str, at_us: int) -> Group:
        return tenant, "", at_us // self._window_us

    def _parts(self, chunk: Chunk, end_offset: int, whole: bool) -> Iterator[Part]:
        self._fill_in_vectors(chunk)
        examples = [_by_key(kept, self._window_us) for kept in _candidates(chunk)]
        for key, summary in _kept_apart(chunk.columns.summaries()).items():
            sample, failures, slow = (tuple(kept.get(key, ())) for kept in examples)
            part = Part(
                source=self._source,
                chunk=chunk.number,
                end_offset=0,
                key=key,
                summary=summary,
                sample=sample,
                failures=failures,
                slow=slow,
            )
            if whole or part != chunk.published.get(key):
                chunk.published[key] = part
                yield msgspec.structs.replace(part, end_offset=end_offset)

    def _fill_in_vectors(self, chunk: Chunk) -> None:
        bare = [
            (kept, group, example)
            for kept in _candidates(chunk)
            for group, example in kept.examples()
            if not example.vector
        ]
        for start in range(0, len(bare), EMBEDDED_TOGETHER):
            some = bare[start : start + EMBEDDED_TOGETHER]
            vectors = packed(self._embed([kinds_only(example.query) for _, _, example in some]))
            for (kept, group, example), vector in zip(some, vectors, strict=True):
                kept.replace(group, example.with_vector(vector))


def _candidates(chunk: Chunk) -> tuple[First, First, First]:
    return chunk.sample, chunk.failures, chunk.slow


def _kept_apart(summaries: Mapping[Key, Summary]) -> dict[Key, Summary]:
    """With at most `MAX_KEYS` of each tenant's window."""
    windows: dict[tuple[str, int], dict[Variant, Summary]] = {}
    for key, summary in summaries.items():
        windows.setdefault((key.tenant, key.window_us), {})[key.agent, key.version, key.variant] = summary
    return {
        Key(tenant, start_us, *variant): one
        for (tenant, start_us), apart in windows.items()
        for variant, one in bounded(apart).items()
    }


def _by_key(kept: First, window_us: int) -> dict[Key, list[Example]]:
    found: dict[Key, list[Example]] = {}
    for group, example in kept.examples():
        start = example.at_us // window_us * window_us
        key = Key(group[0], start, example.agent, example.version, example.variant)
        found.setdefault(key, []).append(example)
    return found


def _error_kind(error: str | None) -> str | None:
    return None if error is None else error.partition(":")[0][:MAX_ERROR_KIND]


def _plain(event: SlimInteraction, at_us: int) -> Example:
    return Example(
        id=event.interaction_id,
        at_us=at_us,
        agent=event.agent_selected,
        version=event.agent_version,
        variant=event.variant,
        query=event.user_query[:MAX_TEXT],
        vector=b"",
        model=event.model,
        error=_error_kind(event.error),
        latency_ms=event.latency_ms,
    )


def _example(turn: Turn) -> Example:
    _, agent, version, variant = turn.who
    return Example(
        id=turn.id,
        at_us=turn.at_us,
        agent=agent,
        version=version,
        variant=variant,
        query=turn.query,
        vector=b"",
        model=turn.model,
        error=turn.error,
        latency_ms=turn.latency_ms,
        findings=turn.findings,
    )
