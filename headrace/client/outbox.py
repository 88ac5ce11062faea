"""The client's buffer, bounded in bytes.

Guarantee: at-least-once into raw for every accepted event, provided the process lives until `close` or
`flush` says that nothing is pending; what is not delivered is counted and its number is in a dropped range.

The agent's thread never waits for Kafka: it either puts the event, with its number, into librdkafka's
queue or, where the event has to be masked first, into a queue of ours. At 75 % of the bound routine
successes are refused, so that errors, low ratings and feedback still find room.
"""

from __future__ import annotations

import threading
import time
from collections import deque

from headrace.client.courier import Connect, Courier, Waiting
from headrace.client.ledger import FlushResult, Ledger, status_records
from headrace.client.lifetime import close_when_worker_ends
from headrace.client.masking import Mask
from headrace.client.sender import Sender
from headrace.client.warnings import DropWarnings
from headrace.errors import Poison

EVENT_OVERHEAD_BYTES = 768
"""What an event costs beside its bytes: librdkafka's message, two headers, our callback (measured)."""
ROUTINE_SHARE = 0.75
"""Of the bound, for routine successes; the rest is kept for what is worth more."""
ROOM_POLL_S = 0.005
"""How long bulk logging waits at a time for delivery reports: they come in batches, milliseconds apart."""
CLOSING_SHARE = 0.25
"""Of the time that close() has: for the closing status, where events could not be delivered."""


