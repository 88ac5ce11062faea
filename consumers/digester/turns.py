"""A bounded look back over one partition: which ids were seen, which interaction feedback is about, what a
session said before.

At offset o it knows the records of [o - LOOK_BACK, o) and nothing else. Whoever has read from
`REREAD` offsets before o knows the same as who has read from 0. Interactions are kept as columns of the batches they
came in; one becomes an object only where something is found out about it.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import inf

import msgspec
import numpy as np
from numpy.typing import NDArray

from consumers.digester.batch import Interactions, Ints, Numbers, Who, moment
from consumers.digester.look_back import LOOK_BACK, REREAD, Numbered, Pairs
from consumers.failures.finding import Finding
from consumers.failures.prints import may_repeat, prints_of
from consumers.failures.session_rules import LOOK_BACK_TURNS, SessionTurn


class Turn(msgspec.Struct, gc=False):
    """One interaction of which something was found out."""

    offset: int
    id: str
    at_us: int
    who: Who
    query: str
    model: str | None
    error: str | None
    latency_ms: float | None
    rating: float | None
    rated_us: int
    """Event time of its rating."""
    findings: tuple[Finding, ...] = ()


class Block:
    """Interactions that came together, as long as they may still matter; `first` is the number of the first row."""

    def __init__(self, first: int, batch: Interactions) -> None:
        self.first, self.end = first, first + len(batch.ids)
        self.offsets: Sequence[int] = batch.offsets
        self.ids, self.sessions = batch.ids, batch.sessions
        self._whos, self._who_of = batch.whos, batch.who_of
        self._models, self._errors = batch.models, batch.errors
        self.queries, self.asks_back = batch.queries, batch.asks_back
        self.at_us: Ints = batch.at_us
        self._latencies: Numbers = batch.numbers["latency_ms"]
        self._ratings: Numbers = batch.numbers["rating"]
        self._turns: dict[int, Turn] = {}

    def offset(self, row: int) -> int:
        return self.offsets[row - self.first]

    def turn(self, row: int) -> Turn:
        """The interaction of a row, always the same object."""
        if (known := self._turns.get(row)) is not None:
            return known
        place = row - self.first
        at_us = int(self.at_us[place])
        turn = Turn(
            self.offsets[place],
            self.ids[place],
            at_us,
            self._whos[self._who_of[place]],
            self.queries[place],
            self._models[place],
            self._errors[place],
            _known(self._latencies, place),
            _known(self._ratings, place),
            at_us,
        )
        self._turns[row] = turn
        return turn


class Turns:
    """What one partition said lately."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._end = 0
        self._rows: dict[str, int] = {}
        """By the interaction's id."""
        self._again: dict[str, int] = {}
        """Offsets at which ids were seen again."""
        self._sessions: dict[str, list[int]] = {}
        """The last rows of each."""
        self._numbers = Numbered()
        self._silences: list[tuple[int, int, int]] = []
        """When one is due, the offset of the turn that it is about, its row."""

    def forget(self, offset: int) -> None:
        """Forgets what no record from this offset on can be about, in whole blocks."""
        before, gone = offset - LOOK_BACK, 0
        while gone < len(self._blocks) and self._blocks[gone].offsets[-1] < before:
            self._forget_block(self._blocks[gone])
            gone += 1
        if gone:
            del self._blocks[:gone]
            self._again = {id_: offset for id_, offset in self._again.items() if offset >= before}

    def fresh(self, offsets: Sequence[int], ids: Sequence[str]) -> tuple[Sequence[int], int]:
        """Which of the interactions to come were not seen within the look-back, and how many of them were judged:
        those before one that comes again after it was forgotten."""
        if self._rows.keys().isdisjoint(ids) and self._again.keys().isdisjoint(ids) and len(set(ids)) == len(ids):
            return range(len(ids)), len(ids)
        places: list[int] = []
        seen: dict[str, int] = {}
        for place, (offset, interaction_id) in enumerate(zip(offsets, ids, strict=True)):
            before = seen.get(interaction_id, self._seen(interaction_id))
            if before is None or (offset - before > LOOK_BACK and not place):
                places.append(place)
            elif offset - before > LOOK_BACK:
                return places, place
            else:
                self._again[interaction_id] = offset
            seen[interaction_id] = offset
        return places, len(ids)

    def add(self, batch: Interactions) -> Block:
        """Takes interactions that are new. None of them has said anything yet: see `speak`."""
        block = Block(self._end, batch)
        if not batch.ids:
            return block
        self._end = block.end
        self._blocks.append(block)
        self._rows.update(zip(block.ids, range(block.first, block.end), strict=True))
        self._numbers.add(block.first, block.offsets)
        return block

    def find(self, offset: int, interaction_id: str) -> Turn | None:
        """The interaction with this id, if it is within the look-back."""
        row = self._rows.get(interaction_id)
        if row is None:
            return None
        block = self.block(row)
        return block.turn(row) if 0 <= offset - block.offset(row) <= LOOK_BACK else None

    def turn(self, row: int) -> Turn:
        """A row that is not forgotten, as an object."""
        return self.block(row).turn(row)

    def block(self, row: int) -> Block:
        """Where a row that is not forgotten is."""
        blocks = self._blocks
        if row >= blocks[-1].first:
            return blocks[-1]
        return blocks[bisect_right(blocks, row, key=lambda block: block.first) - 1]

    def speak(self, block: Block) -> Pairs:
        """The sessions of a block go on: its rows, each beside what its session said within the look-back."""
        pairs = Pairs.of(*self._go_on(block))
        known = pairs.at(pairs.earlier >= self._blocks[0].first) if self._blocks else pairs
        self._numbers.follow(known)
        return known.at(self._numbers.distances(known) <= LOOK_BACK)

    def may_ask_again(self, pairs: Pairs, share: float) -> NDArray[np.bool_]:
        """Of which pairs the rules between turns can find anything: cheap, and never wrongly no."""
        self._print(pairs)
        later, earlier = self._numbers.prints(pairs.later), self._numbers.prints(pairs.earlier)
        return later.complains | may_repeat(later, earlier, share)

    def await_silence(self, due_us: int, offset: int, row: int) -> None:
        """Asks for the row when a record of `due_us` or later comes and its session has said nothing more."""
        if len(self._silences) > REREAD:
            self._silences = [one for one in self._silences if offset - one[1] <= LOOK_BACK]
            heapq.heapify(self._silences)
        heapq.heappush(self._silences, (due_us, offset, row))

    @property
    def next_silence_us(self) -> float:
        """Nothing has to be looked at before a record of this time."""
        return self._silences[0][0] if self._silences else inf

    def silent(self, offset: int, at_us: int, end: int) -> Iterator[Turn]:
        """The last turns of sessions that were waited for, now that a record of `at_us` is here, before which the
        rows up to `end` were said."""
        while self._silences and self._silences[0][0] <= at_us:
            _, asked_at, row = heapq.heappop(self._silences)
            if offset - asked_at <= LOOK_BACK and self._numbers.next(row) >= end:
                yield self.turn(row)

    def _go_on(self, block: Block) -> tuple[list[int], list[int]]:
        """Later and earlier rows, for each row and what its session said before, oldest first."""
        sessions, later, earlier = self._sessions, list[int](), list[int]()
        for row, session in enumerate(block.sessions, block.first):
            if session is None:
                continue
            said = sessions.get(session)
            if said is None:
                sessions[session] = [row]
                continue
            later += [row] * len(said)
            earlier += said
            said.append(row)
            del said[:-LOOK_BACK_TURNS]
        return later, earlier

    def _print(self, pairs: Pairs) -> None:
        """Makes the prints of the rows that have none yet: few, where sessions are short."""
        rows = self._numbers.without_print(np.union1d(pairs.later, pairs.earlier))
        blocks = [(self.block(row), row) for row in rows.tolist()]
        self._numbers.add_prints(rows, prints_of([block.queries[row - block.first] for block, row in blocks]))

    def _seen(self, interaction_id: str) -> int | None:
        row = self._rows.get(interaction_id)
        first = self.block(row).offset(row) if row is not None else None
        again = self._again.get(interaction_id)
        return max((offset for offset in (first, again) if offset is not None), default=None)

    def _forget_block(self, block: Block) -> None:
        rows, sessions = self._rows, self._sessions
        for row, (interaction_id, session) in enumerate(zip(block.ids, block.sessions, strict=True), block.first):
            if rows[interaction_id] == row:
                del rows[interaction_id]
            if session is not None and (said := sessions.get(session)) and said[-1] == row:
                del sessions[session]


def session_turn(turn: Turn) -> SessionTurn:
    """The interaction as the rules between turns see it, one of those that did not help."""
    return SessionTurn(turn.id, moment(turn.at_us), turn.who[1], turn.query, failed=True, asked_back=False)


def _known(numbers: Numbers, place: int) -> float | None:
    number = float(numbers[place])
    return number if number == number else None
