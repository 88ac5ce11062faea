"""The buffer's arithmetic under any sequence of logging, delivery and refusal, at a sender without Kafka."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from headrace.client.outbox import EVENT_OVERHEAD_BYTES, ROUTINE_SHARE, Outbox
from headrace.client.sender import Failed
from headrace.errors import Poison, Reason
from headrace.events import DropPolicy

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
        self.outbox._try_to_connect()
        self.delivered: set[int] = set()
        self.dropped: dict[int, DropPolicy] = {}
        self.numbered = 0
        self.closed = False

    def _connect(self, _producer_id: str, on_failure: Failed) -> Any:
        self.sender = MemorySender(on_failure)
        return self.sender

    @precondition(lambda self: not self.closed)
    @rule(size=st.integers(0, 3000), priority=st.booleans())
    def log(self, size: int, priority: bool) -> None:
        before = len(self.sender.queue)
        self.outbox.put(b"x" * size, None, priority=priority)
        self.numbered += 1
        if len(self.sender.queue) == before:
            self.dropped[self.numbered] = "queue_full"
        else:
            assert self.sender.queue[-1] == self.numbered
            assert priority or self.outbox._held_bytes <= ROUTINE_SHARE * BOUND

    @precondition(lambda self: not self.closed)
    @rule(reason=st.sampled_from(list(Reason)))
    def reject(self, reason: Reason) -> None:
        self.outbox.reject(Poison(reason))
        self.numbered += 1
        self.dropped[self.numbered] = "too_large" if reason is Reason.TOO_LARGE else "invalid"

    @rule(count=st.integers(1, 5))
    def deliver(self, count: int) -> None:
        self.delivered |= set(self.sender.queue[:count])
        del self.sender.queue[:count]

    @precondition(lambda self: self.sender.queue)
    @rule(at=st.integers(0, 100))
    def refuse(self, at: int) -> None:
        seq = self.sender.queue.pop(at % len(self.sender.queue))
        self.sender.on_failure(seq, False)
        self.dropped[seq] = "undelivered"

    @precondition(lambda self: not self.closed)
    @rule()
    def close(self) -> None:
        self.dropped |= dict.fromkeys(self.sender.queue, "not_sent")
        self.outbox._thread = object()  # type: ignore[assignment]
        result = self.outbox.close(0)
        self.closed = True
        assert result.pending == 0
        assert self.sender.statuses

    @invariant()
    def every_number_is_explained_once(self) -> None:
        result = self.outbox.result()
        assert result.logged == self.numbered
        assert result.delivered == len(self.delivered)
        assert result.pending == len(self.sender.queue)
        ranges = self.outbox.ledger.drops.ranges()
        assert {seq: r.policy for r in ranges for seq in range(r.first, r.last + 1)} == self.dropped
        assert result.logged == result.delivered + sum(result.dropped.values()) + result.pending

    @invariant()
    def the_bound_holds(self) -> None:
        assert len(self.sender.queue) * EVENT_OVERHEAD_BYTES <= self.outbox._held_bytes <= BOUND


TestAccounts = Accounts.TestCase
