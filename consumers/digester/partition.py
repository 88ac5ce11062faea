"""One partition of `clean` to the parts of its chunks. Pure: no Kafka, no clock.

What a chunk's parts say depends on its records up to the end offset and on `REREAD` offsets before its start; how
the records come in batches, and how often parts are asked for, makes no difference to what they merge to.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from consumers.digester.batch import MICROSECONDS, Batch, Interactions, Ints, moment
from consumers.digester.candidates import Bounds, Group
from consumers.digester.chunk import Chunk, Embed
from consumers.digester.sampling import example_of, put_examples
from consumers.digester.slim import SlimFeedback
from consumers.digester.turns import Block, Turns, session_turn
from consumers.digests.examples import MAX_FAILURES, MAX_SAMPLE, MAX_SLOW, by_hash, by_latency, union
from consumers.digests.messages import Part, Progress, Source
from consumers.digests.signals import ANY_FAILURE, FAILURE
from consumers.failures.finding import Finding
from consumers.failures.record_rules import rules_of_feedback, rules_of_record, suspects
from consumers.failures.session_rules import abandoned, rules_of_turn
from headrace.events import Feedback, ProductionInteraction
from headrace.settings import FailureAnalysis


class Clock(NamedTuple):
    """When some records came."""

    offsets: Sequence[int]
    at_us: Ints
    """Their event times."""
    reached: Ints
    """The greatest event time before each of them, and after the last one."""
    rows: Ints
    """Which of them are new interactions."""


class PartitionDigester:
    """Takes the records of one partition in order, from `REREAD` offsets before `first_chunk` on where it can."""

    def __init__(self, source: Source, first_chunk: int, rules: FailureAnalysis, embed: Embed) -> None:
        self._source, self._window_us, self._rules, self._embed = source, source.window_us, rules, embed
        self._patience_us = round(rules.abandoned_minutes * 60 * MICROSECONDS)
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

    @property
    def waiting(self) -> int:
        """Complete chunks whose parts were not asked for yet."""
        return len(self._complete)

    def take(self, batch: Batch) -> None:
        """Takes records."""
        offsets, done = batch.offsets, 0
        while done < len(offsets):
            self.reach(offsets[done])
            stop = bisect_left(offsets, self._open.end, done)
            self._add(batch.at(range(done, stop)))
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
                for bounds, kept in zip(self._bounds, self._open.candidates, strict=True):
                    bounds.note(kept)
            self._open = self._chunk(number)

    def parts(self) -> Iterator[Part]:
        """The parts that say more than the last time: complete chunks whole, of the open one the keys that grew."""
        yield from self.complete()
        if self._open.number >= self._first_chunk and not self._open.columns.is_empty:
            yield from self._open.parts(self.end_offset, self._embed)

    def complete(self) -> Iterator[Part]:
        """The parts of complete chunks, which are then let go."""
        while self._complete:
            chunk = self._complete.pop(0)
            yield from chunk.parts(chunk.end, self._embed)

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
        return Chunk(self._source, number, (sample, failures, slow))

    def _add(self, batch: Batch) -> None:
        """Takes records of one chunk, in as many goes as it takes that none of them has an id that comes again in it
        after it was forgotten."""
        offsets, ids = batch.interactions.offsets, batch.interactions.ids
        begin = done = 0
        while done < len(ids):
            self._turns.forget(batch.offsets[begin])
            fresh, judged = self._turns.fresh(offsets[done:], ids[done:])
            done += judged
            end = int(batch.spoken[done]) if done < len(ids) else len(batch.offsets)
            self._take(batch.at(range(begin, end)), fresh)
            begin = end
        if begin < len(batch.offsets):
            self._take(batch.at(range(begin, len(batch.offsets))), ())

    def _take(self, batch: Batch, fresh: Sequence[int]) -> None:
        """Takes records of which those interactions that are at the places `fresh` among them were not seen before."""
        spoken = batch.interactions.at(fresh)
        self._open.columns.add(spoken)
        block = self._turns.add(spoken)
        failed = self._judge(spoken)
        opens = self._speak(block)
        for place, said in batch.feedback:
            self._feedback(batch.offsets[place], int(batch.at_us[place]), said)
        arrived_us = np.minimum(batch.at_us, batch.arrived_us)
        reached = np.maximum.accumulate(np.append(self.event_time_us, arrived_us))
        rows = batch.spoken[np.asarray(fresh, np.int64)]
        self._wait(Clock(batch.offsets, batch.at_us, reached, rows), block, failed)
        self.event_time_us = int(reached[-1])
        put_examples(spoken, opens, self._open.sample, self._open.slow, self._window_us)

    def _speak(self, block: Block) -> NDArray[np.bool_]:
        """Applies the rules between turns to interactions; which of them begin their session."""
        pairs = self._turns.speak(block)
        opens = np.ones(len(block.ids), np.bool_)
        opens[pairs.later - block.first] = False
        if len(pairs.later):
            asking = pairs.at(self._turns.may_ask_again(pairs, self._rules.rephrase_similarity))
            for row, said in asking.by_later():
                before = [session_turn(self._turns.turn(earlier)) for earlier in said]
                self._find(block.offset(row), rules_of_turn(session_turn(block.turn(row)), before, self._rules))
        return opens

    def _wait(self, clock: Clock, block: Block, failed: set[int]) -> None:
        """Waits for the sessions of interactions that did not help to go on, and looks who was silent."""
        checked = 0
        for place in sorted(failed.union(np.flatnonzero(block.asks_back).tolist())):
            if block.sessions[place] is not None:
                due_us = int(block.at_us[place]) + self._patience_us
                self._note_silences(clock, checked, checked := int(clock.rows[place]) + 1, block)
                self._turns.await_silence(due_us, block.offsets[place], block.first + place)
        self._note_silences(clock, checked, len(clock.offsets), block)

    def _note_silences(self, clock: Clock, first: int, end: int, block: Block) -> None:
        """Looks who was silent when the records from `first` to `end` came."""
        if first == end or clock.reached[end] < self._turns.next_silence_us:
            return
        for place in range(first, end):
            now = int(clock.reached[place + 1])
            if now >= self._turns.next_silence_us and clock.at_us[place] > clock.reached[place]:
                said = block.first + int(np.searchsorted(clock.rows, place))
                for turn in self._turns.silent(clock.offsets[place], now, said):
                    if (left := abandoned(session_turn(turn), moment(now), self._rules)) is not None:
                        self._find(clock.offsets[place], [left])

    def _judge(self, batch: Interactions) -> set[int]:
        """Applies the rules on single records; the places of those that failed."""
        failed: set[int] = set()
        for place in np.flatnonzero(suspects(batch.is_noted, batch.numbers, self._rules)).tolist():
            event = cast(ProductionInteraction, batch.event(place))
            if findings := rules_of_record(event, self._rules):
                failed.add(place)
                self._find(batch.offsets[place], findings)
        return failed

    def _feedback(self, offset: int, at_us: int, feedback: SlimFeedback) -> None:
        turn = self._turns.find(offset, feedback.interaction_id)
        if turn is None:
            return
        self._find(offset, rules_of_feedback(cast(Feedback, feedback), self._rules))
        if feedback.name == "rating" and feedback.score is not None and (turn.rating is None or at_us >= turn.rated_us):
            self._open.columns.rate(turn.who, turn.at_us, turn.rating, feedback.score)
            turn.rating, turn.rated_us = feedback.score, at_us

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
            self._open.failures.put(self._group(turn.who[0], turn.at_us), example_of(turn))

    def _group(self, tenant: str, at_us: int) -> Group:
        return tenant, "", at_us // self._window_us