class Outbox:
    """Takes an agent's events, and has its Courier send them by the Sender that `connect` makes."""

    def __init__(self, connect: Connect, bound_bytes: int, mask: Mask | None) -> None:
        self.ledger = Ledger()
        self.warnings = DropWarnings()
        self.sender: Sender | None = None
        self.stopped = False
        self._courier = Courier(self, connect, mask)
        self._mask = mask
        self._bound = bound_bytes
        self._routine_bound = int(bound_bytes * ROUTINE_SHARE)
        self._lock = threading.RLock()
        self._waiting: deque[Waiting] = deque()
        self._costs: deque[int] = deque()
        self._held_bytes = 0
        self._started = False
        self._closed = False
        self._reported = self.ledger.version()

    def abandon(self) -> None:
        """In a forked child: leaves everything to the parent."""
        if self.sender is not None:
            self.sender.abandon()

    # --- the agent's thread ---------------------------------------------------------------------

    def put(self, payload: bytes, key: bytes | None, *, priority: bool) -> None:
        """Takes an event or drops it; never waits for Kafka."""
        cost = len(payload) + EVENT_OVERHEAD_BYTES
        bound = self._bound if priority else self._routine_bound
        if self._held_bytes + cost > bound:
            self._look_for_room()
        with self._lock:
            if not self._begin():
                return
            if self._held_bytes + cost > bound:
                self.ledger.refuse("queue_full")
                return
            self._held_bytes += cost
            self._costs.append(cost)
            self.ledger.accepted += 1
            key = key or self.ledger.producer_id.encode()
            if self._mask is not None or (sender := self.sender) is None:
                self._waiting.append((payload, key))
            else:
                self._pass_on(sender, payload, key)

    def reject(self, poison: Poison) -> None:
        """Counts an event that cannot be sent, and drops it."""
        with self._lock:
            if self._begin():
                self.ledger.reject(poison)

    def _look_for_room(self) -> None:
        """Where the courier masks, it takes in the reports itself; a call of ours to Kafka's client would hand it the
        interpreter for a slice, at each event that finds the buffer full.
        """
        if self._mask is None:
            self._make_room()
        else:
            self.settle()

    def _make_room(self, timeout_s: float = 0.0) -> None:
        """Takes in delivery reports, waiting for the first at most `timeout_s`, and frees what they settle."""
        if (sender := self.sender) is not None:
            sender.serve(timeout_s)
        elif timeout_s:
            time.sleep(timeout_s)
        self.settle()

    def await_room(self, payload_bytes: int, timeout_s: float) -> None:
        """Waits until a routine event of this size would be taken, `timeout_s` at most."""
        held_at_most = self._routine_bound - payload_bytes - EVENT_OVERHEAD_BYTES
        if self._held_bytes <= held_at_most:
            return
        deadline = time.monotonic() + timeout_s
        while self._held_bytes > held_at_most and time.monotonic() < deadline:
            self._make_room(ROOM_POLL_S)

    def _begin(self) -> bool:
        """Counts one call; false after close."""
        if self._closed:
            self.warnings.after_close()
            return False
        if not self._started:
            self._start()
        self.ledger.logged += 1
        return True

    def _start(self) -> None:
        close_when_worker_ends()
        self._courier.start()
        self._started = True

    def _pass_on(self, sender: Sender, payload: bytes, key: bytes) -> None:
        try:
            sender.send(payload, key, self.ledger.last_seq + 1)
        except BufferError:
            self.ledger.refuse("queue_full")
        except Exception:
            self.ledger.refuse("undelivered")
        else:
            self.ledger.last_seq += 1

    # --- the courier's thread -------------------------------------------------------------------

    def attach(self, sender: Sender) -> None:
        """From now on events go to `sender`; those that waited for it, and need no masking, at once."""
        with self._lock:
            self.sender = sender
            while self._waiting and self._mask is None:
                self._pass_on(sender, *self._waiting.popleft())

    def first_to_mask(self) -> Waiting | None:
        """The oldest event that waits to be masked; it stays where it is."""
        return self._waiting[0] if self._waiting and self._mask is not None else None

    def finish(self, item: Waiting, outcome: bytes | Poison) -> None:
        """Sends the masked bytes of `item`, or drops it; nothing if close() gave it up meanwhile."""
        with self._lock:
            if not self._waiting or self._waiting[0] is not item or self.sender is None:
                return
            self._waiting.popleft()
            if isinstance(outcome, Poison):
                self.ledger.reject(outcome)
            else:
                self._pass_on(self.sender, outcome, item[1])

    def settle(self) -> None:
        """Frees the bytes of events that have left: about the oldest, as a broker answers in order."""
        with self._lock:
            for _ in range(len(self._costs) - self._pending()):
                self._held_bytes -= self._costs.popleft()

    def failed(self, seq: int, discarded: bool) -> None:
        """Counts an event that was sent and will not arrive."""
        with self._lock:
            self.ledger.drop(seq, "not_sent" if discarded else "undelivered")

    # --- accounts -------------------------------------------------------------------------------

    @property
    def producer_id(self) -> str:
        return self.ledger.producer_id

    def _pending(self) -> int:
        return len(self._waiting) + (len(sender) if (sender := self.sender) is not None else 0)

    def result(self) -> FlushResult:
        with self._lock:
            return self.ledger.result(self._pending())

    def report_status(self, at_least_share: float = 0.0) -> None:
        """Sends a status, if it would say something new and the last one has arrived."""
        with self._lock:
            self.ledger.number_refused(at_least_share)
            sender, version = self.sender, self.ledger.version()
            if sender is None or sender.status_on_its_way or version == self._reported:
                return
            self._reported, snapshot = version, self.ledger.snapshot()
        sender.send_status(status_records(snapshot, closed=False))

    def warn(self, *, at_once: bool = False) -> None:
        """Logs what was dropped, once a minute at most."""
        if at_once or self.warnings.are_due(self.ledger.drops()):
            trouble = sender.trouble if (sender := self.sender) is not None else ""
            self.warnings.report(self.result(), self.ledger.last_invalid, trouble)

    # --- the end --------------------------------------------------------------------------------

    def flush(self, timeout_s: float) -> FlushResult:
        """Waits until nothing is pending, `timeout_s` at most, and sends a status."""
        deadline = time.monotonic() + timeout_s
        self._drain(deadline)
        self.report_status()
        self._push(deadline)
        return self.result()

    def close(self, timeout_s: float) -> FlushResult:
        """Refuses new events, delivers what it can within `timeout_s`, drops the rest, and says so if it can."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            if self._closed:
                return self.result()
            self._closed = True
        if self._started:
            self._drain(deadline - CLOSING_SHARE * timeout_s)
            self._give_up()
            self._say_goodbye(deadline)
        self.warn(at_once=True)
        self.stopped = True
        result = self.result()
        self.sender = None
        return result

    def _drain(self, deadline: float) -> None:
        while self._pending() and (left := deadline - time.monotonic()) > 0:
            if self._waiting or (sender := self.sender) is None:
                time.sleep(min(left, 0.002))
            else:
                sender.push(min(left, 0.1))

    def _push(self, deadline: float) -> None:
        if (sender := self.sender) is not None and (left := deadline - time.monotonic()) > 0:
            sender.push(left)

    def _give_up(self) -> None:
        with self._lock:
            while self._waiting:
                self._waiting.popleft()
                self.ledger.refuse("not_sent")
        if self.sender is not None and len(self.sender):
            self.sender.discard()

    def _say_goodbye(self, deadline: float) -> None:
        with self._lock:
            self.ledger.number_refused()
            snapshot = self.ledger.snapshot()
        if self.sender is not None:
            self.sender.send_status(status_records(snapshot, closed=True))
            self._push(deadline)
            self.sender.discard()
