"""The buffer's arithmetic under any sequence of logging, delivery and refusal, at a sender without Kafka."""

from __future__ import annotations

from collections import Counter
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from headrace.client.ledger import MAX_STATUS_RANGES, Ledger, status_records
from headrace.client.outbox import EVENT_OVERHEAD_BYTES, ROUTINE_SHARE, Outbox
from headrace.client.sender import Failed
from headrace.codec import decode_event
from headrace.errors import Poison, Reason
from headrace.events import DropPolicy, ProducerStatus
from headrace.topics import MAX_EVENT_BYTES

BOUND = 20 * (EVENT_OVERHEAD_BYTES + 100)


class MemorySender:
    """Keeps events until the test says what became of them."""

    trouble = ""
    status_on_its_way = False

    def __init__(self, on_failure: Failed) -> None:
        self.on_failure = on_failure
        self.queue: list[int] = []
        self.statuses: list[bytes] = []

    def __len__(self) -> int:
        return len(self.queue)

    def send(self, _payload: bytes, _key: bytes, seq: int) -> None:
        self.queue.append(seq)

    def send_status(self, records: list[bytes]) -> None:
        self.statuses += records

    def serve(self, _timeout_s: float) -> None: ...

    def push(self, _timeout_s: float) -> int:
        return len(self.queue)

    def discard(self) -> None:
        while self.queue:
            self.on_failure(self.queue.pop(), True)


class Accounts(RuleBasedStateMachine):
    """Every number given out is delivered, dropped under one policy, or pending: never two, never none."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox(self._connect, BOUND, None)
        self.outbox._start = lambda: None  # type: ignore[method-assign]
        self.outbox._courier.connect()
        self.delivered: set[int] = set()
        self.dropped: dict[int, DropPolicy] = {}
        self.refused: Counter[DropPolicy] = Counter()
        self.logged = 0
        self.numbered = 0
        self.closed = False

    def _connect(self, _producer_id: str, on_failure: Failed) -> Any:
        self.sender = MemorySender(on_failure)
        return self.sender

    def _number_refused(self) -> None:
        for policy, count in self.refused.items():
            self.dropped |= dict.fromkeys(range(self.numbered + 1, self.numbered + count + 1), policy)
            self.numbered += count
        self.refused.clear()

    @precondition(lambda self: not self.closed)
    @rule(size=st.integers(0, 3000), priority=st.booleans())
    def log(self, size: int, priority: bool) -> None:
        before = len(self.sender.queue)
        self.outbox.put(b"x" * size, None, priority=priority)
        self.logged += 1
        if len(self.sender.queue) == before:
            self.refused["queue_full"] += 1
        else:
            self.numbered += 1
            assert self.sender.queue[-1] == self.numbered
            assert priority or self.outbox._held_bytes <= ROUTINE_SHARE * BOUND

    @precondition(lambda self: not self.closed)
    @rule(reason=st.sampled_from(list(Reason)))
    def reject(self, reason: Reason) -> None:
        self.outbox.reject(Poison(reason))
        self.logged += 1
        self.refused["too_large" if reason is Reason.TOO_LARGE else "invalid"] += 1

    @rule(count=st.integers(1, 5))
    def deliver(self, count: int) -> None:
        self.delivered |= set(self.sender.queue[:count])
        del self.sender.queue[:count]

    @precondition(lambda self: self.sender.queue)
    @rule(at=st.integers(0, 100))
    def broker_refuses(self, at: int) -> None:
        seq = self.sender.queue.pop(at % len(self.sender.queue))
        self.sender.on_failure(seq, False)
        self.dropped[seq] = "undelivered"

    @precondition(lambda self: not self.closed)
    @rule()
    def flush(self) -> None:
        self.outbox.flush(0)
        self._number_refused()

    @precondition(lambda self: not self.closed)
    @rule()
    def close(self) -> None:
        self.dropped |= dict.fromkeys(self.sender.queue, "not_sent")
        self.outbox._started = True
        result = self.outbox.close(0)
        self.closed = True
        self._number_refused()
        assert result.pending == 0
        assert self.told() == self.dropped
        assert self.outbox.ledger.last_seq == result.logged

    def told(self) -> dict[int, str]:
        """The drops in the last status, all its records together."""
        events = [decode_event(record)[0] for record in self.sender.statuses]
        statuses = [event for event in events if isinstance(event, ProducerStatus)]
        ranges = [dropped for status in statuses[-1:] for dropped in status.dropped]
        return {seq: r.policy for r in ranges for seq in range(r.first, r.last + 1)}

    @invariant()
    def every_event_is_accounted_for_once(self) -> None:
        result = self.outbox.result()
        assert result.logged == self.logged
        assert result.delivered == len(self.delivered)
        assert result.pending == len(self.sender.queue)
        assert result.dropped == dict(Counter(self.dropped.values()) + self.refused)
        assert result.logged == result.delivered + sum(result.dropped.values()) + result.pending

    @invariant()
    def every_number_is_explained_once(self) -> None:
        ranges = self.outbox.ledger.snapshot()["dropped"]
        assert {seq: r.policy for r in ranges for seq in range(r.first, r.last + 1)} == self.dropped
        numbers = [*self.delivered, *self.dropped, *self.sender.queue]
        assert sorted(numbers) == list(range(1, self.outbox.ledger.last_seq + 1))

    @invariant()
    def the_bound_holds(self) -> None:
        assert len(self.sender.queue) * EVENT_OVERHEAD_BYTES <= self.outbox._held_bytes <= BOUND


TestAccounts = Accounts.TestCase


def test_every_second_event_refused_for_ever_makes_few_ranges() -> None:
    ledger = Ledger()
    for _ in range(100_000):
        ledger.last_seq += 1
        ledger.reject(Poison(Reason.INVALID_NAME, "$.agent_version"))
        ledger.number_refused(0.1)
    ledger.number_refused()
    dropped = ledger.snapshot()["dropped"]
    assert sum(r.last - r.first + 1 for r in dropped) == 100_000
    assert len(dropped) < 150


def test_a_status_with_too_many_ranges_for_one_record_is_shared_by_several() -> None:
    ledger = Ledger()
    for seq in range(2**40, 2**40 + 2 * MAX_STATUS_RANGES + 2, 2):
        ledger.drop(seq, "undelivered")
    records = status_records(ledger.snapshot(), closed=True)
    statuses = [decode_event(record)[0] for record in records]
    assert [len(s.dropped) for s in statuses if isinstance(s, ProducerStatus)] == [MAX_STATUS_RANGES, 1]
    assert all(len(record) <= MAX_EVENT_BYTES for record in records)
